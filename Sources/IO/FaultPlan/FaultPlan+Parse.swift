package import Primitives

// The text form is TOML, as of the settings:
//
//     seed = 7
//
//     [[fault]]
//     effect = "delay"     # drop, delay, duplicate, partition, pause, crash, disk-error
//     after = "10s"        # since the plan began
//     lasts = "1m"         # without it for ever
//     share = 0.25         # of the operations
//     times = 3            # at most
//     from = ["anna"]      # drop, delay, duplicate: without it anybody
//     to = ["berta"]
//     delay = "200ms"      # delay
//     groups = [["anna"], ["berta", "carla"]]   # partition
//     nodes = ["anna"]     # pause, crash, disk-error
//     paths = ["/state/"]  # disk-error: beginnings

extension FaultPlan {
  /// Refuses what it does not know, and what would have no effect.
  package static func parse(
    _ text: String, limits: Limits = Limits()
  ) throws(TextError) -> FaultPlan {
    var bounds = TOML.Limits()
    bounds.bytes = limits.textBytes
    bounds.depth = 8
    let document = try TOML.parse(text, limits: bounds)
    let reader = FaultReader(table: document, line: 1, limits: limits)
    try reader.refuseOthers(than: ["seed", "fault"])
    guard let seed = try reader.integer("seed") else {
      throw reader.error(nil, "the plan has no seed: write seed = 1 above the faults")
    }
    return FaultPlan(seed: UInt64(bitPattern: seed), try rules(reader))
  }

  private static func rules(_ reader: FaultReader) throws(TextError) -> [Rule] {
    guard let faults = reader.table["fault"] else {
      throw reader.error(nil, "the plan has no [[fault]]: it would do nothing")
    }
    guard case .array(let values) = faults.content else {
      throw reader.error(faults, "a fault begins with [[fault]]")
    }
    guard values.count <= reader.limits.rules else {
      throw reader.error(
        faults, "\(values.count) faults; at most \(reader.limits.rules) are taken")
    }
    var rules: [Rule] = []
    for value in values {
      guard case .table(let table) = value.content else {
        throw reader.error(value, "a fault is a table: begin it with [[fault]]")
      }
      rules.append(
        try rule(FaultReader(table: table, line: value.line, limits: reader.limits)))
    }
    return rules
  }

  /// What an effect needs, and what it may have beside that.
  private static func names(of effect: Effect) -> (needed: [String], allowed: [String]) {
    switch effect {
    case .drop, .duplicate: ([], ["from", "to", "share", "times", "lasts"])
    case .delay: (["delay"], ["from", "to", "share", "times", "lasts"])
    case .partition: (["groups"], ["lasts"])
    case .pause: (["nodes", "lasts"], [])
    case .crash: (["nodes"], [])
    case .diskError: ([], ["nodes", "paths", "share", "times", "lasts"])
    }
  }

  private static func rule(_ reader: FaultReader) throws(TextError) -> Rule {
    guard let word = try reader.text("effect") else {
      throw reader.error(nil, "the fault has no effect")
    }
    guard let effect = Effect(rawValue: word) else {
      let known = Effect.allCases.map(\.rawValue).joined(separator: ", ")
      throw reader.error(reader.table["effect"], "effect must be one of \(known)")
    }
    let names = names(of: effect)
    try reader.refuseOthers(than: ["effect", "after"] + names.needed + names.allowed)
    if let missing = names.needed.first(where: { reader.table[$0] == nil }) {
      throw reader.error(nil, "a fault with the effect \(word) needs \(missing)")
    }
    var rule = Rule(effect)
    rule.after = try reader.duration("after") ?? .zero
    rule.lasts = try reader.duration("lasts")
    rule.delay = try reader.duration("delay") ?? .zero
    rule.share = try reader.share("share") ?? 1
    rule.times = try reader.count("times")
    rule.from = try reader.names("from") ?? []
    rule.to = try reader.names("to") ?? []
    rule.nodes = try reader.names("nodes") ?? []
    rule.paths = try reader.names("paths") ?? []
    rule.groups = try reader.groups("groups") ?? []
    return rule
  }
}

/// Values of one table, with the line they stand on.
private struct FaultReader {
  let table: TOML.Table
  let line: Int
  let limits: FaultPlan.Limits

  func error(_ value: TOML.Value?, _ message: String) -> TextError {
    TextError(line: value?.line ?? line, column: 1, message: message)
  }

  func refuseOthers(than known: [String]) throws(TextError) {
    guard let name = table.names.first(where: { !known.contains($0) }) else { return }
    let hint = Spelling.nearest(to: name, among: known).map { "; did you mean \($0)?" } ?? ""
    throw error(table[name], "\(name) means nothing here\(hint)")
  }

  func integer(_ name: String) throws(TextError) -> Int64? {
    guard let value = table[name] else { return nil }
    guard case .integer(let number) = value.content else {
      throw error(value, "\(name) must be an integer, not \(value.content.kind)")
    }
    return number
  }

  func count(_ name: String) throws(TextError) -> Int? {
    guard let number = try integer(name) else { return nil }
    guard number > 0 else { throw error(table[name], "\(name) must be above 0") }
    return Int(number)
  }

  func share(_ name: String) throws(TextError) -> Double? {
    guard let value = table[name] else { return nil }
    let number: Double? =
      switch value.content {
      case .float(let number): number
      case .integer(let number): Double(number)
      case .string, .boolean, .dateTime, .array, .table: nil
      }
    guard let number, number > 0, number <= 1 else {
      throw error(value, "\(name) must be a number above 0 and up to 1")
    }
    return number
  }

  func text(_ name: String) throws(TextError) -> String? {
    guard let value = table[name] else { return nil }
    guard case .string(let text) = value.content, !text.isEmpty else {
      throw error(value, "\(name) must be a text")
    }
    return text
  }

  func duration(_ name: String) throws(TextError) -> Duration? {
    guard let value = table[name] else { return nil }
    guard case .string(let text) = value.content, let duration = Duration(text: text),
      duration >= .zero
    else { throw error(value, "\(name) must be \(Duration.expectation)") }
    guard name != "delay" || duration <= limits.delay else {
      throw error(value, "\(name) is longer than \(limits.delay.text)")
    }
    return duration
  }

  func names(_ name: String) throws(TextError) -> [String]? {
    guard let value = table[name] else { return nil }
    return try names(value, name)
  }

  func groups(_ name: String) throws(TextError) -> [[String]]? {
    guard let value = table[name] else { return nil }
    guard case .array(let values) = value.content, values.count >= 2,
      values.count <= limits.names
    else { throw error(value, "\(name) must be two lists of names or more") }
    var groups: [[String]] = []
    for value in values { groups.append(try names(value, name)) }
    return groups
  }

  private func names(_ value: TOML.Value, _ name: String) throws(TextError) -> [String] {
    guard case .array(let values) = value.content, !values.isEmpty else {
      throw error(value, "\(name) must be a list of texts with one at least")
    }
    guard values.count <= limits.names else {
      throw error(value, "\(name) has more than \(limits.names) names")
    }
    var names: [String] = []
    for value in values {
      guard case .string(let text) = value.content, !text.isEmpty else {
        throw error(value, "\(name) must hold texts alone")
      }
      names.append(text)
    }
    return names
  }
}
