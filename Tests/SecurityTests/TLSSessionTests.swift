import COpenSSL
import Primitives
import Testing

@testable import Security

struct TLSSessionTests {
  @Test func `a handshake cut at every point ends open`() throws {
    let fixture = TLSFixture()
    let (client, server) = (try fixture.nodeClient(), try fixture.server())
    var longest = 0
    var cut = 1
    repeat {
      let pair = try SessionPair(fixture, client: client, server: server)
      try pair.shake { flight in
        longest = max(longest, flight.count)
        if flight.count < 2 { return [flight] }
        let point = min(cut, flight.count - 1)
        return [Array(flight[..<point]), Array(flight[point...])]
      }
      #expect(pair.client.isOpen && pair.server.isOpen, "cut at \(cut)")
      #expect(pair.server.peerKey == fixture.clientKey.id)
      cut += 1
    } while cut < longest
    #expect(longest > 500)
  }

  @Test func `a handshake byte by byte ends open`() throws {
    let pair = try SessionPair()
    try pair.shake { $0.map { [$0] } }
    #expect(pair.client.isOpen && pair.server.isOpen)
  }

  @Test func `data that comes with the end of the handshake is not lost`() throws {
    let pair = try SessionPair()
    _ = try pair.client.handshake(UnsafeRawBufferPointer(start: nil, count: 0))
    try pair.server.feed(pair.client.takePending())
    try pair.client.feed(pair.server.takePending())
    #expect(pair.client.isOpen)
    let finished = pair.client.takePending()
    try pair.server.feed(finished + pair.client.encryptAll([1, 2, 3]))
    #expect(pair.server.isOpen && pair.server.hasKeptInput)
    #expect(try pair.server.decryptAll([]) == [1, 2, 3])
  }

  @Test func `a server's foreword is there before the client has said who it is`() throws {
    let fixture = TLSFixture()
    let client = try TLSSession(client: fixture.nodeClient(), to: .node(fixture.serverKey.id))
    let words = Array("good day".utf8)
    let server = TLSSession(server: try fixture.server(), foreword: words)
    try client.feed([])
    for byte in client.takePending() { try server.feed([byte]) }
    let answer = server.takePending()
    #expect(!server.isOpen)
    var heard: [UInt8] = []
    for byte in answer {
      if client.isOpen { heard += try client.decryptAll([byte]) } else { try client.feed([byte]) }
    }
    #expect(heard == words)
    try server.feed(client.takePending())
    #expect(server.isOpen && server.peerKey == fixture.clientKey.id)
    #expect(try server.decryptAll(client.encryptAll([1, 2])) == [1, 2])
    #expect(try client.decryptAll(server.encryptAll([3, 4])) == [3, 4])
  }

  @Test(arguments: [1, 7, 4096, 16 * 1024, 128 * 1024])
  func `plaintext comes out whole whatever space there is for it`(space: Int) throws {
    let pair = try SessionPair()
    try pair.shake()
    let bytes = SecureRandom.bytes(space < 100 ? 40_000 : 400_000)
    let sealed = try pair.client.encryptAll(bytes)
    #expect(try pair.server.decryptAll(sealed, space: space) == bytes)
    #expect(!pair.server.hasKeptInput)
  }

  @Test func `records cut at every point decrypt`() throws {
    let pair = try SessionPair()
    try pair.shake()
    for cut in 0...90 {
      let sealed =
        try pair.client.encryptAll([1])
        + pair.client.encryptAll(
          [UInt8](repeating: 2, count: 40))
      let point = min(cut, sealed.count)
      let plain =
        try pair.server.decryptAll(Array(sealed[..<point]))
        + pair.server.decryptAll(Array(sealed[point...]))
      #expect(plain == [1] + [UInt8](repeating: 2, count: 40), "cut at \(cut)")
    }
  }

  @Test func `keys are renewed on the way without a trace`() throws {
    var fixture = TLSFixture()
    fixture.limits.recordsPerKey = 6
    let pair = try SessionPair(fixture)
    try pair.shake()
    var sizes: Set<Int> = []
    for count in 1...30 {
      let sealed = try pair.client.encryptAll([UInt8(count)])
      sizes.insert(sealed.count)
      #expect(try pair.server.decryptAll(sealed) == [UInt8(count)])
      let answer = try pair.server.encryptAll([UInt8(count)])
      #expect(try pair.client.decryptAll(answer) == [UInt8(count)])
    }
    // A record with a KeyUpdate before it is longer.
    #expect(sizes.count == 2)
  }

  @Test func `a changed record ends the session and the other side is told`() throws {
    let pair = try SessionPair()
    try pair.shake()
    let good = try pair.client.encryptAll([1, 2, 3])
    var bad = try pair.client.encryptAll([4, 5, 6])
    bad[bad.count - 1] ^= 1
    // What came whole is still delivered.
    #expect(try pair.server.decryptAll(good + bad) == [1, 2, 3])
    #expect(TrustError.code { _ = try pair.server.decryptAll([]) } == .corrupted)
    #expect(TrustError.code { _ = try pair.server.encryptAll([1]) } == .corrupted)
    #expect(
      TrustError.code { _ = try pair.client.decryptAll(pair.server.takePending()) }
        == .refusedByPeer(alert: 20))
  }

  @Test func `TLS 1.2 is refused with the alert that says why`() throws {
    let context = try #require(SSL_CTX_new(TLS_client_method()))
    defer { SSL_CTX_free(context) }
    _ = apus_SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION)
    let old = try #require(SSL_new(context))
    defer { SSL_free(old) }
    let (input, output) = (BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()))
    SSL_set_bio(old, input, output)
    SSL_set_connect_state(old)
    SSL_do_handshake(old)
    var hello = [UInt8](repeating: 0, count: 4096)
    hello.removeLast(4096 - Int(BIO_read(output, &hello, 4096)))
    let server = TLSSession(server: try TLSFixture().server())
    #expect(TrustError.code { try server.feed(hello) } == .notTLS)
    #expect(server.takePending() == [21, 3, 3, 0, 2, 2, 70])
  }

  @Test(arguments: [
    "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", String(repeating: "\u{0}", count: 64),
    "\u{16}\u{3}\u{1}\u{7F}\u{7F}" + String(repeating: "x", count: 64),
    "\u{16}\u{3}\u{1}\u{0}\u{4}\u{1}\u{0}\u{0}\u{0}",
  ])
  func `what is not TLS is refused`(text: String) throws {
    let server = TLSSession(server: try TLSFixture().server())
    let error = TrustError.code { try server.feed(Array(text.utf8)) }
    #expect(error == .notTLS || error == .handshakeFailed)
    #expect(server.pending.count <= 7)
    #expect(TrustError.code { try server.feed([1]) } == error)
  }

  @Test func `mutated handshakes never open nor grow`() throws {
    let fixture = TLSFixture()
    let (client, server) = (try fixture.nodeClient(), try fixture.server())
    var generator = SplitMix(seed: 11)
    var refused = 0
    for round in 0..<600 {
      let pair = try SessionPair(fixture, client: client, server: server)
      let target = Int.random(in: 0..<3, using: &generator)
      var flights = 0
      let error = TrustError.code {
        try pair.shake { flight in
          defer { flights += 1 }
          if flights != target || flight.isEmpty { return [flight] }
          var changed = flight
          for _ in 0...Int.random(in: 0..<3, using: &generator) {
            let index = Int.random(in: changed.indices, using: &generator)
            changed[index] ^= .random(in: 1...255, using: &generator)
          }
          return [changed]
        }
      }
      if error != nil { refused += 1 }
      #expect(error != nil || !(pair.client.isOpen && pair.server.isOpen), "round \(round)")
      #expect(pair.client.pending.count + pair.server.pending.count < 4096)
    }
    #expect(refused > 300)
  }

  @Test func `random bytes after the handshake never pass for data`() throws {
    let fixture = TLSFixture()
    let (client, server) = (try fixture.nodeClient(), try fixture.server())
    var generator = SplitMix(seed: 5)
    for _ in 0..<50 {
      let pair = try SessionPair(fixture, client: client, server: server)
      try pair.shake()
      var junk = (0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) }
      junk.replaceSubrange(0..<3, with: [23, 3, 3])
      junk.replaceSubrange(3..<5, with: [0, 100])
      #expect(TrustError.code { _ = try pair.server.decryptAll(junk) } == .corrupted)
    }
  }

  @Test func `protocol lists with wrong lengths offer nothing`() {
    func isOffered(_ bytes: [UInt8]) -> Bool {
      bytes.withUnsafeBytes { ApplicationProtocol.isOffered("apus/1", inExtension: $0) }
    }
    let list = ApplicationProtocol.encode(["h2", "apus/1"])
    let good = [0, UInt8(list.count)] + list
    #expect(isOffered(good))
    for count in 0..<good.count { #expect(!isOffered(Array(good.prefix(count)))) }
    #expect(!isOffered(good + [0]))
    #expect(!isOffered([0, 1, 0]))
    #expect(!isOffered([0, 3, 6] + Array("ap".utf8)))
  }
}
