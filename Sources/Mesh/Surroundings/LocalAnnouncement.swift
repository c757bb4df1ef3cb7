package import Primitives
package import Security

/// What a node says of itself on its local network, signed: 144 bytes.
///
///     0  "APUL"    4  version, 1    5  1: an answer is wanted    6  port
///     8  zeros    16  network    48  node    80  signature of all before
///
/// A repeated one leads to an address where another node may answer by now; the handshake there
/// finds out, so nothing in it is secret or fresh.
package struct LocalAnnouncement: Equatable, Sendable {
  package static let size = 144
  private static let magic: [UInt8] = Array("APUL".utf8)
  private static let purpose: SigningPurpose = "local announcement"

  package var network: Bytes32
  package var node: NodeID
  package var port: UInt16
  /// The sender is new here and wants to hear who else is there.
  package var wantsAnswer: Bool

  package init(network: Bytes32, node: NodeID, port: UInt16, wantsAnswer: Bool) {
    self.network = network
    self.node = node
    self.port = port
    self.wantsAnswer = wantsAnswer
  }

  private var unsigned: [UInt8] {
    var bytes = Self.magic + [1, wantsAnswer ? 1 : 0]
    bytes += [UInt8(port >> 8), UInt8(truncatingIfNeeded: port)]
    return bytes + [UInt8](repeating: 0, count: 8) + network.bytes + node.bytes
  }

  package func signed(by key: SigningKey) -> [UInt8] {
    precondition(key.id == node, "a node announces itself alone")
    return unsigned + key.sign(unsigned, for: Self.purpose).bytes
  }

  /// Nil for anything that is not exactly one. The signature is not looked at yet: see `isSigned`.
  package init?(decoding bytes: [UInt8]) {
    guard bytes.count == Self.size, Array(bytes[0..<4]) == Self.magic, bytes[4] == 1,
      bytes[5] <= 1, bytes[8..<16].allSatisfy({ $0 == 0 }),
      let network = Bytes32(bytes[16..<48]), let node = NodeID(bytes[48..<80])
    else { return nil }
    port = UInt16(bytes[6]) << 8 | UInt16(bytes[7])
    if port == 0 { return nil }
    self.network = network
    self.node = node
    wantsAnswer = bytes[5] == 1
  }

  /// True when the node it names has signed it.
  package func isSigned(in bytes: [UInt8]) -> Bool {
    guard bytes.count == Self.size, let signature = Signature(bytes[80...]) else { return false }
    return node.isValid(signature, of: unsigned, for: Self.purpose)
  }
}
