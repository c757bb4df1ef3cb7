import Primitives

/// What nodes may be called, and what to call one whose name is taken.
package enum MemberName {
  package static let byteLimit = 63

  /// Why nobody can have this name; nil when somebody can.
  package static func complaint(about name: String) -> String? {
    if name.isEmpty { return "a node needs a name" }
    if name.utf8.count > byteLimit { return "a name has at most \(byteLimit) bytes" }
    guard NodeRecord.isName(name) else {
      return "a name has letters, digits, '.', '-' and '_', and begins with a letter or digit"
    }
    if NodeID(name) != nil { return "a name must not read as a node's id" }
    return nil
  }

  /// The nearest to `text` that is a name.
  package static func suitable(_ text: String) -> String {
    let bytes = text.utf8.map { byte in
      NodeRecord.isName("a" + String(decoding: [byte], as: UTF8.self)) ? byte : 0x2D
    }.drop { $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }
    let name = String(decoding: bytes.prefix(byteLimit), as: UTF8.self)
    return complaint(about: name) == nil ? name : "node"
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
