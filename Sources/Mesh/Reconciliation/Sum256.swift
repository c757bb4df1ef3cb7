package import Primitives

/// A sum of 256-bit numbers modulo 2^256. Unlike an exclusive or, it cannot be steered to a chosen
/// value by solving linear equations.
package struct Sum256: Hashable, Sendable {
  // Lowest first.
  private var limbs: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  package init() {}

  package mutating func add(_ value: Bytes32) {
    let words = value.words
    add((words.3, words.2, words.1, words.0))
  }

  package mutating func subtract(_ value: Bytes32) {
    let words = value.words
    subtract((words.3, words.2, words.1, words.0))
  }

  package static func += (left: inout Sum256, right: Sum256) { left.add(right.limbs) }
  package static func -= (left: inout Sum256, right: Sum256) { left.subtract(right.limbs) }

  private mutating func add(_ other: (UInt64, UInt64, UInt64, UInt64)) {
    var carry: UInt64 = 0
    func step(_ left: inout UInt64, _ right: UInt64) {
      let (first, overflowed) = left.addingReportingOverflow(right)
      let (second, overflowedToo) = first.addingReportingOverflow(carry)
      left = second
      carry = overflowed || overflowedToo ? 1 : 0
    }
    step(&limbs.0, other.0)
    step(&limbs.1, other.1)
    step(&limbs.2, other.2)
    step(&limbs.3, other.3)
  }

  private mutating func subtract(_ other: (UInt64, UInt64, UInt64, UInt64)) {
    var borrow: UInt64 = 0
    func step(_ left: inout UInt64, _ right: UInt64) {
      let (first, overflowed) = left.subtractingReportingOverflow(right)
      let (second, overflowedToo) = first.subtractingReportingOverflow(borrow)
      left = second
      borrow = overflowed || overflowedToo ? 1 : 0
    }
    step(&limbs.0, other.0)
    step(&limbs.1, other.1)
    step(&limbs.2, other.2)
    step(&limbs.3, other.3)
  }

  package var value: Bytes32 { Bytes32(words: (limbs.3, limbs.2, limbs.1, limbs.0)) }

  package static func == (left: Self, right: Self) -> Bool { left.limbs == right.limbs }
  package func hash(into hasher: inout Hasher) { hasher.combine(value) }
}
