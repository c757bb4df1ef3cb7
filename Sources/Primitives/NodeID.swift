/// A node's name to other nodes: its Ed25519 public key. As text 52 characters of base32.
public struct NodeID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let key: Bytes32

  package init(_ key: Bytes32) { self.key = key }

  /// Nil unless there are exactly thirty-two bytes.
  package init?(_ bytes: some Collection<UInt8>) {
    guard let key = Bytes32(bytes) else { return nil }
    self.key = key
  }

  package init?(_ bytes: [UInt8]) {
    guard let key = Bytes32(bytes) else { return nil }
    self.key = key
  }

  /// Reads the text form; nil when it is not one.
  public init?(_ text: String) {
    guard text.utf8.count == 52, let bytes = Base32.decode(text) else { return nil }
    self.init(bytes)
  }

  public var bytes: [UInt8] { key.bytes }
  public var description: String { Base32.encode(key.bytes) }
  /// Enough to tell nodes apart in a log line.
  public var short: String { String(description.prefix(10)) }

  public static func < (left: Self, right: Self) -> Bool { left.key < right.key }
}
