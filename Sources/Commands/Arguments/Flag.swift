/// A switch: `--detach`, counted when the property is an integer.
@propertyWrapper
package struct Flag<Value>: ArgumentWrapper {
  /// Whether there is also an option that says no.
  package enum Inversion: Sendable {
    case none
    /// `--no-name`.
    case prefixedNo
  }

  private let slot: ArgumentSlot<Value>
  private let name: NameSpecification
  private let inversion: Inversion
  private let help: ArgumentHelp
  private let defaultText: String?
  private let next: (Value?, _ isInverse: Bool) -> Value

  package var wrappedValue: Value {
    get { slot.required }
    nonmutating set { slot.value = newValue }
  }

  func definitions(property: String) -> [ArgumentDefinition] {
    let names = name.names(property: property)
    var inverse: [ArgumentName] = []
    if inversion == .prefixedNo {
      for case .long(let name) in names { inverse.append(.long("no-" + name)) }
    }
    return [
      ArgumentDefinition(
        kind: .flag, names: names, inverseNames: inverse, help: help, defaultText: defaultText,
        take: { [slot, next] input in
          guard case .flag(let isInverse) = input else { return "no value" }
          slot.set(next(slot.value, isInverse))
          return nil
        })
    ]
  }
}

extension Flag where Value == Bool {
  package init(
    wrappedValue: Bool, name: NameSpecification = .long, inversion: Inversion = .none,
    help: ArgumentHelp = ""
  ) {
    slot = ArgumentSlot(wrappedValue)
    self.name = name
    self.inversion = inversion
    self.help = help
    defaultText = inversion == .none ? nil : wrappedValue ? "yes" : "no"
    next = { !$1 }
  }
}

/// Nil when neither the flag nor its inverse is given.
extension Flag where Value == Bool? {
  package init(
    wrappedValue: Bool? = nil, name: NameSpecification = .long,
    inversion: Inversion = .prefixedNo, help: ArgumentHelp = ""
  ) {
    slot = ArgumentSlot(.some(wrappedValue))
    self.name = name
    self.inversion = inversion
    self.help = help
    defaultText = nil
    next = { !$1 }
  }
}

/// How often the flag is given.
extension Flag where Value == Int {
  package init(
    wrappedValue: Int = 0, name: NameSpecification = .long, help: ArgumentHelp = ""
  ) {
    slot = ArgumentSlot(wrappedValue)
    self.name = name
    inversion = .none
    self.help = help
    defaultText = nil
    next = { value, _ in (value ?? 0) + 1 }
  }
}
