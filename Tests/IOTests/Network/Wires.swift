import Glibc
import Primitives
import Testing

@testable import IO

/// The two kinds of sockets a transport stands on.
enum Wire: String, CaseIterable { case tcp, unix }

private let addresses = Locked(UInt16(0))

/// An address of loopback that no other test uses: elsewhere a port that was given back may be
/// somebody else's at once, who then answers.
func ownAddress() -> SocketAddress {
  let number = addresses.withLock { count in
    count += 1
    return count
  }
  return SocketAddress(
    .v4([127, 81, UInt8(number >> 8), UInt8(truncatingIfNeeded: number)], port: 0))
}

/// A listener's catch.
final class Catch: @unchecked Sendable {  // guard: confinement to one loop
  private(set) var descriptors: [Int32] = []
  private(set) var peers: [SocketAddress] = []
  private let wakeup = Wakeup()

  func add(_ descriptor: Int32, _ peer: SocketAddress) {
    descriptors.append(descriptor)
    peers.append(peer)
    wakeup.raise()
  }

  func wait(for count: Int) async {
    while descriptors.count < count { await wakeup.wait() }
  }
}

/// A connected pair: our transport and the bare descriptor the listener accepted.
func connectedPair(
  _ wire: Wire, on loop: EventLoop, limits: SocketTransport.Limits = .init()
) async throws -> (SocketTransport, Int32, SocketAddress) {
  let folder = try TemporaryFolder()
  let listener = try Listener(
    wire == .tcp ? .loopback(port: 0) : SocketAddress(.unix(path: folder.file("s"))))
  let caught = Catch()
  let stop = Gate()
  async let listening: Void = listener.run(on: loop, until: stop) { caught.add($0, $1) }
  let client = try await SocketTransport.connect(
    to: listener.address, on: loop, deadline: .distantFuture)
  await caught.wait(for: 1)
  stop.open()
  try await listening
  return (client, caught.descriptors[0], caught.peers[0])
}

/// Runs `body` with both ends as transports, and closes them.
func withPair(
  _ wire: Wire, on loop: EventLoop, limits: SocketTransport.Limits = .init(),
  _ body: (SocketTransport, SocketTransport) async throws -> Void
) async throws {
  try await loop.run {
    let (client, descriptor, peer) = try await connectedPair(wire, on: loop)
    let server = try SocketTransport(adopting: descriptor, peer: peer, on: loop, limits: limits)
    defer {
      client.close()
      server.close()
    }
    try await body(client, server)
  }
}

/// Everything up to the end of the stream.
func readToEnd(_ transport: some Transport) async throws -> [UInt8] {
  var bytes: [UInt8] = []
  while try await transport.read({ bytes.append(contentsOf: $0) }) {}
  return bytes
}

func readExactly(_ count: Int, from transport: some Transport) async throws -> [UInt8] {
  var bytes: [UInt8] = []
  while bytes.count < count, try await transport.read({ bytes.append(contentsOf: $0) }) {}
  return bytes
}

/// The code of the error `body` ends with; nil when it ends without one.
func failure(_ body: () async throws -> Void) async -> SystemError.Code? {
  do {
    try await body()
    return nil
  } catch {
    return (error as? SystemError)?.code ?? .invalidInput
  }
}
