import HTTP
import IO
import Primitives

/// Our client and our server, joined in memory.
struct FrameLink: Sendable {
  let loop: EventLoop
  let client: FrameClientConnection
  let server: FrameServerConnection
  let clientEnd: MemoryTransport
  let serverEnd: MemoryTransport
  /// Open once `serve` and `run` have returned.
  let served = Gate()
  let ran = Gate()
}

/// How the bytes cross.
struct Crossing: Sendable {
  var capacity = 64 * 1024
  var readLimit = Int.max
}

func framesInfo(_ transport: MemoryTransport) -> ConnectionInfo {
  ConnectionInfo(version: .http2, peer: transport.peer, isSecure: false)
}

/// Runs `body` beside both ends of a connection, then closes it and waits for both ends.
func withFrames(
  _ handler: any Handler, limits: ServerLimits = ServerLimits(), crossing: Crossing = Crossing(),
  _ body: @Sendable @escaping (FrameLink) async throws -> Void
) async throws {
  try await onLoop { loop in
    let (clientEnd, serverEnd) = MemoryTransport.pair(on: loop, capacity: crossing.capacity)
    (clientEnd.readLimit, serverEnd.readLimit) = (crossing.readLimit, crossing.readLimit)
    let link = FrameLink(
      loop: loop,
      client: try FrameClientConnection(transport: clientEnd, isSecure: false, limits: limits),
      server: try FrameServerConnection(
        transport: serverEnd, info: framesInfo(serverEnd), handler: handler, limits: limits),
      clientEnd: clientEnd, serverEnd: serverEnd)
    async let serving: Void = {
      await link.server.serve()
      link.served.open()
    }()
    async let running: Void = {
      await link.client.run()
      link.ran.open()
    }()
    do {
      try await body(link)
    } catch {
      link.client.close()
      link.server.abort()
      throw error
    }
    link.client.close()
    await running
    await serving
  }
}

/// All of an answer.
struct Answer: Sendable, Equatable {
  var head: ResponseHead
  var body: [UInt8] = []
  var trailers: Headers = [:]

  var status: Int { head.status.number }
  var text: String { String(decoding: body, as: UTF8.self) }
}

func collect(_ stream: any ClientStream) async throws -> Answer {
  var answer = Answer(head: try await stream.head())
  while let piece = try await stream.nextBody() { answer.body.append(contentsOf: piece) }
  answer.trailers = stream.responseTrailers
  return answer
}

func ask(
  _ client: FrameClientConnection, _ head: RequestHead = RequestHead(target: "/", authority: "a"),
  body: [UInt8]? = nil, trailers: Headers? = nil
) async throws -> Answer {
  let stream = try client.open(head, endsWithHead: body == nil)
  async let answer = collect(stream)
  if let body {
    try await stream.write(body)
    try stream.finish(trailers: trailers)
  }
  return try await answer
}

/// Sends the body back as it comes, with how many bytes it was behind it.
let echoing = ClosureHandler { exchange in
  exchange.start(ResponseHead(.ok, headers: ["content-type": "application/octet-stream"]))
  var count = 0
  while let piece = try await exchange.nextBody() {
    count += piece.count
    try await exchange.write(piece)
  }
  exchange.finish(trailers: ["x-count": String(count)])
}

func posting(_ target: String = "/") -> RequestHead {
  RequestHead(method: .post, target: target, authority: "a")
}

/// The code of the `MessageError` that `body` ends with; nil when it ends without one.
func messageCode(_ body: () async throws -> Void) async -> MessageError.Code? {
  do {
    try await body()
    return nil
  } catch {
    return (error as? MessageError)?.code ?? .misuse
  }
}

extension ServerLimits {
  static func with(_ change: (inout ServerLimits) -> Void) -> ServerLimits {
    var limits = ServerLimits()
    change(&limits)
    return limits
  }
}

/// Pseudo-random bytes, quickly.
func randomBytes(_ count: Int, seed: UInt64) -> [UInt8] {
  var random = SplitMix(seed: seed)
  let words = (0..<(count + 7) / 8).map { _ in random.next() }
  return words.withUnsafeBytes { Array($0.prefix(count)) }
}

/// A number that handlers and tests share.
final class Count: Sendable {
  private let number = Locked(0)

  var value: Int { number.withLock { $0 } }

  @discardableResult
  func add(_ more: Int = 1) -> Int {
    number.withLock {
      $0 += more
      return $0
    }
  }
}
