/// Where settings come from, gathered by the shell so that reading them stays pure.
package struct SettingsInput: Sendable {
  /// A flag of the command line that stands for a setting.
  package struct Flag: Sendable {
    /// As typed: `--listen`.
    package var name: String
    /// The setting's path: `node.listen`.
    package var path: String
    /// More than one for a setting that is a list.
    package var values: [String]

    package init(_ name: String, for path: String, _ values: [String]) {
      self.name = name
      self.path = path
      self.values = values
    }
  }

  /// The file's bytes; nil when there is none.
  package var file: [UInt8]?
  /// How errors and origins call the file.
  package var fileName = "apus.toml"
  package var environment: [String: String] = [:]
  package var flags: [Flag] = []
  /// The name of a node that is given none.
  package var hostName = ""

  package init() {}
}
