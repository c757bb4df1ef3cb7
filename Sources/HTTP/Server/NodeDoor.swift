package import IO
package import Primitives
package import Security

/// Where connections between nodes go on from the port that they share with everybody else.
package protocol NodeDoor: Sendable {
  /// A peer has proven its key under `apus/1`; nothing else was said yet.
  func secured(_ transport: SecureTransport, by peer: NodeID) -> any ServerConnection

  /// The first byte is zero, which belongs to the relay; it is still to be read.
  func relayed(_ transport: SocketTransport) -> any ServerConnection
}
