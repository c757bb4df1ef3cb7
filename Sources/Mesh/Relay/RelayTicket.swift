package import Primitives

/// Thirty-two random bytes that let one connection in on one side of one circuit, once.
package struct RelayTicket: Hashable, Sendable {
  package let bytes: Bytes32

  package init(_ bytes: Bytes32) { self.bytes = bytes }

  /// Nil unless there are exactly thirty-two bytes.
  package init?(_ bytes: some Collection<UInt8>) {
    guard let bytes = Bytes32(bytes) else { return nil }
    self.bytes = bytes
  }
}
