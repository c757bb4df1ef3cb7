import Primitives

/// What nodes may be called, and what to call one whose name is taken.
package enum MemberName {
  package static let byteLimit = 64

  /// Why nobody can have this name; nil when somebody can.
  package static func complaint(about name: String) -> String? {
    if name.isEmpty { return "a node needs a name" }
    if name.utf8.count > byteLimit { return "a name has at most \(byteLimit) bytes" }
    if !isPrintable(name) { return "a name has printable characters alone" }
    if name.first == " " || name.last == " " { return "a name neither begins nor ends in a space" }
    if NodeID(name) != nil { return "a name must not read as a node's id" }
    return nil
  }

  /// The name itself, or the first of `name-2`, `name-3` and so on that is free.
  package static func free(_ name: String, isTaken: (String) -> Bool) -> String {
    if !isTaken(name) { return name }
    var number = 2
    while true {
      let candidate = numbered(name, number)
      if !isTaken(candidate) { return candidate }
      number += 1
      // Names taken one after another by thousands: jump.
      if number > 10_000 { number = number &* 2 }
    }
  }

  private static func numbered(_ name: String, _ number: Int) -> String {
    let suffix = "-\(number)"
    var stem = name
    while stem.utf8.count + suffix.utf8.count > byteLimit { stem.removeLast() }
    return stem + suffix
  }

  static func isPrintable(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
        .paragraphSeparator:
        false
      default: true
      }
    }
  }
}
