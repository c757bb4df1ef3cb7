import Primitives
import Testing

@testable import IO

@Suite(.timeLimit(.minutes(5))) final class FaultyTransportTests: Sendable {
  let loop: EventLoop

  init() throws { loop = try EventLoop() }

  deinit { loop.stop() }

  private func pair(
    _ rules: [FaultPlan.Rule]
  ) -> (faulty: FaultyTransport, plain: MemoryTransport, base: MemoryTransport) {
    let (left, right) = MemoryTransport.pair(on: loop)
    let faults = FaultInjector(FaultPlan(seed: 1, rules), now: .now())
    return (FaultyTransport(left, faults, here: "a", there: "b"), right, left)
  }

  private func code(_ body: () async throws -> Any) async -> SystemError.Code? {
    do {
      _ = try await body()
      return nil
    } catch {
      return (error as? SystemError)?.code
    }
  }

  private func read(_ transport: any Transport) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    _ = try await transport.read { bytes = Array($0) }
    return bytes
  }

  @Test func `bytes come and leave late and whole`() async throws {
    var rule = FaultPlan.Rule(.delay)
    rule.delay = .milliseconds(30)
    try await loop.run { [rule] in
      let (faulty, plain, base) = pair([rule])
      let start = Instant.now()
      try await faulty.write([1, 2, 3])
      let there = try await read(plain)
      #expect(there == [1, 2, 3])
      #expect(start.duration(to: .now()) >= .milliseconds(30))
      try await plain.write([4, 5])
      let before = Instant.now()
      let back = try await read(faulty)
      #expect(back == [4, 5])
      #expect(before.duration(to: .now()) >= .milliseconds(30))
      _ = base
    }
  }

  @Test func `a drop breaks the stream`() async throws {
    var rule = FaultPlan.Rule(.drop)
    rule.from = ["a"]
    try await loop.run { [rule] in
      let (faulty, plain, base) = pair([rule])
      let code = await code { try await faulty.write([1]) }
      #expect(code == .reset)
      let rest = try await read(plain)
      #expect(rest == [])
      _ = base
    }
  }

  @Test func `closing ends a wait that the plan made endless`() async throws {
    var rule = FaultPlan.Rule(.partition)
    rule.groups = [["a"], ["b"]]
    try await loop.run { [rule] in
      let (faulty, plain, base) = pair([rule])
      try await plain.write([1])
      async let reading = code { try await self.read(faulty) }
      for _ in 0..<5 { await loop.yieldTurn() }
      faulty.close()
      let code = await reading
      #expect(code == .closed)
      _ = base
    }
  }
}
