import IO
import Primitives
import Testing

@testable import Security

struct TLSHandshakeTests {
  @Test func `two nodes know each other and share what they export`() async throws {
    let fixture = TLSFixture()
    try await withPair(fixture) { pair in
      #expect(pair.client.peerKey == fixture.serverKey.id)
      #expect(pair.server.peerKey == fixture.clientKey.id)
      #expect(pair.client.applicationProtocol == "apus/1")
      #expect(pair.server.cipher == "TLS_AES_128_GCM_SHA256")
      let exported = pair.client.exportSecret(label: "EXPORTER-apus", context: [1])
      #expect(exported == pair.server.exportSecret(label: "EXPORTER-apus", context: [1]))
      #expect(exported != pair.server.exportSecret(label: "EXPORTER-apus", context: [2]))
    }
  }

  @Test func `another node than the dialled one is refused, and is told`() async throws {
    let fixture = TLSFixture()
    try await onLoop { loop in
      let ends = await shake(
        loop, client: try fixture.nodeClient(), to: .node(SigningKey().id),
        server: try fixture.server())
      #expect(code(ends.client) == .wrongPeer)
      #expect(code(ends.server) == .refusedByPeer(alert: 42))
      #expect(ends.wires.0.isClosed && ends.wires.1.isClosed)
    }
  }

  @Test func `a client that says it is a node must prove a key`() async throws {
    let fixture = TLSFixture()
    try await onLoop { loop in
      let nameless = try TLSContext(protocols: ["apus/1"])
      let ends = await shake(
        loop, client: nameless, to: .node(fixture.serverKey.id), server: try fixture.server())
      #expect(code(ends.server) == .untrustedCertificate)
      // In TLS 1.3 the client is done first and hears of it when it reads.
      let heard = await result { try await ends.client.get().readOnce() }
      #expect(code(heard) == .refusedByPeer(alert: 116))
    }
  }

  @Test func `a node with a certificate that is no node's is refused`() async throws {
    let fixture = TLSFixture()
    try await onLoop { loop in
      let stranger = try TLSContext(
        client: Credentials(selfSignedFor: ["x"]), protocols: ["apus/1"])
      let ends = await shake(
        loop, client: stranger, to: .node(fixture.serverKey.id), server: try fixture.server())
      #expect(code(ends.server) == .untrustedCertificate)
    }
  }

  @Test(arguments: [["h2"], ["http/1.1"], []])
  func `who does not speak as a node is never asked for a key`(offered: [String]) async throws {
    let web = try Credentials(selfSignedFor: ["node.example"])
    let folder = try TemporaryFolder()
    try folder.write("roots.pem", String(decoding: web.chainText, as: UTF8.self))
    let roots = TLSContext.Roots.file("\(folder.path)/roots.pem")
    let fixture = TLSFixture()
    try await onLoop { loop in
      // It has a node's key and would show it.
      let client = try TLSContext(
        client: Credentials(of: fixture.clientKey), roots: roots, protocols: offered)
      let ends = await shake(
        loop, client: client, to: .host("node.example"), server: try fixture.server(web: web))
      let server = try ends.server.get()
      #expect(server.peerKey == nil)
      #expect(server.applicationProtocol == offered.first)
      #expect(try ends.client.get().peerKey == nil)
    }
  }

  @Test func `nodes see the node's certificate where strangers see another`() async throws {
    let fixture = TLSFixture()
    try await onLoop { loop in
      let ends = await shake(
        loop, client: try fixture.nodeClient(), to: .node(fixture.serverKey.id),
        server: try fixture.server(web: Credentials(selfSignedFor: ["node.example"])))
      #expect(try ends.server.get().peerKey == fixture.clientKey.id)
      #expect(try ends.client.get().peerKey == fixture.serverKey.id)
    }
  }

  @Test(arguments: ["other.example", "node.example.evil.example", "127.0.0.2", ""])
  func `a host with another name is refused`(name: String) async throws {
    let web = try Credentials(selfSignedFor: ["node.example", "127.0.0.1"])
    let folder = try TemporaryFolder()
    try folder.write("roots.pem", String(decoding: web.chainText, as: UTF8.self))
    let path = "\(folder.path)/roots.pem"
    try await onLoop { loop in
      let client = try TLSContext(roots: .file(path), protocols: ["h2"])
      let ends = await shake(
        loop, client: client, to: .host(name), server: try TLSFixture().server(web: web))
      #expect(code(ends.client) == .untrustedCertificate)
    }
  }

  @Test(arguments: ["127.0.0.1", "::1", "node.example", "node.example."])
  func `a host is known by each of its names`(name: String) async throws {
    let web = try Credentials(selfSignedFor: ["node.example", "127.0.0.1", "::1"])
    let folder = try TemporaryFolder()
    try folder.write("roots.pem", String(decoding: web.chainText, as: UTF8.self))
    let path = "\(folder.path)/roots.pem"
    try await onLoop { loop in
      let client = try TLSContext(roots: .file(path), protocols: ["h2"])
      let ends = await shake(
        loop, client: client, to: .host(name), server: try TLSFixture().server(web: web))
      #expect(try ends.client.get().applicationProtocol == "h2")
    }
  }

  @Test func `a host nobody vouches for is refused`() async throws {
    try await onLoop { loop in
      let web = try Credentials(selfSignedFor: ["node.example"])
      for roots in [TLSContext.Roots.none, .system] {
        let ends = await shake(
          loop, client: try TLSContext(roots: roots, protocols: ["h2"]), to: .host("node.example"),
          server: try TLSFixture().server(web: web))
        #expect(code(ends.client) == .untrustedCertificate)
      }
    }
  }

  @Test(arguments: [
    (["h2", "http/1.1"], ["http/1.1", "h2"], "h2"), (["http/1.1"], ["h2", "http/1.1"], "http/1.1"),
    (["h2", "apus/1"], ["h2", "apus/1"], "apus/1"),
  ])
  func `the server's order decides, and nodes come first`(
    spoken: [String], offered: [String], chosen: String
  ) async throws {
    var fixture = TLSFixture()
    fixture.protocols = spoken
    let final = fixture
    try await onLoop { loop in
      let client = try TLSContext(client: Credentials(of: final.clientKey), protocols: offered)
      let ends = await shake(
        loop, client: client, to: .node(final.serverKey.id), server: try final.server())
      #expect(try ends.server.get().applicationProtocol == chosen)
      #expect(try ends.client.get().applicationProtocol == chosen)
    }
  }

  @Test func `without a common protocol both sides say so`() async throws {
    var fixture = TLSFixture()
    fixture.protocols = ["h2"]
    let final = fixture
    try await onLoop { loop in
      let ends = await shake(
        loop, client: try final.nodeClient(), to: .node(final.serverKey.id),
        server: try final.server())
      #expect(code(ends.client) == .refusedByPeer(alert: 120))
      #expect(code(ends.server) == .noSharedProtocol)
    }
  }

  @Test func `a server that names no protocol is no node`() async throws {
    var fixture = TLSFixture()
    fixture.protocols = []
    let final = fixture
    try await onLoop { loop in
      let ends = await shake(
        loop, client: try final.nodeClient(), to: .node(final.serverKey.id),
        server: try final.server())
      #expect(code(ends.client) == .noSharedProtocol)
    }
  }

  @Test func `a silent other side costs no more than the deadline`() async throws {
    try await onLoop { loop in
      let (near, far) = TestWire.pair(loop)
      let start = Instant.now()
      let ended = await result {
        try await SecureTransport.accept(
          over: near, context: try TLSFixture().server(),
          deadline: start.advanced(by: .milliseconds(20)))
      }
      #expect(code(ended) == .timedOut)
      #expect(near.isClosed)
      let heard = try await far.readOnce()
      #expect(heard == nil)
      #expect(start.duration(to: .now()) < .seconds(10))
    }
  }

  @Test func `hanging up during the handshake is truncation`() async throws {
    try await onLoop { loop in
      let (near, far) = TestWire.pair(loop)
      try far.inject([22, 3, 1])
      try await far.finish()
      let ended = await result {
        try await SecureTransport.accept(
          over: near, context: try TLSFixture().server(), deadline: .distantFuture)
      }
      #expect(code(ended) == .truncated)
    }
  }
}
