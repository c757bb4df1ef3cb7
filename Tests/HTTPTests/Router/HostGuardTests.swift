import HTTP
import IO
import Primitives
import Testing

@Suite struct HostGuardTests {
  private static let hostGuard = HostGuard(names: ["Node.Example", "192.0.2.7", ""])

  private func status(
    _ authority: String, method: Method = .get, fields: Headers = [:], peer: String = "127.0.0.1:9",
    isSecure: Bool = false
  ) throws -> Int? {
    let connection = ConnectionInfo(
      version: .http2, peer: try #require(SocketAddress(peer)), isSecure: isSecure)
    let head = RequestHead(method: method, target: "/", authority: authority, headers: fields)
    return Self.hostGuard.refusal(of: head, on: connection)?.status.number
  }

  @Test(arguments: [
    "localhost", "localhost:4747", "LocalHost:1", "localhost.", "127.0.0.1", "127.0.0.1:4747",
    "127.9.9.9:80", "[::1]:4747", "[::ffff:127.0.0.1]", "page.localhost:4747", "node.example",
    "NODE.example.:4747", "192.0.2.7:1", "",
  ])
  func `names nobody else can point here are answered on loopback`(_ host: String) throws {
    #expect(try status(host) == nil)
    #expect(try status(host, peer: "[::1]:9") == nil)
    #expect(try status(host, peer: "[::ffff:127.0.0.1]:9") == nil)
  }

  @Test(arguments: [
    "evil.example", "evil.example:4747", "localhost.evil.example", "127.0.0.1.evil.example",
    "127.0.0.1x", "localhostx:80", "evil-localhost", "192.0.2.8", "128.0.0.1:4747", "[::2]:4747",
    "localhost:4747.evil.example", ".", "127.0.0.1:x",
  ])
  func `a name that a stranger may have pointed here is not`(_ host: String) throws {
    #expect(try status(host) == 421)
    #expect(try status(host, peer: "[::1]:9", isSecure: true) == 421)
    #expect(try status(host, peer: "192.0.2.1:9") == nil)
  }

  @Test(
    arguments: [
      ("localhost:80", "http://localhost", false, nil),
      ("localhost", "http://localhost:80", false, nil),
      ("localhost:443", "https://localhost", true, nil),
      ("localhost:4747", "https://LOCALHOST:4747", true, nil),
      // A proxy that speaks TLS in front.
      ("node.example", "https://node.example", false, nil),
      ("localhost:4747", "http://localhost:4747", true, 403),
      ("localhost:4747", "http://localhost:8080", false, 403),
      ("localhost:4747", "http://evil.example", false, 403), ("localhost:4747", "null", false, 403),
      ("localhost:4747", "", false, 403), ("localhost:4747", "chrome-extension://x", false, 403),
      ("localhost:4747", "http://evil.example/localhost:4747", false, 403),
      ("127.0.0.1:4747", "http://localhost:4747", false, 403),
    ] as [(String, String, Bool, Int?)])
  func `only pages of this server may change something`(
    _ host: String, _ origin: String, _ isSecure: Bool, _ expected: Int?
  ) throws {
    let fields: Headers = ["origin": origin]
    #expect(try status(host, method: .post, fields: fields, isSecure: isSecure) == expected)
    #expect(try status(host, method: .delete, fields: fields, isSecure: isSecure) == expected)
    #expect(try status(host, fields: fields, isSecure: isSecure) == nil)
  }

  @Test func `origins are looked at wherever the client is`() throws {
    let fields: Headers = ["origin": "https://evil.example"]
    #expect(try status("a.example", method: .post, fields: fields, peer: "192.0.2.1:9") == 403)
  }

  @Test func `a host field that differs from the authority is refused`() throws {
    #expect(try status("localhost", fields: ["host": "evil.example"]) == 400)
    #expect(try status("localhost", fields: ["host": "LOCALHOST"]) == nil)
    #expect(try status("a.example", fields: ["host": "b.example"], peer: "192.0.2.1:9") == 400)
  }

  @Test func `the Unix socket and nodes that proved their key are out of a browser's reach`() throws
  {
    #expect(try status("evil.example", peer: "unix:/run/apus.sock") == nil)
    let key = try #require(NodeID([UInt8](repeating: 7, count: 32)))
    let node = ConnectionInfo(
      version: .http2, peer: .loopback(port: 9), isSecure: true, peerKey: key)
    let head = RequestHead(target: "/", authority: "evil.example")
    #expect(Self.hostGuard.refusal(of: head, on: node) == nil)
  }

  @Test func `calls are looked at like any other request`() async throws {
    var router = Router()
    router.admit(by: HostGuard(names: []))
    router.calls(to: ClosureHandler { $0.respond(ResponseHead(), body: Array("call".utf8)) })
    let answer = try await converse(
      "POST /s/m HTTP/1.1\r\nHost: evil.example\r\nContent-Type: application/grpc\r\n"
        + "Content-Length: 0\r\nConnection: close\r\n\r\n", with: router)
    #expect(statuses(answer) == [421] && answer.contains("http.hosts"))
  }

  @Test func `calls that are answered at once are looked at too`() async throws {
    var router = Router()
    router.admit(by: HostGuard(names: []))
    router.calls(to: AtOnce())
    try await withFrames(router) { link in
      for (authority, status) in [("localhost", 200), ("evil.example", 421), ("localhost", 200)] {
        let head = RequestHead(
          method: .post, target: "/s/m", authority: authority,
          headers: ["content-type": "application/grpc"])
        let answer = try await ask(link.client, head)
        #expect(answer.status == status)
      }
    }
  }
}

private final class AtOnce: Handler {
  func handle(_ exchange: any Exchange) async throws { exchange.respond(ResponseHead(.notFound)) }

  func answersAtOnce(_ exchange: any Exchange) throws -> Bool {
    exchange.respond(ResponseHead())
    return true
  }
}
