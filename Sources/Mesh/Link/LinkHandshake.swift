import Calls
import HTTP
package import IO
package import Primitives

/// The exchange of hellos on a fresh connection, the same for both sides: each sends its own at
/// once and waits for the other's. What comes behind is kept back until that one is accepted.
package struct LinkHandshake: Sendable {
  /// What this side says.
  package var certificate: [UInt8]
  package var version: String
  package var purpose: PeerHello.Purpose
  package var greeting: LinkCore.Greeting
  package var limits = LinkLimits()
  /// What a node is told whose certificate is not accepted.
  package typealias Refusing =
    @Sendable (_ error: any Error, _ peer: NodeID, _ certificate: [UInt8]) -> LinkFrame.Farewell
  package var refusing: Refusing = { _, _, _ in LinkFrame.Farewell(.refused) }

  private static let helloBytes = 8 << 10
  private static let lengthBytes = 4

  package init(
    certificate: [UInt8], version: String, purpose: PeerHello.Purpose = .main,
    greeting: LinkCore.Greeting
  ) {
    self.certificate = certificate
    self.version = version
    self.purpose = purpose
    self.greeting = greeting
  }

  /// Returns a carrier once `check` accepted the other side's certificate; whatever fails closes
  /// the transport. `check` gets the key that TLS has proven. An acceptor does as the dialler's
  /// hello says, so its own purpose is of no account. `hasSaidHello`: with the TLS handshake.
  package func run(
    over transport: any Transport, peerKey: NodeID, path: PathKind, isDialled: Bool,
    hasSaidHello: Bool = false,
    check: (_ peer: NodeID, _ certificate: [UInt8]) async throws -> Void
  ) async throws -> Carrier {
    var isLate = false
    var shown: [UInt8] = []
    let timer = transport.loop.schedule(after: limits.helloTime) {
      isLate = true
      transport.close()
    }
    defer { transport.loop.cancel(timer) }
    do {
      if !hasSaidHello { try await transport.write(hello(to: transport.peer)) }
      var (message, behind) = try await receive(transport)
      let hello = try PeerHello(message)
      message.certificate = []
      shown = hello.certificate
      try await check(peerKey, hello.certificate)
      return Carrier(
        transport, peerKey: peerKey, path: path, isDialled: isDialled, hello: hello,
        behindHello: behind)
    } catch {
      let isViolation = (error as? NetworkError)?.code == .violation
      await refuse(
        transport, isViolation ? LinkFrame.Farewell(.violation) : refusing(error, peerKey, shown))
      if !isLate { throw error }
      throw NetworkError(.timedOut, "\(transport.peer) did not say hello in time.", cause: error)
    }
  }

  /// What this side says to one that seems to be there.
  package func hello(to address: SocketAddress) -> [UInt8] {
    let message = LinkV1.Hello {
      $0.certificate = certificate
      $0.version = version
      $0.boot = greeting.boot.number
      $0.purpose = purpose == .main ? .main : .bulk
      $0.link = greeting.link
      $0.epoch = greeting.epoch
      $0.received = [greeting.received.0, greeting.received.1]
      $0.laneBytes = UInt32(greeting.laneBytes)
      $0.observedAddress = address.description
    }
    let bytes = message.encoded()
    return withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { Array($0) } + bytes
  }

  private func receive(
    _ transport: any Transport
  ) async throws -> (message: LinkV1.Hello, behind: [UInt8]) {
    var bytes: [UInt8] = []
    var needed = Self.lengthBytes
    while true {
      if bytes.count >= Self.lengthBytes { needed = try Self.lengthBytes + length(bytes) }
      if bytes.count >= needed { break }
      guard try await transport.read({ bytes.append(contentsOf: $0) }) else {
        throw NetworkError(.closed, "\(transport.peer) went away before it said hello.")
      }
    }
    do {
      let message = try LinkV1.Hello(decoding: Array(bytes[Self.lengthBytes..<needed]))
      return (message, Array(bytes[needed...]))
    } catch {
      throw NetworkError(.violation, "The hello of \(transport.peer) cannot be read.", cause: error)
    }
  }

  private func length(_ bytes: [UInt8]) throws(NetworkError) -> Int {
    let length = bytes.prefix(Self.lengthBytes).reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.helloBytes else {
      throw NetworkError(
        .violation, "A hello of \(length) bytes came; \(Self.helloBytes) are allowed.")
    }
    return length
  }

  /// Tells the other side that it is not wanted, in the words of a link.
  private func refuse(_ transport: any Transport, _ farewell: LinkFrame.Farewell) async {
    var words = ControlBytes()
    words.append(farewell)
    // It may be gone already; there is nobody else to tell.
    try? await transport.write(words.takeAll())
    await transport.finishAndClose(within: limits.lingerTime)
  }
}
