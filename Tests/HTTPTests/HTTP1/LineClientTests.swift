import HTTP
import IO
import Primitives
import Testing

/// What a client made of a scripted answer.
struct Heard: Sendable, Equatable {
  var status = 0
  var body = ""
  var trailers = 0
  var isReusable = false
}

@Suite struct LineClientTests {
  /// Asks once and reads the answer out of `script`, `readLimit` bytes at a time.
  private func ask(
    _ script: String, method: Method = .get, readLimit: Int = .max, ends: Bool = false
  ) async throws -> Heard {
    try await onLoop { loop in
      let (client, server) = MemoryTransport.pair(on: loop, capacity: 1 << 20)
      client.readLimit = readLimit
      let connection = LineClientConnection(transport: client)
      let stream = try connection.open(
        RequestHead(method: method, target: "/", authority: "a"), endsWithHead: true)
      try await server.write(Array(script.utf8))
      if ends { try await server.finish() }
      defer { connection.close() }
      var heard = Heard(status: try await stream.head().status.number)
      var body: [UInt8] = []
      while let piece = try await stream.nextBody() { body += piece }
      heard.body = String(decoding: body, as: UTF8.self)
      heard.trailers = stream.responseTrailers.count
      heard.isReusable = connection.capacity == 1
      return heard
    }
  }

  static let answers: [(String, Method, Bool, Heard)] = [
    (
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", .get, false,
      Heard(status: 200, body: "ok", isReusable: true)
    ),
    (
      "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx: y\r\n\r\n", .get, false,
      Heard(status: 200, body: "ok", trailers: 1, isReusable: true)
    ),
    ("HTTP/1.1 200 OK\r\n\r\nto the end", .get, true, Heard(status: 200, body: "to the end")),
    ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", .get, false, Heard(status: 200, body: "ok")),
    (
      "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", .get, false,
      Heard(status: 200, body: "ok")
    ),
    (
      "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", .head, false,
      Heard(status: 200, isReusable: true)
    ),
    (
      "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", .get, false,
      Heard(status: 304, isReusable: true)
    ),
    (
      "HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", .get, false,
      Heard(status: 204, isReusable: true)
    ),
    (
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more", .get, false,
      Heard(status: 200, body: "ok")
    ),
  ]

  @Test(arguments: answers.indices, [1, 3, Int.max])
  func `reads each form of answer at any size of read`(_ index: Int, _ size: Int) async throws {
    let (script, method, ends, expected) = Self.answers[index]
    let heard = try await ask(script, method: method, readLimit: size, ends: ends)
    // Bytes behind the answer are noticed only when they have been read.
    if index == Self.answers.count - 1 && size != .max {
      #expect(heard.body == expected.body)
    } else {
      #expect(heard == expected)
    }
  }

  @Test(arguments: [
    "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "SSH-2.0-x\r\n",
    "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\na",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\na",
    "HTTP/1.1 200 OK\r\n folded: a\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n",
    String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 30),
    "HTTP/1.1 200 OK\r\nx: " + String(repeating: "a", count: 70_000),
  ])
  func `refuses a malformed answer and drops the connection`(_ script: String) async throws {
    await #expect(throws: MessageError.self) { try await ask(script) }
    await #expect(throws: MessageError.self) { try await ask(script, readLimit: 7, ends: true) }
  }

  @Test func `an answer cut short is an error, nothing at all is a refusal`() async throws {
    let cut = await #expect(throws: MessageError.self) {
      try await ask("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", ends: true)
    }
    #expect(cut?.code == .aborted)
    let nothing = await #expect(throws: MessageError.self) { try await ask("", ends: true) }
    #expect(nothing?.code == .refused)
  }

  @Test func `a client and a server agree over many exchanges on one connection`() async throws {
    let bodies = try await onLoop { loop in
      let (client, server) = MemoryTransport.pair(on: loop, capacity: 500)
      let served = LineServerConnection(
        transport: server,
        info: ConnectionInfo(version: .http1, peer: server.peer, isSecure: false),
        handler: describing)
      async let serving: Void = served.serve(received: [])
      let connection = LineClientConnection(transport: client)
      var lengths: [Int] = []
      for size in [0, 1, 499, 5_000] {
        let stream = try connection.open(
          RequestHead(method: .post, target: "/", authority: "a"), endsWithHead: false)
        try await stream.write([UInt8](repeating: UInt8(ascii: "b"), count: size))
        try stream.finish(trailers: ["t": "1"])
        #expect(try await stream.head().status == .ok)
        var count = 0
        while let piece = try await stream.nextBody() { count += piece.count }
        lengths.append(count)
      }
      connection.close()
      await serving
      return lengths
    }
    #expect(bodies == [0, 1, 499, 5_000].map { $0 + "POST / @a [] t=1".utf8.count })
  }

  @Test func `an early answer is heard while the upload is still going on`() async throws {
    let status = try await onLoop { loop in
      let (client, server) = MemoryTransport.pair(on: loop, capacity: 1_000)
      let served = LineServerConnection(
        transport: server,
        info: ConnectionInfo(version: .http1, peer: server.peer, isSecure: false),
        handler: ClosureHandler { $0.respond(ResponseHead(.contentTooLarge)) })
      async let serving: Void = served.serve(received: [])
      let connection = LineClientConnection(transport: client)
      let stream = try connection.open(
        RequestHead(
          method: .post, target: "/", authority: "a", headers: ["content-length": "99999999"]),
        endsWithHead: false)
      async let upload: Bool = {
        do {
          while true { try await stream.write([UInt8](repeating: 0, count: 10_000)) }
        } catch {
          return true
        }
      }()
      let status = try await stream.head().status
      #expect(await upload, "the server has heard enough at some point")
      #expect(connection.capacity == nil)
      await serving
      return status
    }
    #expect(status == .contentTooLarge)
  }

  @Test func `a request with a line break in it is never sent`() async throws {
    try await onLoop { loop in
      let (client, _) = MemoryTransport.pair(on: loop)
      let connection = LineClientConnection(transport: client)
      for head in [
        RequestHead(target: "/ HTTP/1.1\r\nx: y", authority: "a"),
        RequestHead(target: "/", authority: "a\r\nx: y"),
        RequestHead(target: "/", authority: "a", headers: ["x": "a\r\nb: c"]),
        RequestHead(method: Method("GET /"), target: "/", authority: "a"),
      ] {
        #expect(throws: MessageError.self) { try connection.open(head, endsWithHead: true) }
      }
      connection.close()
    }
  }
}
