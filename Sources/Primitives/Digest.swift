/// A SHA-256 hash. As text 64 characters of hexadecimal.
public struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let value: Bytes32

  package init(_ value: Bytes32) { self.value = value }

  /// Nil unless there are exactly thirty-two bytes.
  package init?(_ bytes: some Collection<UInt8>) {
    guard let value = Bytes32(bytes) else { return nil }
    self.value = value
  }

  package init?(_ bytes: [UInt8]) {
    guard let value = Bytes32(bytes) else { return nil }
    self.value = value
  }

  /// Reads the text form; nil when it is not one.
  public init?(_ text: String) {
    guard let bytes = Hex.decode(text) else { return nil }
    self.init(bytes)
  }

  public var bytes: [UInt8] { value.bytes }
  public var description: String { Hex.encode(value.bytes) }

  public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}
