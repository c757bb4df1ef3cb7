/// Drawn at each start of a node: another one says that the streams of the old are gone.
package struct BootID: Hashable, Sendable, CustomStringConvertible {
  package let number: UInt64

  package init(_ number: UInt64) { self.number = number }

  package var description: String { String(number, radix: 16) }
}
