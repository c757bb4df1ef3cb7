import Glibc
import HTTP
import IO
import Primitives
import Security
import Testing

/// The pooled client against the server, over real sockets.
@Suite(.timeLimit(.minutes(5))) struct NetworkDiallerTests {
  private static let saying = ClosureHandler { exchange in
    let body = try await exchange.collectBody(limit: 1 << 20)
    let info = exchange.connection
    let text =
      "\(info.version.rawValue) \(info.isSecure ? "TLS" : "clear") "
      + "\(exchange.request.authority.prefix { $0 != ":" }) \(body.count)"
    exchange.respond(ResponseHead(), body: Array(text.utf8))
  }

  /// A folder with a socket and a certificate, and a server that has both.
  private final class Fixture: Sendable {
    let folder: String
    let web: Credentials
    var socket: String { folder + "/s" }
    var roots: String { folder + "/roots.pem" }

    init(_ names: [String] = ["localhost", "127.0.0.1"]) async throws {
      var template = Array("/tmp/apus-http-XXXXXX".utf8CString)
      try #require(mkdtemp(&template) != nil)
      folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
      web = try Credentials(selfSignedFor: names)
      try await RealDisk().replace(roots, with: web.chainText, mode: 0o600)
    }

    deinit {
      unlink(roots)
      unlink(socket)
      rmdir(folder)
    }

    func greeter(_ protocols: [String] = ["apus/1", "h2", "http/1.1"]) throws -> Greeter {
      var greeter = Greeter(handler: NetworkDiallerTests.saying)
      greeter.tls = ServerTLS(
        try TLSContext(server: Credentials(of: SigningKey()), web: web, protocols: protocols))
      return greeter
    }
  }

  /// Runs `body` with a client and the port of a server.
  private func withClient(
    _ fixture: Fixture, protocols: [String] = ["h2", "http/1.1"], trusts: Bool = true,
    _ body: @Sendable @escaping (Client, UInt16) async throws -> Void
  ) async throws {
    let addresses: [SocketAddress] = [
      .loopback(port: 0), SocketAddress(.unix(path: fixture.socket)),
    ]
    try await withServer(try fixture.greeter(protocols), on: addresses) { running in
      let dialler = NetworkDialler(
        on: running.loop, roots: trusts ? .file(fixture.roots) : .system
      ) { [SocketAddress.loopback(port: $0.port)] }
      let client = Client(on: running.loop, dialler: dialler)
      let port = try #require(running.server.addresses[0].port)
      let result: Result<Void, any Error>
      do { result = .success(try await body(client, port)) } catch { result = .failure(error) }
      client.close()
      await dialler.ended()
      try result.get()
    }
  }

  private static func text(_ answer: ClientAnswer) -> String {
    String(decoding: answer.body, as: UTF8.self)
  }

  @Test func `the version is agreed by ALPN, or named by the origin`() async throws {
    let fixture = try await Fixture()
    try await withClient(fixture) { client, port in
      let table: [(Origin, String)] = [
        (Origin(.https, host: "localhost", port: port), "HTTP/2 TLS localhost 9"),
        (Origin(.https, host: "127.0.0.1", port: port), "HTTP/2 TLS 127.0.0.1 9"),
        (
          Origin(.https, host: "localhost", port: port, versions: .http1),
          "HTTP/1.1 TLS localhost 9"
        ),
        (
          Origin(.https, host: "localhost", port: port, versions: .http2), "HTTP/2 TLS localhost 9"
        ),
        (Origin(.http, host: "localhost", port: port), "HTTP/1.1 clear localhost 9"),
        (
          Origin(.http, host: "localhost", port: port, versions: .http2),
          "HTTP/2 clear localhost 9"
        ),
        (Origin(.unix, host: fixture.socket), "HTTP/1.1 clear localhost 9"),
        (Origin(.unix, host: fixture.socket, versions: .http2), "HTTP/2 clear localhost 9"),
      ]
      for (origin, expected) in table {
        for _ in 0..<2 {
          let answer = try await client.send(
            ClientRequest(.post, origin, "/x", body: .bytes(Array("some body".utf8))))
          #expect(Self.text(answer) == expected)
        }
      }
      // The second request of each took the first one's connection.
      #expect(client.openConnections == table.count)
    }
  }

  @Test func `many requests at once share what they can`() async throws {
    let fixture = try await Fixture()
    try await withClient(fixture) { client, port in
      let origin = Origin(.https, host: "localhost", port: port)
      try await withThrowingTaskGroup(of: Int.self) { group in
        for size in 0..<50 {
          group.addTask(executorPreference: client.loop) {
            let body = [UInt8](repeating: 7, count: size * 1_000)
            let answer = try await client.send(
              ClientRequest(.post, origin, "/", body: .bytes(body)))
            return Self.text(answer) == "HTTP/2 TLS localhost \(size * 1_000)" ? 1 : 0
          }
        }
        let right = try await group.reduce(0, +)
        #expect(right == 50)
      }
      #expect((1...8).contains(client.openConnections))
    }
  }

  @Test func `a server that knows only HTTP 1.1 is spoken to in it, or not at all`() async throws {
    let fixture = try await Fixture()
    try await withClient(fixture, protocols: ["http/1.1"]) { client, port in
      let answer = try await client.send(
        ClientRequest(.get, Origin(.https, host: "localhost", port: port)))
      #expect(Self.text(answer) == "HTTP/1.1 TLS localhost 0")
      let error = await failure {
        _ = try await client.send(
          ClientRequest(.get, Origin(.https, host: "localhost", port: port, versions: .http2)))
      }
      #expect(error?.code == .unreachable)
    }
  }

  @Test func `a certificate for another name, or of nobody known, is no way in`() async throws {
    for (names, trusts) in [(["other.example"], true), (["localhost"], false)] {
      try await withClient(try await Fixture(names), trusts: trusts) { client, port in
        let error = await failure {
          _ = try await client.send(
            ClientRequest(.get, Origin(.https, host: "localhost", port: port)))
        }
        #expect(error?.code == .unreachable)
        #expect(client.openConnections == 0)
      }
    }
  }

  @Test func `where nobody listens is said to be out of reach`() async throws {
    let fixture = try await Fixture()
    try await withClient(fixture) { client, _ in
      let origin = Origin(.unix, host: fixture.folder + "/nothing")
      let error = await failure { _ = try await client.send(ClientRequest(.get, origin)) }
      #expect(error?.code == .unreachable && error?.message.contains("nothing") == true)
    }
  }

  private func failure(_ body: () async throws -> Void) async -> MessageError? {
    do {
      try await body()
      return nil
    } catch { return error as? MessageError }
  }
}
