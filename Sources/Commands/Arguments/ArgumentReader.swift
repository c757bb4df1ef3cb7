import Primitives

struct UsageMistake: Error {
  let message: String
}

/// Reads the words behind a command, from the left, into what the command takes.
struct ArgumentReader {
  enum Outcome {
    case complete, helpAsked, versionAsked
  }

  private let definitions: [ArgumentDefinition]
  private let words: [String]
  private let version: String
  private var index = 0
  /// Of `definitions`: which have been given.
  private var given: Set<Int> = []
  /// The positional that takes the next word.
  private var positionals: ArraySlice<Int>

  init(definitions: [ArgumentDefinition], words: [String], version: String) {
    self.definitions = definitions
    self.words = words
    self.version = version
    positionals = definitions.indices.filter { definitions[$0].isPositional }[...]
  }

  mutating func read() throws(UsageMistake) -> Outcome {
    while index < words.count {
      let word = words[index]
      index += 1
      if word == "--" {
        while index < words.count { try takePositional(next()) }
      } else if word.hasPrefix("--") {
        if let outcome = try takeLong(word) { return outcome }
      } else if isShortOptions(word) {
        if let outcome = try takeShort(word) { return outcome }
      } else {
        let isPassthrough = positionals.first.map { definitions[$0].kind } == .passthrough
        try takePositional(word)
        if isPassthrough {
          while index < words.count { try takePositional(next()) }
        }
      }
    }
    for (place, definition) in definitions.enumerated()
    where definition.isRequired && !given.contains(place) {
      throw UsageMistake(message: "\(definition.shown) is missing")
    }
    return .complete
  }

  /// After a mistake: somebody who asks for help wants that first.
  var asksForHelpLater: Bool {
    guard !definitions.contains(where: { $0.kind == .passthrough }) else { return false }
    return words[min(index, words.count)...].prefix { $0 != "--" }
      .contains { $0 == "--help" || $0 == "-h" }
  }

  private mutating func next() -> String {
    defer { index += 1 }
    return words[index]
  }

  /// A lone dash is a word, and so is a negative number unless its digit is an option.
  private func isShortOptions(_ word: String) -> Bool {
    guard word.hasPrefix("-"), let letter = word.dropFirst().first else { return false }
    let isNumber = letter.isASCII && (letter.isNumber || letter == ".") && Double(word) != nil
    return !isNumber || find(.short(letter)) != nil
  }

  // MARK: - Options

  private func find(_ name: ArgumentName) -> (place: Int, isInverse: Bool)? {
    for (place, definition) in definitions.enumerated() {
      if definition.names.contains(name) { return (place, false) }
      if definition.inverseNames.contains(name) { return (place, true) }
    }
    return nil
  }

  private mutating func takeLong(_ word: String) throws(UsageMistake) -> Outcome? {
    let parts = word.dropFirst(2).split(
      separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    let value = parts.count == 2 ? String(parts[1]) : nil
    guard let (place, isInverse) = find(.long(name)) else {
      if name == "help", value == nil { return .helpAsked }
      if name == "version", value == nil, !version.isEmpty { return .versionAsked }
      throw unknown("--" + name)
    }
    try take(place, "--" + name, value: value, isInverse: isInverse)
    return nil
  }

  /// `-abc` is `-a -b -c`; the first that takes a value takes the rest, or the next word.
  private mutating func takeShort(_ word: String) throws(UsageMistake) -> Outcome? {
    var letters = word.dropFirst()
    while let letter = letters.popFirst() {
      guard let (place, isInverse) = find(.short(letter)) else {
        if letter == "h" { return .helpAsked }
        throw unknown("-\(letter)")
      }
      guard definitions[place].kind == .option, !letters.isEmpty else {
        let isAssigned = letters.first == "="
        try take(
          place, "-\(letter)", value: isAssigned ? String(letters.dropFirst()) : nil,
          isInverse: isInverse)
        continue
      }
      if letters.first == "=" { letters.removeFirst() }
      try take(place, "-\(letter)", value: String(letters), isInverse: isInverse)
      return nil
    }
    return nil
  }

  private mutating func take(
    _ place: Int, _ name: String, value: String?, isInverse: Bool
  ) throws(UsageMistake) {
    given.insert(place)
    let definition = definitions[place]
    if definition.kind == .flag {
      guard value == nil else { throw UsageMistake(message: "'\(name)' takes no value") }
      _ = definition.take(.flag(isInverse: isInverse))
      return
    }
    if let value {
      try take(value, definition, name)
      return
    }
    guard index < words.count, words[index] != "--", !isOption(words[index]) else {
      let hint =
        index < words.count
        ? "; write \(name)=\(words[index]) when the value begins with a dash" : ""
      throw UsageMistake(message: "'\(name)' needs a value <\(definition.valueName)>\(hint)")
    }
    try take(next(), definition, name)
  }

  private func isOption(_ word: String) -> Bool { word.hasPrefix("--") || isShortOptions(word) }

  private func take(
    _ value: String, _ definition: ArgumentDefinition, _ name: String
  ) throws(UsageMistake) {
    guard let expectation = definition.take(.value(value)) else { return }
    let hint = Spelling.hint(for: value, among: definition.choices, quote: "'")
    throw UsageMistake(
      message: "'\(value)' is no value for \(name): expected \(expectation)\(hint)")
  }

  private func unknown(_ name: String) -> UsageMistake {
    // One letter is near to every other.
    guard name.hasPrefix("--") else { return UsageMistake(message: "unknown option '\(name)'") }
    let visible = definitions.filter { !$0.help.isHidden }
    let names = visible.flatMap { $0.names + $0.inverseNames }.map(\.description)
    let hint = Spelling.hint(
      for: name, among: (names + ["--help"]).filter { $0.hasPrefix("--") }, quote: "'")
    return UsageMistake(message: "unknown option '\(name)'\(hint)")
  }

  // MARK: - Words

  private mutating func takePositional(_ word: String) throws(UsageMistake) {
    guard let place = positionals.first else {
      throw UsageMistake(message: "'\(word)' is one argument too many")
    }
    let definition = definitions[place]
    given.insert(place)
    if !definition.repeats { positionals.removeFirst() }
    try take(word, definition, definition.shown)
  }
}
