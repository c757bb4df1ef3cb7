import HTTP
import IO
import Primitives
import Testing

@Suite struct LineServerTests {
  private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

  private static func answering(
    _ head: ResponseHead = ResponseHead(), _ body: String = "ok"
  ) -> ClosureHandler {
    ClosureHandler { $0.respond(head, body: Array(body.utf8)) }
  }

  @Test func `a small answer carries its length, a date and nothing else`() async throws {
    let answer = try await converse(Self.get, with: Self.answering())
    #expect(undated(answer) == "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
    #expect(answer.contains("\r\ndate: "))
  }

  @Test func `HEAD has the headers of GET and no body`() async throws {
    let answer = try await converse(
      "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", with: Self.answering())
    #expect(undated(answer) == "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n")
  }

  @Test(arguments: [204, 304])
  func `a status without a body has neither body nor length`(_ status: Int) async throws {
    let answer = try await converse(
      Self.get, with: Self.answering(ResponseHead(StatusCode(status))))
    #expect(!answer.contains("content-length") && answer.hasSuffix("\r\n\r\n"))
  }

  @Test func `HTTP 1.0 is answered and the connection ends unless it asked to keep it`()
    async throws
  {
    let old = "GET / HTTP/1.0\r\n\r\n"
    let closing = try await converse(old + old, with: Self.answering())
    #expect(statuses(closing) == [200] && closing.contains("connection: close"))
    let keeping = "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"
    let kept = try await converse(keeping + keeping, with: Self.answering())
    #expect(statuses(kept) == [200, 200] && kept.contains("connection: keep-alive"))
  }

  @Test func `a streamed answer is chunked with trailers, or ends with an old connection`()
    async throws
  {
    let handler = ClosureHandler { exchange in
      exchange.start(ResponseHead())
      try await exchange.write(Array("hello".utf8))
      try await exchange.write(Array(repeating: UInt8(ascii: "x"), count: 17))
      exchange.finish(trailers: ["digest": "1"])
    }
    let answer = undated(try await converse(Self.get, with: handler))
    let xs = String(repeating: "x", count: 17)
    #expect(
      answer == "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
        + "5\r\nhello\r\n11\r\n\(xs)\r\n0\r\ndigest: 1\r\n\r\n")
    let old = undated(try await converse("GET / HTTP/1.0\r\n\r\n", with: handler))
    #expect(old == "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello\(xs)")
  }

  @Test func `a streamed answer that is shorter than declared is broken off`() async throws {
    let handler = ClosureHandler { exchange in
      exchange.start(ResponseHead(.ok, headers: ["content-length": "9"]))
      try await exchange.write(Array("short".utf8))
      exchange.finish()
    }
    let answer = try await converse(Self.get + Self.get, with: handler)
    #expect(answer.hasSuffix("short") && statuses(answer) == [200])
  }

  @Test func `100 Continue is sent when the handler asks for the body, and only then`()
    async throws
  {
    let request =
      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    let asked = try await converse([request, "hi"])
    #expect(statuses(asked).last == 200 && asked.contains("[hi]"))
    let refused = try await converse(
      request, with: Self.answering(ResponseHead(.contentTooLarge)))
    #expect(statuses(refused) == [413] && refused.contains("connection: close"))
  }

  @Test func `a waiting client hears 100 before it sends`() async throws {
    let text = try await onLoop { loop in
      let (client, server) = MemoryTransport.pair(on: loop)
      let connection = LineServerConnection(
        transport: server,
        info: ConnectionInfo(version: .http1, peer: server.peer, isSecure: false),
        handler: describing)
      async let serving: Void = connection.serve(received: [])
      try await client.write(
        Array(
          "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n".utf8))
      var heard = ""
      _ = try await client.read { heard += String(decoding: $0, as: UTF8.self) }
      try await client.write(Array("hi".utf8))
      try await client.finish()
      heard += try await readAll(client)
      await serving
      return heard
    }
    #expect(text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"))
    #expect(text.hasSuffix("[hi]"))
  }

  @Test func `a small body nobody reads is passed over, a large one ends the connection`()
    async throws
  {
    let post = { (count: Int) in
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(count)\r\n\r\n"
        + String(repeating: "b", count: min(count, 70_000))
    }
    let kept = try await converse(post(60_000) + Self.get, with: Self.answering())
    #expect(statuses(kept) == [200, 200])
    let closed = try await converse(post(10_000_000), with: Self.answering())
    #expect(statuses(closed) == [200] && closed.contains("connection: close"))
  }

  @Test func `a handler that throws, or says nothing, is answered for`() async throws {
    struct Broken: Error {}
    let failing = ClosureHandler { exchange in
      switch exchange.request.target {
      case "/ours": throw Broken()
      case "/theirs": throw MessageError(.malformed, "the \"field\" is missing")
      default: break
      }
    }
    let answer = try await converse(
      ["/ours", "/theirs", "/silence"].map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined(),
      with: failing)
    #expect(statuses(answer) == [500, 400, 500])
    #expect(answer.contains(#"{"error":{"code":"badRequest","message":"the \"field\" is"#))
    #expect(!answer.contains("Broken"))
  }

  @Test func `a header with a line break never reaches the client`() async throws {
    let answer = try await converse(
      Self.get, with: Self.answering(ResponseHead(.ok, headers: ["x": "a\r\nset-cookie: b"])))
    #expect(statuses(answer) == [500] && !answer.contains("set-cookie"))
  }

  @Test func `answers to pipelined requests leave together`() async throws {
    let reads = try await onLoop { loop in
      let (client, server) = MemoryTransport.pair(on: loop)
      let connection = LineServerConnection(
        transport: server,
        info: ConnectionInfo(version: .http1, peer: server.peer, isSecure: false),
        handler: Self.answering())
      async let serving: Void = connection.serve(received: [])
      try await client.write(Array(String(repeating: Self.get, count: 50).utf8))
      try await client.finish()
      var reads = 0
      while try await client.read({ _ in reads += 1 }) {}
      await serving
      return reads
    }
    #expect(reads == 1)
  }

  @Test func `a large answer comes whole through a narrow transport`() async throws {
    let body = String(repeating: "0123456789", count: 50_000)
    let limits = ServerLimits()
    let answer = try await converse(
      [Self.get, Self.get], with: Self.answering(ResponseHead(), body), limits: limits,
      capacity: 1_000)
    #expect(statuses(answer) == [200, 200])
    #expect(answer.utf8.count > 1_000_000)
  }

  @Test func `an upgrade hands over the transport and what came behind the request`()
    async throws
  {
    let handler = ClosureHandler { exchange in
      guard let exchange = exchange as? any Upgradable else { return }
      let (transport, received) = try await exchange.upgrade(
        ResponseHead(.switchingProtocols, headers: ["upgrade": "echo"]))
      try await transport.write(received)
      var more: [UInt8] = []
      while try await transport.read({ more.append(contentsOf: $0) }) {}
      try await transport.write(more)
    }
    let answer = try await converse(
      ["GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nabc", "def"],
      with: handler)
    #expect(
      answer == "HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\n" + dateLine(answer)
        + "connection: upgrade\r\n\r\nabcdef")
  }

  private func dateLine(_ answer: String) -> String {
    answer.split(separator: "\r\n").first { $0.hasPrefix("date: ") }.map { $0 + "\r\n" } ?? ""
  }
}
