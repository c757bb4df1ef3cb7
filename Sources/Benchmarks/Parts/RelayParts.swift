import IO
import Primitives

/// A plain TCP stream through something in between, each end a process of its own.
enum RelayParts {
  private static let bufferBytes = 64 * 1024
  private static let page = 4096

  /// Takes one connection and reads it to its end.
  static func sink(on loop: EventLoop) async throws {
    let transport = try await accepted(on: loop)
    var count = 0
    while try await unsafe transport.read({ count += $0.count }) {}
    try await transport.finish()
    transport.close()
    Parts.say(["bytes": .integer(Int64(count))])
  }

  /// Sends so many MiB and waits until the sink has them.
  static func source(_ arguments: inout PartArguments, on loop: EventLoop) async throws {
    let transport = try await dial(try arguments.port(), on: loop)
    let mebibytes = try arguments.number("the MiB to send")
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: bufferBytes, alignment: page)
    defer { unsafe buffer.deallocate() }
    unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0x5A)
    for _ in 0..<mebibytes * (1 << 20) / bufferBytes {
      try await unsafe transport.write(UnsafeRawBufferPointer(buffer))
    }
    try await transport.finish()
    while try await unsafe transport.read({ _ in }) {}
    transport.close()
  }

  /// Joins one connection to another port, as a relay joins two.
  static func splice(_ arguments: inout PartArguments, on loop: EventLoop) async throws {
    let port = try arguments.port()
    let near = try await accepted(on: loop)
    let far = try await dial(port, on: loop)
    guard let left = near.detach(), let right = far.detach() else {
      throw BenchError("a connection ended before it was joined")
    }
    let splice = Splice(left, right, on: loop, pipes: PipePool(), meter: Counting())
    let outcome = await splice.run()
    guard outcome.ending == .finished else { throw BenchError("it ended as \(outcome.ending)") }
    Parts.say(["bytes": .integer(Int64(outcome.forward))])
  }

  /// Costs what a quota costs and allows everything.
  private final class Counting: SpliceMeter {
    private let moved = Locked(0)

    func draw(_ wanted: Int, now: Instant) -> SpliceAllowance {
      moved.withLock { $0 += wanted }
      return .bytes(wanted)
    }

    func giveBack(_ unspent: Int) { moved.withLock { $0 -= unspent } }
  }

  private static func accepted(on loop: EventLoop) async throws -> SocketTransport {
    let listener = try Listener(.loopback(port: 0))
    let arrival = Arrival()
    Parts.say(["port": .integer(Int64(listener.address.port ?? 0))])
    try await listener.run(on: loop, until: arrival.gate) { arrival.take($0, $1) }
    guard let (descriptor, peer) = arrival.first else { throw BenchError("nobody came") }
    return try SocketTransport(adopting: descriptor, peer: peer, on: loop)
  }

  private static func dial(_ port: UInt16, on loop: EventLoop) async throws -> SocketTransport {
    try await SocketTransport.connect(
      to: .loopback(port: port), on: loop, deadline: Instant.now().advanced(by: .seconds(60)))
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
