import HTTP
import IO
import Primitives
import Synchronization

@testable import Calls

/// A client and what answers it, joined by a wire in memory on a loop of their own.
struct Wired: Sendable {
  let loop: EventLoop
  let connection: FrameClientConnection
  let client: CallClient
  /// The client's end of the wire, and the server's.
  let near: MemoryTransport
  let far: MemoryTransport

  var probe: ProbeV1.ProbeClient { ProbeV1.ProbeClient(client) }

  /// One request as it is, and everything that comes back.
  func raw(
    _ path: String = ProbeV1.ProbeMethods.echo.path, method: Method = .post,
    headers: Headers = ["content-type": "application/grpc", "te": "trailers"], body: [UInt8] = []
  ) async throws -> RawAnswer {
    let stream = try connection.open(
      RequestHead(method: method, target: path, authority: "test", headers: headers),
      endsWithHead: false)
    try await stream.write(body)
    try stream.finish(trailers: nil)
    var answer = RawAnswer(head: try await stream.head())
    while let piece = try await stream.nextBody() { answer.body += piece }
    answer.trailers = stream.responseTrailers
    return answer
  }
}

struct RawAnswer {
  var head: ResponseHead
  var body: [UInt8] = []
  var trailers = Headers()

  /// Wherever it stands.
  var code: Status.Code? {
    let text = trailers["grpc-status"] ?? head.headers["grpc-status"]
    return text.flatMap { Int($0) }.flatMap(Status.Code.init(rawValue:))
  }
}

/// Runs `body` with a client of `handler`, and returns once both sides have ended: a handler that
/// outlives its connection hangs the test.
func overWire<Answer: Sendable>(
  to handler: any Handler, serverLimits: ServerLimits = ServerLimits(),
  limits: CallClient.Limits = CallClient.Limits(), readLimit: Int = .max,
  keepAlive: FrameClientConnection.KeepAlive? = nil,
  _ body: (Wired) async throws -> Answer
) async throws -> Answer {
  let loop = try EventLoop(name: "wired")
  defer { loop.stop() }
  return try await loop.run {
    let (near, far) = MemoryTransport.pair(on: loop)
    near.readLimit = readLimit
    far.readLimit = readLimit
    let connection = try FrameClientConnection(
      transport: near, isSecure: false, keepAlive: keepAlive)
    let server = try FrameServerConnection(
      transport: far, info: .test, handler: handler, limits: serverLimits)
    let wired = Wired(
      loop: loop, connection: connection,
      client: CallClient(connection, on: loop, authority: "test", limits: limits), near: near,
      far: far)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask(executorPreference: loop) { await server.serve() }
      group.addTask(executorPreference: loop) { await connection.run() }
      let outcome = await outcome { try await body(wired) }
      connection.close()
      try await group.waitForAll()
      return try outcome.get()
    }
  }
}

/// The same with a `CallServer` in between, to which everybody may do everything.
func overCalls<Answer: Sendable>(
  _ handlers: [MethodHandler], serverLimits: CallServer.Limits = CallServer.Limits(),
  limits: CallClient.Limits = CallClient.Limits(), readLimit: Int = .max,
  _ body: (Wired) async throws -> Answer
) async throws -> Answer {
  let server = CallServer(
    handlers, permissions: Permissions(), limits: serverLimits, identify: { _ in .localOwner })
  return try await overWire(to: server, limits: limits, readLimit: readLimit, body)
}

func outcome<Answer>(_ body: () async throws -> Answer) async -> Result<Answer, any Error> {
  do { return .success(try await body()) } catch { return .failure(error) }
}

/// How a call that must fail failed.
func failure<Answer>(_ body: () async throws -> Answer) async -> Status? {
  switch await outcome(body) {
  case .success: nil
  case .failure(let error): error as? Status
  }
}

/// Answers with a closure.
struct Answering: Handler {
  let answer: @Sendable (any Exchange) async throws -> Void

  init(_ answer: @escaping @Sendable (any Exchange) async throws -> Void) { self.answer = answer }

  func handle(_ exchange: any Exchange) async throws { try await answer(exchange) }
}

extension ConnectionInfo {
  static let test = ConnectionInfo(version: .http2, peer: .loopback(port: 1), isSecure: false)
}

extension ProbeService {
  static var test: ProbeService { ProbeService(makeHash: { Sum() }) }

  private struct Sum: ProbeHash {
    private var sum: UInt64 = 0
    mutating func update(_ bytes: [UInt8]) { for byte in bytes { sum &+= UInt64(byte) } }
    mutating func digest() -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: sum >> ($0 * 8)) } }
  }
}

/// A method of the tests' own.
func method(
  _ name: String, _ kind: MethodDescription.Kind = .unary, permission: String? = nil
) -> MethodDescription {
  MethodDescription("apus.test.v1.Test", name, kind, permission: permission)
}

/// An echo that does something first.
func echo(
  _ description: MethodDescription = ProbeV1.ProbeMethods.echo,
  _ body: @escaping @Sendable (CallContext) async throws -> Void
) -> MethodHandler {
  .unary(description) { (request: ProbeV1.EchoRequest, context) in
    try await body(context)
    return ProbeV1.EchoReply { $0.payload = request.payload }
  }
}

/// Set by one task, waited for by another.
final class Flag: Sendable {
  private let gate = Gate()
  var isSet: Bool { gate.isOpen }
  func set() { gate.open() }
  func wait() async { await gate.waitUncancelled() }
}
