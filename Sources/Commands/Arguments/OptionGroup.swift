/// Options that several commands share, shown in help under a title of their own.
@propertyWrapper
package struct OptionGroup<Value: ParsableArguments>: ArgumentWrapper {
  private let slot: ArgumentSlot<Value>
  private let title: String

  package init(title: String = "") {
    slot = ArgumentSlot(Value())
    self.title = title
  }

  package var wrappedValue: Value {
    get { slot.required }
    nonmutating set { slot.value = newValue }
  }

  func definitions(property: String) -> [ArgumentDefinition] {
    slot.required.definitions.map { definition in
      var definition = definition
      if definition.group.isEmpty { definition.group = title }
      return definition
    }
  }
}

/// Lets the parser reach the groups of a command, to validate them too.
protocol OptionGroupWrapper {
  func validateGroup() throws
}

extension OptionGroup: OptionGroupWrapper {
  func validateGroup() throws {
    var group = slot.required
    try group.validateAll()
    slot.value = group
  }
}

extension ParsableArguments {
  /// The groups first, then what they are part of.
  mutating func validateAll() throws {
    for child in Mirror(reflecting: self).children {
      try (child.value as? any OptionGroupWrapper)?.validateGroup()
    }
    try validate()
  }
}
