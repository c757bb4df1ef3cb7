import Calls
import IO
import Primitives
import Simulation
import Testing

@testable import Mesh

/// Real sessions and real calls over links whose carriers come and go.
@Suite struct LinkCallTests {
  @Test(arguments: [0, 1])
  func `both sides call, whoever dialled`(dialler: Int) async throws {
    try await withLinks { pair in
      try await pair.connect(from: dialler)
      for side in 0..<2 {
        let reply = try await pair.probe(from: side).echo(
          ProbeV1.EchoRequest { $0.payload = [UInt8(side), 7] })
        #expect(reply.payload == [UInt8(side), 7])
      }
      #expect(pair.links.map(\.path) == [.direct, .direct])
      #expect(pair.endings.isEmpty)
    }
  }

  @Test func `a call that waits is made once there is a carrier`() async throws {
    try await withLinks { pair in
      async let reply = pair.probe(from: 0).echo(ProbeV1.EchoRequest { $0.payload = [5] })
      for _ in 0..<10 { await pair.loop.yieldTurn() }
      try await pair.connect(from: 1)
      #expect(try await reply.payload == [5])
    }
  }

  @Test(arguments: 1...6)
  func `open streams see nothing of carriers that break and change`(seed: Int) async throws {
    try await withLinks { pair in
      var random = SeededRandom(seed: UInt64(seed))
      pair.capacity = Int.random(in: 300...9_000, using: &random)
      pair.readLimit = Int.random(in: 1...2_000, using: &random)
      try await pair.connect(from: 0)
      async let there = mirror(pair, from: 0, seed: 100)
      async let back = mirror(pair, from: 1, seed: 200)
      for _ in 0..<40 {
        for _ in 0..<Int.random(in: 0...30, using: &random) { await pair.loop.yieldTurn() }
        let path = PathKind.allCases[Int.random(in: 0..<3, using: &random)]
        switch Int.random(in: 0..<3, using: &random) {
        case 0: pair.breakWires()
        case 1:
          async let other: Void = pair.connect(from: 0, path: path)
          try await pair.connect(from: 1, path: path)
          try await other
          continue
        default: break
        }
        try await pair.connect(from: Int.random(in: 0..<2, using: &random), path: path)
      }
      #expect(try await there == 300)
      #expect(try await back == 300)
      #expect(pair.endings.isEmpty, "\(pair.endings)")
    }
  }

  /// A conversation of 300 messages of up to 8 KB; how many came back as they were.
  private func mirror(_ pair: LinkPair, from side: Int, seed: UInt64) async throws -> Int {
    try await pair.probe(from: side).mirror { conversation in
      var random = SeededRandom(seed: seed)
      var same = 0
      for number in 0..<UInt64(300) {
        let count = Int.random(in: 0...8_000, using: &random)
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ Int(number)) }
        try await conversation.requests.write(
          ProbeV1.MirrorRequest {
            $0.number = number
            $0.payload = payload
          })
        let reply = try await conversation.replies.next()
        if reply?.number == number && reply?.payload == payload { same += 1 }
      }
      try await conversation.finish()
      return same
    }
  }

  @Test func `a stream stands still while there is no carrier, and goes on`() async throws {
    try await withLinks { pair in
      try await pair.connect(from: 0)
      let messages = try await pair.probe(from: 0).source(
        ProbeV1.SourceRequest {
          $0.messages = 200
          $0.bytes = 20_000
        }
      ) { replies in
        var count = 0
        while let reply = try await replies.next() {
          #expect(reply.payload.count == 20_000)
          count += 1
          if count == 50 {
            pair.breakWires()
            while pair.detachments < 2 { await pair.loop.yieldTurn() }
            try await pair.connect(from: 1, path: .relayed)
          }
        }
        return count
      }
      #expect(messages == 200)
      #expect(pair.detachments == 2)
      #expect(pair.endings.isEmpty)
    }
  }

  @Test func `without a carrier for too long the streams fail as unavailable`() async throws {
    var limits = LinkLimits()
    limits.life = .milliseconds(20)
    try await withLinks(limits: limits) { pair in
      try await pair.connect(from: 0)
      let code = await code {
        try await pair.probe(from: 0).mirror { conversation in
          try await conversation.requests.write(ProbeV1.MirrorRequest())
          _ = try await conversation.replies.next()
          pair.breakWires()
          _ = try await conversation.replies.next()
        }
      }
      #expect(code == .unavailable)
      try await pair.connect(from: 1)
      let reply = try await pair.probe(from: 0).echo(ProbeV1.EchoRequest { $0.payload = [9] })
      #expect(reply.payload == [9], "a link that expired takes the next carrier")
    }
  }

  @Test func `a peer that was started anew fails the old streams and gets new ones`() async throws {
    try await withLinks { pair in
      try await pair.connect(from: 0)
      async let failure = code {
        try await pair.probe(from: 0).mirror { conversation in
          try await conversation.requests.write(ProbeV1.MirrorRequest())
          _ = try await conversation.replies.next()
          _ = try await conversation.replies.next()
        }
      }
      _ = try await pair.probe(from: 0).echo(ProbeV1.EchoRequest())
      let old = pair.restart(1, boot: 33)
      try await pair.connect(from: 1)
      #expect(await failure == .unavailable)
      let reply = try await pair.probe(from: 0).echo(ProbeV1.EchoRequest { $0.payload = [4] })
      #expect(reply.payload == [4])
      await old.close()
    }
  }

  private func code(_ body: () async throws -> Void) async -> Status.Code? {
    do {
      try await body()
      return nil
    } catch { return (error as? Status)?.code }
  }
}
