import HTTP
import IO
import Primitives
import Testing

/// What a client sends, recorded and then damaged: nothing a peer sends may trap, hang or leave
/// a handler behind.
@Suite(.timeLimit(.minutes(5))) struct FrameFuzzTests {
  /// The bytes a client of ours sends for a few requests.
  private func record() async throws -> [UInt8] {
    try await onLoop { loop in
      let (clientEnd, tap) = MemoryTransport.pair(on: loop)
      let (relay, serverEnd) = MemoryTransport.pair(on: loop)
      let client = try FrameClientConnection(transport: clientEnd, isSecure: false)
      let server = try FrameServerConnection(
        transport: serverEnd, info: framesInfo(serverEnd), handler: echoing,
        limits: ServerLimits())
      let recorded = Recorded()
      async let running: Void = client.run()
      async let serving: Void = server.serve()
      async let there: Void = pass(from: tap, to: relay, recorded)
      async let back: Void = pass(from: relay, to: tap, nil)
      for number in 0..<4 {
        var head = posting("/\(number)")
        head.headers.append("x-number", String(number))
        let body = randomBytes(number * 400, seed: UInt64(number))
        _ = try await ask(client, head, body: body, trailers: ["x-end": "1"])
      }
      let given = try client.open(posting(), endsWithHead: false)
      try await given.write([1, 2, 3])
      _ = try await given.head()
      given.abort()
      client.close()
      await running
      await serving
      _ = await (there, back)
      return recorded.bytes
    }
  }

  private final class Recorded: @unchecked Sendable {  // guard: confinement to one loop
    var bytes: [UInt8] = []
  }

  private func pass(
    from source: MemoryTransport, to target: MemoryTransport, _ recorded: Recorded?
  ) async {
    var bytes: [UInt8] = []
    while (try? await source.read { bytes = Array($0) }) == true {
      recorded?.bytes += bytes
      guard (try? await target.write(bytes)) != nil else { break }
    }
    try? await target.finish()
  }

  /// Sends the pieces as they are and hangs up.
  private func play(_ pieces: [ArraySlice<UInt8>], on loop: EventLoop) async throws {
    let (client, server) = MemoryTransport.pair(on: loop)
    let limits = ServerLimits.with {
      $0.lingerTimeout = .milliseconds(1)
      $0.floodFrames = 100
    }
    let connection = try FrameServerConnection(
      transport: server, info: framesInfo(server), handler: echoing, limits: limits)
    async let serving: Void = connection.serve()
    do {
      for piece in pieces {
        try await client.write(Array(piece))
        await loop.yieldTurn()
      }
      try await client.finish()
    } catch {
      // The server has had enough.
    }
    while (try? await client.read { _ in }) == true {}
    client.close()
    await serving
  }

  private func split(_ bytes: [UInt8], _ random: inout SplitMix) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + Int.random(in: 1...400, using: &random))
      pieces.append(bytes[start..<end])
      start = end
    }
    return pieces
  }

  private func damage(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    var bytes = bytes
    // The preface stays: behind a damaged one nothing else is looked at.
    let first = Raw.preface.count
    for _ in 0..<Int.random(in: 1...6, using: &random) where bytes.count > first + 8 {
      let place = Int.random(in: first..<bytes.count - 4, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 2: bytes.removeSubrange(place..<place + Int.random(in: 1...4, using: &random))
      case 3: bytes.insert(contentsOf: bytes[first..<place].suffix(60), at: place)
      default: bytes.removeSubrange(place...)
      }
    }
    return bytes
  }

  @Test(arguments: 0..<8)
  func `a damaged connection neither traps nor hangs`(seed: Int) async throws {
    let recording = try await record()
    #expect(recording.count > 2_000)
    try await onLoop { loop in
      var random = SplitMix(seed: UInt64(seed))
      for _ in 0..<150 {
        try await play(split(damage(recording, &random), &random), on: loop)
      }
      let fresh = try await judge(Raw.hello + Raw.request(), by: echoing, on: loop)
      #expect(fresh == [.answer(200)])
    }
  }

  @Test func `a recording plays the same at every split`() async throws {
    let requests = Raw.hello + Raw.request(1) + Raw.open(3) + Raw.data(3, [1, 2, 3], isLast: true)
    try await onLoop { loop in
      for place in 0...requests.count {
        let (client, server) = MemoryTransport.pair(on: loop)
        let connection = try FrameServerConnection(
          transport: server, info: framesInfo(server), handler: echoing, limits: ServerLimits())
        async let serving: Void = connection.serve(received: Array(requests[..<place]))
        try await client.write(Array(requests[place...]))
        var reader = FrameReader()
        while reader.verdicts.count < 2, try await client.read({ reader.feed($0) }) {}
        client.close()
        await serving
        #expect(reader.verdicts == [.answer(200), .answer(200)], "split at \(place)")
      }
    }
  }
}
