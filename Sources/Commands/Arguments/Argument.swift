/// A value told by its place: `apus stop <job>`. An array takes all that are left and comes last.
@propertyWrapper
package struct Argument<Value>: ArgumentWrapper {
  /// What an array takes.
  package enum ArrayParsingStrategy: Sendable {
    /// Words; options among them are read as options.
    case remaining
    /// From the first word on everything, options too: the command line of somebody else.
    case captureForPassthrough
  }

  private let slot: ArgumentSlot<Value>
  private let type: any ArgumentValue.Type
  private let kind: ArgumentDefinition.Kind
  private let completion: CompletionKind
  private let help: ArgumentHelp
  private let defaultText: String?
  private let isRequired: Bool
  private let repeats: Bool
  private let take: (String) -> Bool

  package var wrappedValue: Value {
    get { slot.required }
    nonmutating set { slot.value = newValue }
  }

  func definitions(property: String) -> [ArgumentDefinition] {
    [
      ArgumentDefinition(
        kind: kind, valueName: help.valueName ?? property.dashed, help: help,
        defaultText: defaultText, choices: type.allValueStrings, completion: completion,
        isRequired: isRequired, repeats: repeats,
        take: { [take, type] input in
          guard case .value(let text) = input, take(text) else { return type.expectation }
          return nil
        })
    ]
  }
}

extension Argument where Value: ArgumentValue {
  package init(
    wrappedValue: Value, help: ArgumentHelp = "", completion: CompletionKind = .automatic
  ) {
    self.init(single: wrappedValue, help: help, completion: completion)
  }

  package init(help: ArgumentHelp = "", completion: CompletionKind = .automatic) {
    self.init(single: nil, help: help, completion: completion)
  }

  private init(single value: Value?, help: ArgumentHelp, completion: CompletionKind) {
    let slot = ArgumentSlot(value)
    self.slot = slot
    type = Value.self
    kind = .positional
    self.completion = completion
    self.help = help
    defaultText = value?.argumentText
    isRequired = value == nil
    repeats = false
    take = { text in Value(argument: text).map(slot.set) != nil }
  }
}

extension Argument {
  package init<Wrapped: ArgumentValue>(
    wrappedValue: Value = nil, help: ArgumentHelp = "", completion: CompletionKind = .automatic
  ) where Value == Wrapped? {
    let slot = ArgumentSlot<Value>(.some(wrappedValue))
    self.slot = slot
    type = Wrapped.self
    kind = .positional
    self.completion = completion
    self.help = help
    defaultText = wrappedValue?.argumentText
    isRequired = false
    repeats = false
    take = { text in Wrapped(argument: text).map { slot.set($0) } != nil }
  }

  /// Without a default at least one value must be given.
  package init<Element: ArgumentValue>(
    parsing strategy: ArrayParsingStrategy = .remaining, help: ArgumentHelp = "",
    completion: CompletionKind = .automatic
  ) where Value == [Element] {
    self.init(array: nil, parsing: strategy, help: help, completion: completion)
  }

  package init<Element: ArgumentValue>(
    wrappedValue: Value, parsing strategy: ArrayParsingStrategy = .remaining,
    help: ArgumentHelp = "", completion: CompletionKind = .automatic
  ) where Value == [Element] {
    self.init(array: wrappedValue, parsing: strategy, help: help, completion: completion)
  }

  private init<Element: ArgumentValue>(
    array: Value?, parsing strategy: ArrayParsingStrategy, help: ArgumentHelp,
    completion: CompletionKind
  ) where Value == [Element] {
    let slot = ArgumentSlot(array ?? [])
    self.slot = slot
    type = Element.self
    kind = strategy == .remaining ? .positional : .passthrough
    self.completion = completion
    self.help = help
    defaultText =
      array.flatMap { $0.isEmpty ? nil : $0.map(\.argumentText).joined(separator: " ") }
    isRequired = array == nil
    repeats = true
    take = { text in Element(argument: text).map(slot.append) != nil }
  }
}
