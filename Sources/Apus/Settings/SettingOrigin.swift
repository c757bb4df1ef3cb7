/// Which layer a value came from; a later case goes before an earlier one.
package enum SettingOrigin: Sendable, Equatable, CustomStringConvertible {
  case builtIn
  case file(name: String, line: Int)
  case environment(name: String)
  case flag(name: String)

  package var description: String {
    switch self {
    case .builtIn: "default"
    case .file(let name, let line): "\(name):\(line)"
    case .environment(let name), .flag(let name): name
    }
  }
}

/// Everything that is wrong with the settings, each with its place.
package struct SettingsError: Error, Sendable, Equatable, CustomStringConvertible {
  package struct Problem: Sendable, Equatable, CustomStringConvertible {
    /// `apus.toml:12`, `APUS_LOG_LEVEL` or `--listen`.
    package var place: String
    package var message: String

    package var description: String { "\(place): \(message)" }
  }

  package var problems: [Problem]

  package var description: String { problems.map(\.description).joined(separator: "\n") }
}
