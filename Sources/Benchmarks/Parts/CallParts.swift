import Calls
import HTTP
import IO
import Primitives
import Security

/// Two nodes that call each other as nodes do: gRPC over HTTP/2 over TLS with both keys proven.
enum CallParts {
  /// A node's server with the probe service, open to every node.
  static func server(on loop: EventLoop) async throws {
    let loops = try LoopGroup(count: 1)
    let key = SigningKey()
    var permissions = Permissions()
    permissions.members = [.probe]
    let calls = CallServer(
      ProbeService(makeHash: { NoHash() }).handlers, permissions: permissions
    ) { connection in
      connection.peerKey.map { .node($0) } ?? .anonymous(isLoopback: false)
    }
    var greeter = Greeter(handler: calls)
    greeter.tls = try ServerTLS(
      TLSContext(server: Credentials(of: key), protocols: [ApplicationProtocol.node]))
    let server = try Server(on: [.loopback(port: 0)], loops: loops, greeter: greeter)
    Parts.announce(server.addresses[0], key)
    try await ComponentRunner([server], on: loops).run(until: Gate())
  }

  /// Nothing here calls what hashes.
  private struct NoHash: ProbeHash {
    mutating func update(_ bytes: [UInt8]) {}
    mutating func digest() -> [UInt8] { [] }
  }

  /// Calls one at a time for a while, then many at a time, and prints how long each took and how
  /// many there were.
  static func client(_ arguments: inout PartArguments, on loop: EventLoop) async throws {
    let port = try arguments.port()
    let id = try arguments.id()
    let milliseconds = try arguments.number("the milliseconds of each phase")
    let concurrency = try arguments.number("the calls at a time")
    let secured = try await Parts.dial(
      PartTarget(port: port, peer: .node(id)), speaking: ApplicationProtocol.node, as: SigningKey(),
      on: loop)
    let connection = try FrameClientConnection(transport: secured, isSecure: true)
    let calls = CallClient(connection, on: loop, authority: id.description)
    let load = CallLoad(
      client: ProbeV1.ProbeClient(calls), duration: .milliseconds(milliseconds))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask(executorPreference: loop) { await connection.run() }
      defer { connection.close() }
      let warmUp = try await load.latencies(for: .milliseconds(milliseconds / 4))
      let latencies = try await load.latencies(for: .milliseconds(milliseconds))
      let (calls, perSecond) = try await load.throughput(concurrency, on: loop)
      Parts.say([
        "p50": .number(Samples.quantile(0.5, of: latencies)),
        "p99": .number(Samples.quantile(0.99, of: latencies)),
        "perSecond": .number(perSecond), "calls": .integer(Int64(calls)),
        "sequentialCalls": .integer(Int64(warmUp.count + latencies.count)),
      ])
    }
  }
}

/// Echo calls on one connection.
struct CallLoad: Sendable {
  let client: ProbeV1.ProbeClient
  let duration: Duration
  private let request = ProbeV1.EchoRequest {
    $0.payload = Array("measured with thirty-two bytes..".utf8)
  }

  init(client: ProbeV1.ProbeClient, duration: Duration) {
    self.client = client
    self.duration = duration
  }

  private func call() async throws {
    let reply = try await client.echo(request)
    guard reply.payload == request.payload else { throw BenchError("a reply is not its request") }
  }

  /// Of calls one after another, in microseconds.
  func latencies(for duration: Duration) async throws -> [Double] {
    var latencies: [Double] = []
    let end = Instant.now().advanced(by: duration)
    var start = Instant.now()
    while start < end {
      try await call()
      let now = Instant.now()
      latencies.append(start.duration(to: now).inSeconds * 1e6)
      start = now
    }
    return latencies
  }

  /// Calls per second with so many under way.
  func throughput(
    _ concurrency: Int, on loop: EventLoop
  ) async throws -> (calls: Int, perSecond: Double) {
    let start = Instant.now()
    let end = start.advanced(by: duration)
    let total = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<concurrency {
        group.addTask(executorPreference: loop) {
          var count = 0
          while Instant.now() < end {
            try await call()
            count += 1
          }
          return count
        }
      }
      return try await group.reduce(0, +)
    }
    return (total, Double(total) / start.duration(to: .now()).inSeconds)
  }
}
