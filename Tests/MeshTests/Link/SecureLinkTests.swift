import Calls
import IO
import Primitives
import Security
import Testing

@testable import Mesh

/// Links over TLS, as between real nodes.
@Suite struct SecureLinkTests {
  @Test func `a link goes from one TLS carrier to the next under a stream`() async throws {
    let loop = try EventLoop(name: "secure")
    defer { loop.stop() }
    try await loop.run {
      let keys = [SigningKey(), SigningKey()]
      let links = (0..<2).map { side in
        Link(
          own: keys[side].id, peer: keys[1 - side].id, boot: BootID(UInt64(side) + 1), on: loop,
          handler: LinkPair.probeServer(), delegate: nil)
      }
      var inner = try await connect(links, keys, on: loop)
      let count = try await ProbeV1.ProbeClient(links[0].caller).source(
        ProbeV1.SourceRequest {
          $0.messages = 60
          $0.bytes = 40_000
        }
      ) { replies in
        var count = 0
        while let reply = try await replies.next() {
          #expect(reply.payload.count == 40_000)
          count += 1
          guard count % 20 == 0 else { continue }
          if count == 40 { inner.close() }
          inner = try await connect(links, keys, on: loop)
        }
        return count
      }
      #expect(count == 60)
      for link in links { await link.close() }
    }
  }

  /// Both links take a new carrier; the wire under it, to break it.
  private func connect(
    _ links: [Link], _ keys: [SigningKey], on loop: EventLoop
  ) async throws -> MemoryTransport {
    let (near, far) = MemoryTransport.pair(on: loop)
    let deadline = Instant.now().advanced(by: .seconds(20))
    let server = try TLSContext(
      server: Credentials(of: keys[1]), protocols: [ApplicationProtocol.node])
    let client = try TLSContext(
      client: Credentials(of: keys[0]), protocols: [ApplicationProtocol.node])
    async let accepting = accept(far, server, links[1], deadline)
    let secured = try await SecureTransport.connect(
      over: near, context: client, to: .node(keys[1].id), deadline: deadline)
    let peer = try #require(secured.peerKey)
    let handshake = LinkHandshake(certificate: [], version: "1", greeting: links[0].greeting)
    links[0].attach(
      try await handshake.run(over: secured, peerKey: peer, path: .direct, isDialled: true) {
        #expect($0 == keys[1].id)
        #expect($1.isEmpty)
      })
    try await accepting
    return near
  }

  private func accept(
    _ wire: MemoryTransport, _ context: TLSContext, _ link: Link, _ deadline: Instant
  ) async throws {
    let secured = try await SecureTransport.accept(
      over: wire, context: context, deadline: deadline)
    let peer = try #require(secured.peerKey)
    let handshake = LinkHandshake(certificate: [], version: "1", greeting: link.greeting)
    link.attach(
      try await handshake.run(over: secured, peerKey: peer, path: .direct, isDialled: false) {
        _, _ in
      })
  }
}
