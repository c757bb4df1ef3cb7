import HTTP
import IO
import Primitives
import Testing

@Suite struct RouterTests {
  private static func router() -> Router {
    var router = Router()
    router.use(SecurityHeaders())
    router.get("/jobs") { _ in .text("list") }
    router.post("/jobs") {
      .text("created \(try await $0.body(limit: 10).count)", status: .created)
    }
    router.get("/jobs/:id") { .text("job \($0.parameter("id"))") }
    router.get("/jobs/new") { _ in .text("form") }
    router.get("/jobs/:id/results/*rest") {
      .text("\($0.parameter("id")) | \($0.parameter("rest")) | \(try $0.query("v") ?? "-")")
    }
    router.on(.delete, "/jobs/:name") { .text("gone \($0.parameter("name"))") }
    router.get("/fault") { _ in throw ResponseError(.conflict, code: "busy", "come back later") }
    router.get("/wrong") { _ in throw MessageError(.malformed, "no") }
    router.get("/stream") { _ in
      .stream { exchange in
        try await exchange.write(Array("piece".utf8))
        return nil
      }
    }
    router.calls(to: ClosureHandler { $0.respond(ResponseHead(), body: Array("call".utf8)) })
    return router
  }

  private func ask(_ line: String, _ fields: String = "", _ body: String = "") async throws
    -> String
  {
    try await converse(
      "\(line) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\(body)", with: Self.router())
  }

  static let table: [(String, Int, String)] = [
    ("GET /jobs", 200, "list"), ("GET /jobs?x=1", 200, "list"), ("GET /jobs/7", 200, "job 7"),
    ("GET /jobs/new", 200, "form"), ("GET /jobs/a%20b", 200, "job a b"),
    ("GET /jobs/7/results/a/b?v=2", 200, "7 | a/b | 2"),
    ("GET /jobs/new/results/x", 200, "new | x | -"),
    ("DELETE /jobs/new2", 200, "gone new2"), ("GET /nothing", 404, "notFound"),
    ("GET /jobs/", 404, "notFound"), ("GET /jobs/7/results", 404, "notFound"),
    ("GET /a/../jobs", 400, "badRequest"), ("PATCH /jobs", 405, "methodNotAllowed"),
    ("GET /fault", 409, #""code":"busy""#), ("GET /wrong", 400, "badRequest"),
    ("GET /stream", 200, "piece"),
  ]

  @Test(arguments: table.indices)
  func `each request finds its route`(_ index: Int) async throws {
    let (line, status, text) = Self.table[index]
    let answer = try await ask(line)
    #expect(statuses(answer) == [status])
    #expect(answer.contains(text) && answer.contains("x-content-type-options: nosniff"))
  }

  @Test func `HEAD and OPTIONS follow from the other methods`() async throws {
    let head = try await ask("HEAD /jobs/7")
    #expect(head.contains("content-length: 5\r\n") && head.hasSuffix("\r\n\r\n"))
    let options = try await ask("OPTIONS /jobs")
    #expect(statuses(options) == [204] && options.contains("allow: GET, HEAD, OPTIONS, POST"))
    let all = try await ask("OPTIONS *")
    #expect(statuses(all) == [204])
  }

  @Test func `a body beyond its limit is refused, within it is taken`() async throws {
    let small = try await ask("POST /jobs", "Content-Length: 3\r\n", "abc")
    #expect(statuses(small) == [201] && small.hasSuffix("created 3"))
    let large = try await ask("POST /jobs", "Content-Length: 11\r\n", "abcdefghijk")
    #expect(statuses(large) == [413])
  }

  @Test(arguments: ["application/grpc", "application/grpc+proto", "application/grpc;x=y"])
  func `calls go their own way`(_ type: String) async throws {
    let answer = try await ask("GET /jobs", "Content-Type: \(type)\r\n")
    #expect(answer.hasSuffix("call"))
    let other = try await ask("GET /jobs", "Content-Type: application/grpc-web\r\n")
    #expect(other.hasSuffix("list"))
  }

  @Test func `middleware runs from the outside in and may answer itself`() async throws {
    struct Mark: Middleware {
      let name: String
      func handle(
        _ request: Request, next: (Request) async throws -> Response
      ) async throws -> Response {
        if request.head.target == "/stop" { return .text(name) }
        var request = request
        request.context[String.self] = (request.context[String.self] ?? "") + name
        var response = try await next(request)
        response.headers.append("seen-by", name)
        return response
      }
    }
    var router = Router()
    router.use(Mark(name: "a"))
    router.use(Mark(name: "b"))
    router.get("/") { .text($0.context[String.self] ?? "") }
    let answer = try await converse("GET / HTTP/1.1\r\nHost: a\r\n\r\n", with: router)
    #expect(answer.hasSuffix("ab") && answer.contains("seen-by: b\r\nseen-by: a\r\n"))
    let stopped = try await converse("GET /stop HTTP/1.1\r\nHost: a\r\n\r\n", with: router)
    #expect(stopped.hasSuffix("\r\n\r\na"))
  }
}

@Suite struct EventStreamTests {
  @Test func `no value can begin a field of its own`() {
    let event = ServerEvent(
      data: "a\nid: x\r\n\r\nb\rc", event: "e\ndata: y", id: "1\r\n2\0", retry: .milliseconds(1_500)
    )
    #expect(
      String(decoding: event.bytes, as: UTF8.self)
        == "id: 12\nevent: edata: y\nretry: 1500\n"
        + "data: a\ndata: id: x\ndata: \ndata: b\ndata: c\n\n"
    )
  }

  @Test func `events are sent as they come, and comments in between`() async throws {
    let quietWasHeard = Gate()
    var router = Router()
    router.get("/events") { request in
      let last = EventStream.lastEventID(request) ?? "none"
      return EventStream.response(keepAlive: .milliseconds(5)) { stream in
        try await stream.send(ServerEvent(data: last, id: "1"))
        await quietWasHeard.wait()
        try await stream.send(ServerEvent(data: "end"))
      }
    }
    let handler = router
    let answer = try await onLoop { loop in
      let (client, server) = MemoryTransport.pair(on: loop)
      let connection = LineServerConnection(
        transport: server,
        info: ConnectionInfo(version: .http1, peer: server.peer, isSecure: false),
        handler: handler)
      async let serving: Void = connection.serve(received: [])
      let request = "GET /events HTTP/1.1\r\nHost: a\r\nLast-Event-ID: 7\r\n\r\n"
      try await client.write(Array(request.utf8))
      try await client.finish()
      var heard = ""
      while try await client.read({ heard += String(decoding: $0, as: UTF8.self) }) {
        if heard.contains(":\n\n") { quietWasHeard.open() }
      }
      await serving
      return heard
    }
    #expect(answer.contains("content-type: text/event-stream\r\n"))
    #expect(answer.contains("id: 1\ndata: 7\n\n"))
    #expect(answer.hasSuffix("data: end\n\n\r\n0\r\n\r\n"))
  }
}
