package import Primitives

// # Settings
//
// Four layers: what is built in, the file `apus.toml` in the state folder, the environment
// (`APUS_SECTION_KEY`), flags. The later layer wins, value by value, and every value remembers
// where it came from. Whatever is unknown or wrong, in any layer, is an error with its place:
// a setting that is silently ignored is worse than a node that does not start.

/// The settings of a node: `settings.nodeListen`, by the names of `SettingTable`.
@dynamicMemberLookup
package struct Settings: Sendable {
  /// A value and where it came from.
  package struct Entry: Sendable {
    package var value: any SettingValue
    package var origin: SettingOrigin
  }

  /// By path. Complete: every setting of the table is there, with its type.
  private let entries: [String: Entry]

  init(entries: [String: Entry]) { self.entries = entries }

  package subscript<Value>(
    dynamicMember key: KeyPath<SettingTable, Setting<Value>>
  ) -> Value {
    let setting = SettingTable.shared[keyPath: key]
    guard let value = entries[setting.path]?.value as? Value else {
      preconditionFailure("the setting \(setting.path) was loaded without a value of its type")
    }
    return value
  }

  /// A line of `apus config show`.
  package struct Row: Sendable {
    package var path: String
    /// As the file would have it.
    package var value: String
    package var json: JSON
    package var origin: SettingOrigin
    package var help: String
  }

  /// All settings in the order of the table.
  package var rows: [Row] {
    SettingTable.all.compactMap { setting in
      entries[setting.path].map {
        Row(
          path: setting.path, value: $0.value.toml, json: $0.value.json, origin: $0.origin,
          help: setting.help)
      }
    }
  }
}
