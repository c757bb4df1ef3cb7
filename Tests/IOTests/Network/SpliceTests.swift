import Glibc
import Primitives
import Testing

@testable import IO

/// Two clients joined by a splice between the sockets that a server accepted from them.
private struct Spliced: Sendable {
  let near: SocketTransport
  let far: SocketTransport
  let splice: Splice
}

/// Runs `body` while the splice runs and says how that ended.
private func spliced(
  _ wire: Wire = .tcp, head: [UInt8] = [], pipes: PipePool = PipePool(),
  meter: (any SpliceMeter)? = nil, limits: Splice.Limits = .init(),
  _ body: @Sendable (Spliced) async throws -> Void
) async throws -> Splice.Outcome {
  let loop = try EventLoop()
  defer { loop.stop() }
  return try await loop.run {
    let (near, nearDescriptor, nearPeer) = try await connectedPair(wire, on: loop)
    let (far, farDescriptor, farPeer) = try await connectedPair(wire, on: loop)
    defer {
      near.close()
      far.close()
    }
    let left = try SocketTransport(adopting: nearDescriptor, peer: nearPeer, on: loop)
    let right = try SocketTransport(adopting: farDescriptor, peer: farPeer, on: loop)
    left.unread(head)
    let splice = Splice(
      try #require(left.detach()), try #require(right.detach()), on: loop, pipes: pipes,
      meter: meter, limits: limits)
    async let outcome = splice.run()
    try await body(Spliced(near: near, far: far, splice: splice))
    return await outcome
  }
}

/// Ends a connection without a farewell.
private func reset(_ transport: SocketTransport) throws {
  let descriptor = try #require(transport.detach()).take()
  var linger = linger(l_onoff: 1, l_linger: 0)
  setsockopt(
    descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
  close(descriptor)
}

private func randomBytes(_ count: Int, seed: UInt64) -> [UInt8] {
  var random = SplitMix(seed: seed)
  return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
}

/// Allows so many bytes, and after that only as time is moved by asking.
private final class TestMeter: SpliceMeter {
  struct State {
    var left: Int
    var refills: Int
    var refill: Int
    var pauses = 0
    var drawn = 0
  }
  let state: Locked<State>

  init(left: Int, refills: Int = 0, refill: Int = 0) {
    state = Locked(State(left: left, refills: refills, refill: refill))
  }

  func draw(_ wanted: Int, now: Instant) -> SpliceAllowance {
    state.withLock { state in
      if state.left == 0 {
        guard state.refills > 0 else { return .none }
        state.refills -= 1
        state.pauses += 1
        state.left = state.refill
        return .later(now.advanced(by: .milliseconds(1)))
      }
      let count = min(wanted, state.left)
      state.left -= count
      state.drawn += count
      return .bytes(count)
    }
  }

  func giveBack(_ unspent: Int) {
    state.withLock {
      $0.left += unspent
      $0.drawn -= unspent
    }
  }
}

extension Splice.Limits {
  /// Patient early, and for ever unless looks find something. What is not passed on in time ends
  /// the splice as idle.
  fileprivate static func patient(lookTime: Duration) -> Self {
    var limits = Splice.Limits()
    limits.idleTime = .seconds(20)
    limits.pace.streakBytes = 64 << 10
    limits.pace.pieceBytes = 1
    limits.pace.pause = .seconds(3600)
    limits.pace.lookTime = lookTime
    return limits
  }
}

@Suite struct SpliceTests {
  @Test(arguments: [Wire.tcp, .unix], [0, 1, 4096, 65_537, 3_000_001])
  func `bytes and the ends of both directions pass exactly`(_ wire: Wire, _ count: Int) async throws
  {
    let pipes = PipePool()
    let out = randomBytes(count, seed: 1)
    let back = randomBytes(count / 2, seed: 2)
    let outcome = try await spliced(wire, pipes: pipes) { ends in
      async let sent: Void = {
        try await ends.near.write(out)
        try await ends.near.finish()
      }()
      #expect(try await readToEnd(ends.far) == out)
      try await sent
      // The other direction lives on after the first has ended.
      async let answered: Void = {
        try await ends.far.write(back)
        try await ends.far.finish()
      }()
      #expect(try await readToEnd(ends.near) == back)
      try await answered
    }
    #expect(outcome.ending == .finished)
    #expect(outcome.forward == UInt64(count))
    #expect(outcome.backward == UInt64(count / 2))
    #expect(pipes.lent == 0)
  }

  @Test func `both directions move at once`() async throws {
    let out = randomBytes(2_000_000, seed: 3)
    let back = randomBytes(2_500_000, seed: 4)
    let outcome = try await spliced { ends in
      async let sent: Void = ends.near.write(out)
      async let answered: Void = ends.far.write(back)
      async let arrived = readExactly(out.count, from: ends.far)
      #expect(try await readExactly(back.count, from: ends.near) == back)
      #expect(try await arrived == out)
      try await sent
      try await answered
      try await ends.near.finish()
      try await ends.far.finish()
    }
    #expect(outcome.forward == 2_000_000)
    #expect(outcome.backward == 2_500_000)
  }

  @Test func `what was read before the splice is sent first`() async throws {
    let outcome = try await spliced(head: Array("first ".utf8)) { ends in
      try await ends.near.write(Array("second".utf8))
      try await ends.near.finish()
      #expect(try await readToEnd(ends.far) == Array("first second".utf8))
      try await ends.far.finish()
    }
    #expect(outcome == Splice.Outcome(ending: .finished, forward: 12, backward: 0))
  }

  @Test func `a reader that waits holds the writer back and loses nothing`() async throws {
    let out = randomBytes(24_000_000, seed: 5)
    _ = try await spliced { ends in
      var (start, idleTurns) = (0, 0)
      // Fills every buffer on the way: until the splice, on the same loop, takes nothing more.
      while start < out.count, idleTurns < 1_000 {
        let taken = try out.withUnsafeBytes {
          try ends.near.offer(UnsafeRawBufferPointer(rebasing: $0[start...]))
        }
        start += taken
        idleTurns = taken == 0 ? idleTurns + 1 : 0
        await ends.near.loop.yieldTurn()
      }
      #expect(start < out.count)
      async let sent: Void = {
        try await ends.near.write(Array(out[start...]))
        try await ends.near.finish()
      }()
      #expect(try await readToEnd(ends.far) == out)
      try await sent
      try await ends.far.finish()
    }
  }

  @Test(arguments: [Wire.tcp, .unix])
  func `the end of a stream is passed on though nobody looks after what waits`(
    _ wire: Wire
  ) async throws {
    let out = randomBytes(3_000_001, seed: 8)
    let outcome = try await spliced(wire, limits: .patient(lookTime: .seconds(3600))) { ends in
      async let sent: Void = {
        try await ends.near.write(out)
        try await ends.near.finish()
      }()
      #expect(try await readToEnd(ends.far) == out)
      try await sent
      #expect(ends.splice.isPatient)
      try await ends.far.finish()
    }
    #expect(outcome.ending == .finished)
  }

  @Test func `a break is passed on though nobody looks after what waits`() async throws {
    let outcome = try await spliced(limits: .patient(lookTime: .seconds(3600))) { ends in
      try await ends.near.write([UInt8](repeating: 1, count: 3_000_001))
      try reset(ends.near)
      #expect(await failure { _ = try await readToEnd(ends.far) } == .reset)
    }
    guard case .broken = outcome.ending else {
      Issue.record("the splice ended as \(outcome.ending)")
      return
    }
  }

  @Test func `a byte behind a large flow is not held back, and the flow gives up its patience`()
    async throws
  {
    let out = randomBytes(3_000_001, seed: 9)
    _ = try await spliced(limits: .patient(lookTime: .milliseconds(1))) { ends in
      async let sent: Void = ends.near.write(out)
      #expect(try await readExactly(out.count, from: ends.far) == out)
      try await sent
      #expect(ends.splice.isPatient)
      for byte in UInt8(0)..<5 {
        try await ends.near.write([byte])
        #expect(try await readExactly(1, from: ends.far) == [byte])
      }
      #expect(!ends.splice.isPatient)
      try await ends.near.finish()
      try await ends.far.finish()
    }
  }

  @Test func `a break on one side is a reset on the other`() async throws {
    let pipes = PipePool()
    let outcome = try await spliced(pipes: pipes) { ends in
      try await ends.near.write([1, 2, 3])
      #expect(try await readExactly(3, from: ends.far) == [1, 2, 3])
      try reset(ends.near)
      #expect(await failure { _ = try await readToEnd(ends.far) } == .reset)
    }
    guard case .broken = outcome.ending else {
      Issue.record("the splice ended as \(outcome.ending)")
      return
    }
    #expect(pipes.lent == 0)
  }

  @Test func `a splice that is stopped breaks both sides`() async throws {
    let outcome = try await spliced { ends in
      ends.splice.stop()
      #expect(await failure { _ = try await readToEnd(ends.near) } == .reset)
      #expect(await failure { _ = try await readToEnd(ends.far) } == .reset)
    }
    #expect(outcome.ending == .stopped)
  }

  @Test func `a silent connection ends after the idle time`() async throws {
    var limits = Splice.Limits()
    limits.idleTime = .milliseconds(30)
    let outcome = try await spliced(limits: limits) { ends in
      #expect(await failure { _ = try await readToEnd(ends.near) } == .reset)
    }
    #expect(outcome.ending == .idle)
  }

  @Test func `the meter is charged for what moved, and pauses lose nothing`() async throws {
    let meter = TestMeter(left: 1000, refills: 100, refill: 10_000)
    let out = randomBytes(500_000, seed: 6)
    let outcome = try await spliced(meter: meter) { ends in
      async let sent: Void = {
        try await ends.near.write(out)
        try await ends.near.finish()
      }()
      #expect(try await readToEnd(ends.far) == out)
      try await sent
      try await ends.far.finish()
    }
    #expect(outcome.forward == 500_000)
    #expect(meter.state.withLock { $0.drawn } == 500_000)
    #expect(meter.state.withLock { $0.pauses } >= 49)
  }

  @Test func `an exhausted meter ends the connection at the exact byte`() async throws {
    let meter = TestMeter(left: 70_000)
    let out = randomBytes(100_000, seed: 7)
    let outcome = try await spliced(meter: meter) { ends in
      _ = try? await ends.near.write(out)
      #expect(await failure { _ = try await readToEnd(ends.far) } == .reset)
    }
    #expect(outcome.ending == .exhausted)
    #expect(outcome.forward == 70_000)
  }

  @Test func `without a pipe left a connection breaks and says so`() async throws {
    var limits = PipePool.Limits()
    limits.pipes = 0
    let outcome = try await spliced(pipes: PipePool(limits: limits)) { ends in
      #expect(await failure { _ = try await readToEnd(ends.near) } == .reset)
    }
    guard case .broken(let error) = outcome.ending else {
      Issue.record("the splice ended as \(outcome.ending)")
      return
    }
    #expect(error.code == .descriptorsExhausted)
  }
}
