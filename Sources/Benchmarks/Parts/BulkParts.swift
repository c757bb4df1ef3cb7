import IO
import Primitives
import Security

/// The two ends of a bulk transfer, each a process, so that the kernel tells what each costs.
enum BulkParts {
  private static let bufferBytes = 64 * 1024
  private static let page = 4096

  /// Takes one connection and reads it to its end.
  static func sink(on loop: EventLoop) async throws {
    let key = SigningKey()
    let context = try TLSContext(
      server: Credentials(of: key), protocols: [ApplicationProtocol.node])
    let listener = try Listener(.loopback(port: 0))
    let arrival = Arrival()
    Parts.announce(listener.address, key)
    try await listener.run(on: loop, until: arrival.gate) { arrival.take($0, $1) }
    guard let (descriptor, peer) = arrival.first else { throw BenchError("nobody came") }
    let transport = try SocketTransport(adopting: descriptor, peer: peer, on: loop)
    let secured = try await SecureTransport.accept(
      over: transport, context: context, deadline: Instant.now().advanced(by: .seconds(10)))
    var count = 0
    while try await unsafe secured.read({ count += $0.count }) {}
    try await secured.finish()
    secured.close()
    Parts.say(["bytes": .integer(Int64(count))])
  }

  /// Sends so many MiB and waits until the sink has them.
  static func source(_ arguments: inout PartArguments, on loop: EventLoop) async throws {
    let port = try arguments.port()
    let mebibytes = try arguments.number("the MiB to send")
    let secured = try await Parts.dial(
      PartTarget(port: port, peer: .node(try arguments.id())), speaking: ApplicationProtocol.node,
      as: SigningKey(), on: loop)
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: bufferBytes, alignment: page)
    defer { unsafe buffer.deallocate() }
    unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0x5A)
    for _ in 0..<mebibytes * (1 << 20) / bufferBytes {
      try await unsafe secured.write(UnsafeRawBufferPointer(buffer))
    }
    try await secured.finish()
    while try await unsafe secured.read({ _ in }) {}
    secured.close()
  }

  /// Guard: confinement to the listener's loop.
  private final class Arrival: @unchecked Sendable {
    let gate = Gate()
    private(set) var first: (Int32, SocketAddress)?

    func take(_ descriptor: Int32, _ peer: SocketAddress) {
      if first == nil { first = (descriptor, peer) }
      gate.open()
    }
  }
}
