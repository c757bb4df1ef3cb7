import IO
import Primitives
import Testing

@testable import Mesh

@Suite(.timeLimit(.minutes(5))) struct EchoDatagramTests {
  private let cookie = (1...16).map { UInt8($0) }

  @Test(arguments: ["203.0.113.5:61000", "[2001:db8::5]:1", "127.0.0.1:65535"])
  func `an answer survives the wire, masked, and is no longer than the question`(
    text: String
  ) throws {
    let answer = EchoDatagram(cookie: cookie, seen: address(text))
    let bytes = answer.encoded
    #expect(EchoDatagram(decoding: bytes) == answer)
    #expect(bytes.count == EchoDatagram(cookie: cookie).encoded.count)
    if case .v4(let host, _) = address(text).kind {
      #expect(Array(bytes[8..<12]) != host)
    }
  }

  @Test func `anything else is no echo datagram`() {
    let question = EchoDatagram(cookie: cookie).encoded
    let answer = EchoDatagram(cookie: cookie, seen: address("203.0.113.5:6100")).encoded
    for count in 0..<48 { #expect(EchoDatagram(decoding: Array(question[..<count])) == nil) }
    #expect(EchoDatagram(decoding: question + [0]) == nil)
    // Every byte but those that carry cookie, port and address has one right value.
    for index in Array(0..<6) + Array(40..<48) {
      var bad = question
      bad[index] ^= 0x80
      #expect(EchoDatagram(decoding: bad) == nil)
      bad = answer
      bad[index] ^= 0x80
      #expect(EchoDatagram(decoding: bad) == nil)
    }
  }

  @Test func `one host gets a few answers, then only some a second`() {
    var responder = EchoResponder()
    let question = EchoDatagram(cookie: cookie).encoded
    let asker = address("203.0.113.5:6100")
    func answers(_ now: Instant) -> Int {
      (0..<100).count { _ in responder.answer(question, from: asker, now: now) != nil }
    }
    #expect(answers(at(0)) == 8)
    #expect(answers(at(500)) == 2)
    #expect(answers(at(60_000)) == 8)
    let other = address("203.0.113.6:6100")
    #expect(responder.answer(question, from: other, now: at(60_000)) != nil)
    let reply = EchoDatagram(cookie: cookie, seen: asker).encoded
    #expect(responder.answer(reply, from: other, now: at(60_000)) == nil)
  }

  @Test func `a flood from forged senders costs bounded memory and bounded answers`() {
    var responder = EchoResponder()
    let question = EchoDatagram(cookie: cookie).encoded
    var answers = 0
    for number in 0..<20_000 {
      let sender = SocketAddress(
        .v4([203, UInt8(number >> 16), UInt8(number >> 8 & 255), UInt8(number & 255)], port: 9))
      answers +=
        responder.answer(question, from: sender, now: at(Int64(number / 20))) == nil ? 0 : 1
    }
    #expect(answers <= 400 + 200)
    #expect(responder.hostCount <= 1_024)
  }

  @Test func `asked over a real socket it says the asker's address; nobody there is told apart`()
    async throws
  {
    let loop = try EventLoop()
    defer { loop.stop() }
    try await loop.run {
      let scope = ComponentScope()
      let places = Places()
      let echo = DatagramEcho(on: loop, at: .loopback(port: 0)) { places.echo = $0 }
      async let serving: Void = echo.run(scope)
      await loop.yieldTurn()
      let socket = try DatagramSocket(bind: .loopback(port: 0), on: loop)
      let place = try #require(places.echo)
      let seen = try await DatagramEcho.ask(place, over: socket)
      #expect(seen == socket.local)
      socket.close()
      scope.stopGate.open()
      try await serving
      let other = try DatagramSocket(bind: .loopback(port: 0), on: loop)
      await #expect {
        try await DatagramEcho.ask(place, over: other, tries: 2, patience: .milliseconds(5))
      } throws: { error in
        (error as? NetworkError)?.code == .timedOut
      }
      other.close()
    }
  }

  @Test func `at the unspecified address of IPv6 it answers IPv4 too, as a listener does`()
    async throws
  {
    let loop = try EventLoop()
    defer { loop.stop() }
    try await loop.run {
      let scope = ComponentScope()
      let places = Places()
      let any = SocketAddress(.v6([UInt8](repeating: 0, count: 16), port: 0, scope: 0))
      let echo = DatagramEcho(on: loop, at: any) { places.echo = $0 }
      async let serving: Void = echo.run(scope)
      await loop.yieldTurn()
      let socket = try DatagramSocket(bind: .loopback(port: 0), on: loop)
      let port = try #require(places.echo?.port)
      let seen = try await DatagramEcho.ask(.loopback(port: port), over: socket)
      #expect(seen == socket.local)
      socket.close()
      scope.stopGate.open()
      try await serving
    }
  }

  /// Guard: confinement to one loop.
  private final class Places: @unchecked Sendable { var echo: SocketAddress? }
}
