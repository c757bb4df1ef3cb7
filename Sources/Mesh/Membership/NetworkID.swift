package import Primitives

/// A network's name: the public half of its Ed25519 key. As text 52 characters of base32.
package struct NetworkID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let key: Bytes32

  package init(_ key: Bytes32) { self.key = key }

  /// Nil unless there are exactly thirty-two bytes.
  package init?(_ bytes: some Collection<UInt8>) {
    guard let key = Bytes32(bytes) else { return nil }
    self.key = key
  }

  /// Reads the text form; nil when it is not one.
  package init?(_ text: String) {
    guard text.utf8.count == 52, let bytes = Base32.decode(text) else { return nil }
    self.init(bytes)
  }

  package var bytes: [UInt8] { key.bytes }
  package var description: String { Base32.encode(key.bytes) }
  /// Enough to tell networks apart in a log line.
  package var short: String { String(description.prefix(10)) }

  /// The key as that of a signer.
  var signer: NodeID { NodeID(key) }

  package static func < (left: Self, right: Self) -> Bool { left.key < right.key }
}
