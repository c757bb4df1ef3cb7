/// A named value: `--listen :80`. Required unless it is optional, has a default or is an array,
/// which takes one value each time the option is given.
@propertyWrapper
package struct Option<Value>: ArgumentWrapper {
  private let slot: ArgumentSlot<Value>
  private let name: NameSpecification
  private let type: any ArgumentValue.Type
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
        kind: .option, names: name.names(property: property),
        valueName: help.valueName ?? property.dashed, help: help, defaultText: defaultText,
        choices: type.allValueStrings, completion: completion, isRequired: isRequired,
        repeats: repeats,
        take: { [take, type] input in
          guard case .value(let text) = input, take(text) else { return type.expectation }
          return nil
        })
    ]
  }
}

extension Option where Value: ArgumentValue {
  package init(
    wrappedValue: Value, name: NameSpecification = .long, help: ArgumentHelp = "",
    completion: CompletionKind = .automatic
  ) {
    self.init(single: wrappedValue, name: name, help: help, completion: completion)
  }

  /// Without a default the option must be given.
  package init(
    name: NameSpecification = .long, help: ArgumentHelp = "",
    completion: CompletionKind = .automatic
  ) {
    self.init(single: nil, name: name, help: help, completion: completion)
  }

  private init(
    single value: Value?, name: NameSpecification, help: ArgumentHelp, completion: CompletionKind
  ) {
    let slot = ArgumentSlot(value)
    self.slot = slot
    self.name = name
    type = Value.self
    self.completion = completion
    self.help = help
    defaultText = value?.argumentText
    isRequired = value == nil
    repeats = false
    take = { text in Value(argument: text).map(slot.set) != nil }
  }
}

extension Option {
  package init<Wrapped: ArgumentValue>(
    wrappedValue: Value = nil, name: NameSpecification = .long, help: ArgumentHelp = "",
    completion: CompletionKind = .automatic
  ) where Value == Wrapped? {
    let slot = ArgumentSlot<Value>(.some(wrappedValue))
    self.slot = slot
    self.name = name
    type = Wrapped.self
    self.completion = completion
    self.help = help
    defaultText = wrappedValue?.argumentText
    isRequired = false
    repeats = false
    take = { text in Wrapped(argument: text).map { slot.set($0) } != nil }
  }

  package init<Element: ArgumentValue>(
    wrappedValue: Value = [], name: NameSpecification = .long, help: ArgumentHelp = "",
    completion: CompletionKind = .automatic
  ) where Value == [Element] {
    let slot = ArgumentSlot(wrappedValue)
    self.slot = slot
    self.name = name
    type = Element.self
    self.completion = completion
    self.help = help
    defaultText =
      wrappedValue.isEmpty ? nil : wrappedValue.map(\.argumentText).joined(separator: ", ")
    isRequired = false
    repeats = true
    take = { text in Element(argument: text).map(slot.append) != nil }
  }
}

extension ArgumentSlot {
  /// The first value given replaces the default.
  func append<Element>(_ element: Element) where Value == [Element] {
    set((isGiven ? value ?? [] : []) + [element])
  }
}
