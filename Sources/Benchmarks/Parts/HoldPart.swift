import HTTP
import IO
import Primitives
import Security

/// Opens connections, makes one request on each, says that they are open and keeps them until it
/// is ended.
enum HoldPart {
  /// Handshakes under way at a time.
  private static let lanes = 32

  static func run(_ arguments: inout PartArguments, on loop: EventLoop) async throws {
    let port = try arguments.port()
    let certificate = try arguments.text("the file with the node's certificate")
    let name = try arguments.text("an application protocol")
    let count = try arguments.number("the number of connections")
    let target = PartTarget(port: port, peer: .host("127.0.0.1"))
    let context = try TLSContext(client: nil, roots: .file(certificate), protocols: [name])
    try await withThrowingTaskGroup(of: Void.self) { connections in
      let opened = try await open(target, context, count, on: loop)
      for transport in opened where name != ApplicationProtocol.http1 {
        let connection = try FrameClientConnection(transport: transport, isSecure: true)
        connections.addTask(executorPreference: loop) { await connection.run() }
        try await ask(connection)
      }
      for transport in opened where name == ApplicationProtocol.http1 {
        try await ask(LineClientConnection(transport: transport))
      }
      Parts.say(["open": .integer(Int64(opened.count))])
      await Gate().wait()
      // Held to here: a transport closes with its last reference.
      for transport in opened { transport.close() }
    }
  }

  private static func open(
    _ target: PartTarget, _ context: TLSContext, _ count: Int, on loop: EventLoop
  ) async throws -> [SecureTransport] {
    try await withThrowingTaskGroup(of: [SecureTransport].self) { group in
      for lane in 0..<lanes {
        group.addTask(executorPreference: loop) {
          var transports: [SecureTransport] = []
          for _ in stride(from: lane, to: count, by: lanes) {
            transports.append(try await Parts.dial(target, context, on: loop))
          }
          return transports
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
  }

  private static func ask(_ connection: some ClientConnection) async throws {
    let stream = try connection.open(
      RequestHead(method: .get, target: "/healthz", authority: "localhost", headers: Headers()),
      endsWithHead: true)
    let head = try await stream.head()
    while try await stream.nextBody() != nil {}
    guard head.status == .ok else { throw BenchError("a connection got \(head.status)") }
  }
}
