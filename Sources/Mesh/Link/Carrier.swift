package import IO
package import Primitives

/// A connection to a node that has proven its key, ready to be a carrier: hellos are exchanged.
/// Lends first what came behind the hello.
/// Guard: confinement to `loop`.
package final class Carrier: Transport, @unchecked Sendable {
  package let loop: EventLoop
  package let peerKey: NodeID
  package let path: PathKind
  /// This side made the connection.
  package let isDialled: Bool
  /// What the other side said of itself.
  package let hello: PeerHello
  private let inner: any Transport
  private var behindHello: [UInt8]

  init(
    _ inner: any Transport, peerKey: NodeID, path: PathKind, isDialled: Bool, hello: PeerHello,
    behindHello: [UInt8]
  ) {
    loop = inner.loop
    self.inner = inner
    self.peerKey = peerKey
    self.path = path
    self.isDialled = isDialled
    self.hello = hello
    self.behindHello = behindHello
  }

  package var peer: SocketAddress { inner.peer }

  package func read(_ body: (UnsafeRawBufferPointer) throws -> Void) async throws -> Bool {
    if behindHello.isEmpty { return try await inner.read(body) }
    let bytes = behindHello
    behindHello = []
    try bytes.withUnsafeBytes(body)
    return true
  }

  package func offer(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
    try inner.offer(bytes)
  }

  package func writable() async throws(SystemError) { try await inner.writable() }
  package func finish() async throws(SystemError) { try await inner.finish() }
  package func close() { inner.close() }
}
