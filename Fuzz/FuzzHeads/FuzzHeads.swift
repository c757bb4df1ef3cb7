import Calls
import Glibc
import HTTP
import IO
import Primitives

/// What comes over a connection, to both roles of both versions of HTTP, over a wire in memory.
/// The first byte chooses the role, the second how the bytes are cut. A connection ends once its
/// bytes have; HTTP/1.1 must answer the same however they were cut.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHeads(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard bytes.count >= 2 else { return 0 }
  let readLimit = Int(bytes[1]) % 40 + 1
  let input = Array(bytes.dropFirst(2))
  switch bytes[0] % 4 {
  case 0:
    let whole = talk { await server(of: input, .http1, readLimit: .max, on: $0) }
    let cut = talk { await server(of: input, .http1, readLimit: readLimit, on: $0) }
    precondition(whole == cut, "an answer of HTTP/1.1 depends on how the request was cut")
  case 1:
    let greeting = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]
    _ = talk { await server(of: greeting + input, .http2, readLimit: readLimit, on: $0) }
  case 2:
    let whole = talk { await client(of: input, .http1, readLimit: .max, on: $0) }
    let cut = talk { await client(of: input, .http1, readLimit: readLimit, on: $0) }
    precondition(whole == cut, "an answer of HTTP/1.1 is read by how it was cut")
  default:
    let greeting: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
    _ = talk { await client(of: greeting + input, .http2, readLimit: readLimit, on: $0) }
  }
  return 0
}

// MARK: - The loop

/// Made once. The fuzzer calls from one thread, which waits while the loop works.
private let stage = Stage()

private final class Stage: Sendable {
  let loop: EventLoop
  private let pipe: (read: Int32, write: Int32)

  init() {
    var ends: [Int32] = [0, 0]
    do {
      loop = try EventLoop(name: "fuzz")
    } catch {
      preconditionFailure("no event loop: \(error)")
    }
    precondition(unsafe Glibc.pipe(&ends) == 0, "no pipe")
    pipe = (ends[0], ends[1])
  }

  func say() {
    var byte: UInt8 = 1
    precondition(unsafe write(pipe.write, &byte, 1) == 1, "the pipe is gone")
  }

  func hear() {
    var byte: UInt8 = 0
    // The fuzzer's own alarm interrupts the wait.
    while unsafe read(pipe.read, &byte, 1) != 1 { precondition(errno == EINTR, "the pipe is gone") }
  }
}

private func talk(_ body: @escaping @Sendable (EventLoop) async -> [UInt8]) -> [UInt8] {
  let result = Locked<[UInt8]>([])
  stage.loop.execute {
    TaskSet(on: stage.loop).start {
      let bytes = await body(stage.loop)
      result.withLock { $0 = bytes }
      stage.say()
    }
  }
  stage.hear()
  return result.withLock { $0 }
}

// MARK: - The two roles

private let info = ConnectionInfo(
  version: .http1, peer: .loopback(port: 1), isSecure: false)

/// Everything a server says to these bytes.
private func server(
  of input: [UInt8], _ version: ConnectionInfo.Version, readLimit: Int, on loop: EventLoop
) async -> [UInt8] {
  let (near, far) = MemoryTransport.pair(on: loop, capacity: 1 << 24)
  far.readLimit = readLimit
  do {
    try await near.write(input)
    switch version {
    case .http1:
      try await near.finish()
      await LineServerConnection(transport: far, info: info, handler: Retelling())
        .serve(received: [])
    case .http2:
      let connection = try FrameServerConnection(
        transport: far, info: info, handler: Retelling(), limits: ServerLimits())
      let tasks = TaskSet(on: loop)
      tasks.start { await connection.serve() }
      // A client that has ended its side gets no answer any more: handlers are given their turns.
      for _ in 0..<4 { await loop.yieldTurn() }
      try await near.finish()
      await tasks.waitForAll()
    }
    return withoutChance(try await rest(of: near))
  } catch {
    preconditionFailure("a server in memory: \(error)")
  }
}

/// Everything a client makes of these bytes.
private func client(
  of input: [UInt8], _ version: ConnectionInfo.Version, readLimit: Int, on loop: EventLoop
) async -> [UInt8] {
  let (near, far) = MemoryTransport.pair(on: loop, capacity: 1 << 24)
  near.readLimit = readLimit
  let tasks = TaskSet(on: loop)
  do {
    try await far.write(input)
    try await far.finish()
    let connection: any ClientConnection
    switch version {
    case .http1: connection = LineClientConnection(transport: near)
    case .http2:
      let frames = try FrameClientConnection(transport: near, isSecure: false)
      tasks.start { await frames.run() }
      connection = frames
    }
    let told = await answer(over: connection)
    connection.close()
    await tasks.waitForAll()
    return told
  } catch {
    preconditionFailure("a client in memory: \(error)")
  }
}

private func answer(over connection: any ClientConnection) async -> [UInt8] {
  var told: [UInt8] = []
  do {
    let stream = try connection.open(
      RequestHead(method: .get, target: "/", authority: "a"), endsWithHead: true)
    let head = try await stream.head()
    told += Array("\(head.status.number) ".utf8) + text(of: head.headers)
    while let piece = try await stream.nextBody() { told += piece }
    told += text(of: stream.responseTrailers)
  } catch {
    // How much of a broken body was read before the fault depends on the cut.
    return Array("broken".utf8)
  }
  return told
}

private func rest(of wire: MemoryTransport) async throws -> [UInt8] {
  var bytes: [UInt8] = []
  while unsafe try await wire.read({ unsafe bytes.append(contentsOf: $0) }) {}
  return bytes
}

// MARK: - What is compared

/// Says back what it heard; gRPC goes to real services.
private struct Retelling: Handler {
  private static let calls = CallServer(
    ReflectionService(ReflectionIndex(services: ["a"])).handlers
      + HealthService(services: []).handlers,
    permissions: Permissions(), identify: { _ in .anonymous(isLoopback: true) })

  func handle(_ exchange: any Exchange) async throws {
    let request = exchange.request
    if CallServer.speaksTo(request.headers) { return try await Self.calls.handle(exchange) }
    let body = try await exchange.collectBody(limit: 1 << 16)
    let told =
      Array("\(request.method) \(request.target) \(request.authority) ".utf8)
      + text(of: request.headers) + body + text(of: exchange.requestTrailers)
    exchange.respond(ResponseHead(), body: told)
  }
}

private func text(of headers: Headers) -> [UInt8] {
  headers.indices.flatMap {
    Array(headers.nameBytes(at: $0)) + [0] + headers.valueBytes(at: $0) + [1]
  }
}

/// The clock may move between two answers, and a client whose body is there already is not told
/// to go on and send it.
private func withoutChance(_ bytes: [UInt8]) -> [UInt8] {
  // It may stand behind a body, which ends without a line break.
  let goOn = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
  var rest = bytes[...]
  var kept: [UInt8] = []
  while !rest.isEmpty {
    if rest.starts(with: goOn) {
      rest = rest.dropFirst(goOn.count)
    } else {
      kept.append(rest.removeFirst())
    }
  }
  var lines = kept.split(separator: 10, omittingEmptySubsequences: false)
  lines.removeAll { $0.starts(with: "date: ".utf8) }
  return Array(lines.joined(separator: [10]))
}
