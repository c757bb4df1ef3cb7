import Primitives

extension Settings {
  /// Puts the layers over each other. Reports every problem at once.
  package static func load(_ input: SettingsInput) throws(SettingsError) -> Settings {
    var loader = SettingsLoader(input)
    loader.readFile()
    loader.readEnvironment()
    loader.readFlags()
    loader.checkTogether()
    guard loader.problems.isEmpty else { throw SettingsError(problems: loader.problems) }
    return Settings(entries: loader.entries)
  }
}

private struct SettingsLoader {
  /// What else begins with APUS_: the state folder is found before settings are read.
  private static let reserved = ["APUS_HOME"]
  /// Short names of settings, kept for scripts.
  private static let shortNames = ["APUS_LISTEN": "node.listen"]

  private let input: SettingsInput
  private(set) var entries: [String: Settings.Entry] = [:]
  private(set) var problems: [SettingsError.Problem] = []

  init(_ input: SettingsInput) {
    self.input = input
    for setting in SettingTable.all {
      entries[setting.path] = .init(value: setting.anyFallback, origin: .builtIn)
    }
    entries[SettingTable.shared.nodeName.path]?.value = input.hostName
  }

  private mutating func complain(_ origin: SettingOrigin, _ message: String) {
    problems.append(.init(place: origin.description, message: message))
  }

  /// Takes the value `read` gives, or notes why there is none.
  private mutating func set(
    _ setting: any AnySetting, from origin: SettingOrigin,
    _ read: () throws(SettingComplaint) -> any SettingValue
  ) {
    do throws(SettingComplaint) {
      entries[setting.path] = .init(value: try read(), origin: origin)
    } catch {
      complain(origin, "\(setting.path) must \(error.words)")
    }
  }

  // MARK: - The file

  mutating func readFile() {
    guard let file = input.file else { return }
    let document: TOML.Table
    do {
      document = try TOML.parse(file)
    } catch {
      complain(place(error.line), "\(error.message) (column \(error.column))")
      return
    }
    for name in document.names {
      guard let section = document[name] else { continue }
      readSection(name, section)
    }
  }

  private func place(_ line: Int) -> SettingOrigin { .file(name: input.fileName, line: line) }

  private mutating func readSection(_ name: String, _ section: TOML.Value) {
    guard case .table(let table) = section.content else {
      complain(place(section.line), outside(name))
      return
    }
    guard SettingTable.sections.contains(name) else {
      let nearest = Spelling.nearest(to: name, among: SettingTable.sections)
      let hint = nearest.map { "; did you mean [\($0)]?" } ?? ""
      complain(place(section.line), "there is no section [\(name)]\(hint)")
      return
    }
    let known = SettingTable.all.filter { $0.section == name }
    for key in table.names {
      guard let value = table[key] else { continue }
      let inner = "\(name).\(key)"
      if SettingTable.sections.contains(inner) {
        readSection(inner, value)
      } else if let setting = known.first(where: { $0.name == key }) {
        set(setting, from: place(value.line)) { () throws(SettingComplaint) in
          try setting.read(toml: value.content)
        }
      } else {
        complain(place(value.line), unknown(key, in: name, known.map(\.name)))
      }
    }
  }

  private func outside(_ name: String) -> String {
    guard let setting = SettingTable.all.first(where: { $0.name == name }) else {
      return "\(name) stands outside a section, where nothing is known"
    }
    return "\(name) stands outside a section; write it below [\(setting.section)]"
  }

  private func unknown(_ key: String, in section: String, _ known: [String]) -> String {
    let message = "there is no setting \(section).\(key)"
    if let nearest = Spelling.nearest(to: key, among: known) {
      return "\(message); did you mean \(section).\(nearest)?"
    }
    if let elsewhere = SettingTable.all.first(where: { $0.name == key }) {
      return "\(message); did you mean \(elsewhere.path)?"
    }
    return message
  }

  // MARK: - The environment and flags

  /// An empty variable is as good as none.
  mutating func readEnvironment() {
    let variables = input.environment
      .filter { $0.key.hasPrefix("APUS_") && !$0.value.isEmpty }
      .sorted { $0.key < $1.key }
    var seen: [String: String] = [:]
    for (name, value) in variables where !Self.reserved.contains(name) {
      let origin = SettingOrigin.environment(name: name)
      guard let setting = setting(forVariable: name) else {
        let known = SettingTable.all.map(\.environmentName) + Self.reserved
        let names = known + Self.shortNames.keys.sorted()
        complain(origin, "this variable is not known\(Spelling.hint(for: name, among: names))")
        continue
      }
      if let other = seen.updateValue(name, forKey: setting.path) {
        complain(origin, "\(other) is set too and means the same; unset one of them")
        continue
      }
      set(setting, from: origin) { () throws(SettingComplaint) in try setting.read(text: value) }
    }
  }

  private func setting(forVariable name: String) -> (any AnySetting)? {
    if let path = Self.shortNames[name] { return SettingTable.find(path) }
    return SettingTable.all.first { $0.environmentName == name }
  }

  mutating func readFlags() {
    for flag in input.flags {
      guard let setting = SettingTable.find(flag.path) else {
        preconditionFailure("\(flag.name) stands for \(flag.path), which is no setting")
      }
      let text = flag.values.joined(separator: ",")
      set(setting, from: .flag(name: flag.name)) { () throws(SettingComplaint) in
        try setting.read(text: text)
      }
    }
  }

  // MARK: - Together

  /// What no value can know alone.
  mutating func checkTogether() {
    let table = SettingTable.shared
    let pair = [table.tlsCertificate, table.tlsKey]
    let given = pair.filter { (entries[$0.path]?.value as? String)?.isEmpty == false }
    guard given.count == 1, let entry = entries[given[0].path] else { return }
    complain(entry.origin, "tls.certificate and tls.key belong together; set both or neither")
  }
}
