/// One thing a command takes, as the parser, help and completion see it. `take` puts a value
/// into the property it came from.
struct ArgumentDefinition {
  enum Kind: Equatable {
    case flag
    case option
    case positional
    /// The first word that stands here and everything behind it, options too.
    case passthrough
  }

  var kind: Kind
  var names: [ArgumentName] = []
  /// `--no-x` of `--x`.
  var inverseNames: [ArgumentName] = []
  var valueName = ""
  var help: ArgumentHelp
  var defaultText: String?
  /// All words the value can be, when there are few.
  var choices: [String] = []
  var completion = CompletionKind.automatic
  var isRequired = false
  var repeats = false
  /// The title help shows it under; the general ones have none.
  var group = ""
  /// Nil when the value is fine, else what was expected.
  let take: (Input) -> String?

  enum Input {
    case value(String)
    case flag(isInverse: Bool)
  }

  var isPositional: Bool { kind == .positional || kind == .passthrough }

  /// How messages call it.
  var shown: String {
    switch kind {
    case .positional, .passthrough: "<\(valueName)>"
    case .flag: longestName
    case .option: "\(longestName) <\(valueName)>"
    }
  }

  private var longestName: String {
    names.map(\.description).max { $0.count < $1.count } ?? ""
  }
}

/// A property wrapper the parser understands.
protocol ArgumentWrapper {
  /// `property` is the property's name.
  func definitions(property: String) -> [ArgumentDefinition]
}

/// Where a wrapper keeps its value. Copies of a command share it; a command is used once.
final class ArgumentSlot<Value> {
  var value: Value?
  var isGiven = false

  init(_ value: Value?) { self.value = value }

  func set(_ value: Value) {
    self.value = value
    isGiven = true
  }

  var required: Value {
    guard let value else {
      preconditionFailure("an argument was read before the command line was parsed")
    }
    return value
  }
}

extension ParsableArguments {
  /// In the order of the properties. Traps when two have one name: our own mistake.
  var definitions: [ArgumentDefinition] {
    let definitions = Mirror(reflecting: self).children.flatMap { child in
      (child.value as? any ArgumentWrapper)?
        .definitions(property: String((child.label ?? "").drop { $0 == "_" })) ?? []
    }
    var seen: Set<ArgumentName> = []
    for name in definitions.flatMap({ $0.names + $0.inverseNames }) {
      precondition(seen.insert(name).inserted, "\(Self.self) has the option \(name) twice")
    }
    return definitions
  }
}
