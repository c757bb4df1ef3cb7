import IO
import Primitives
import Testing

@testable import Mesh

/// Two cores that hand each other their messages.
private struct PunchPair {
  var cores: [PunchCore]
  var now = at(0)
  /// Messages on their way, with when they arrive and for whom.
  var wire: [(at: Instant, to: Int, PunchSignal)] = []
  var log: [[PunchCore.Action]] = [[], []]
  let delay: Duration
  let learning: Duration

  init(delay: Duration, learning: Duration = .milliseconds(5), limits: PunchCore.Limits = .init()) {
    self.delay = delay
    self.learning = learning
    cores = [
      PunchCore(own: node(1), peer: node(2), limits: limits),
      PunchCore(own: node(2), peer: node(1), limits: limits),
    ]
  }

  var learns: [(at: Instant, who: Int, round: UInt32)] = []

  mutating func feed(_ who: Int, _ event: PunchCore.Event) {
    for action in cores[who].handle(event, now: now) {
      log[who].append(action)
      switch action {
      case .send(let signal): wire.append((now.advanced(by: delay), 1 - who, signal))
      case .learn(let round): learns.append((now.advanced(by: learning), who, round))
      case .connect, .abandon, .succeeded, .failed: break
      }
    }
  }

  /// The next thing that happens; false when nothing will.
  mutating func step() -> Bool {
    let wakes = cores.compactMap(\.nextWake)
    guard let next = (wakes + wire.map(\.at) + learns.map(\.at)).min() else { return false }
    now = max(now, next)
    if let index = learns.firstIndex(where: { $0.at <= now }) {
      let (_, who, round) = learns.remove(at: index)
      feed(who, .learnt(round: round, [address("203.0.113.\(who + 1):\(4_000 + Int(round))")]))
    } else if let index = wire.firstIndex(where: { $0.at <= now }) {
      let (_, who, signal) = wire.remove(at: index)
      feed(who, .received(signal))
    } else {
      for who in 0..<2 { feed(who, .wake) }
    }
    return true
  }

  mutating func run() { while step() {} }

  func connects(_ who: Int) -> [(round: UInt32, [SocketAddress], at: Instant)] {
    log[who].compactMap {
      if case .connect(let round, let targets, let at, _) = $0 { (round, targets, at) } else { nil }
    }
  }

  func failure(_ who: Int) -> DialFailure? {
    for case .failed(let failure) in log[who] { return failure }
    return nil
  }
}

@Suite struct PunchCoreTests {
  @Test(arguments: [0, 1], [0, 20, 150])
  func `both sides connect at the same moment, whoever began and however far they are`(
    beginner: Int, delay: Int
  ) throws {
    var pair = PunchPair(delay: .milliseconds(delay), learning: .milliseconds(70))
    pair.feed(beginner, .begin)
    while pair.connects(0).isEmpty || pair.connects(1).isEmpty, pair.step() {}
    try #require(!pair.connects(0).isEmpty && !pair.connects(1).isEmpty)
    let (first, second) = (pair.connects(0)[0], pair.connects(1)[0])
    #expect(first.at == second.at)
    #expect(first.1 == [address("203.0.113.2:4001")])
    #expect(second.1 == [address("203.0.113.1:4001")])
    #expect(pair.cores.map(\.leads) == [true, false])
  }

  @Test func `every round has new ports, and after three both sides give up`() {
    var pair = PunchPair(delay: .milliseconds(10))
    pair.feed(1, .begin)
    pair.run()
    for who in 0..<2 {
      #expect(pair.connects(who).map(\.round) == [1, 2, 3])
      #expect(pair.connects(who)[2].1 == [address("203.0.113.\(2 - who):4003")])
      #expect(pair.failure(who)?.reason == .notPunched)
      #expect(pair.cores[who].nextWake == nil)
    }
    #expect(pair.now <= at(30_000))
  }

  @Test func `a success ends it at once`() {
    var pair = PunchPair(delay: .milliseconds(10))
    pair.feed(0, .begin)
    while pair.connects(0).isEmpty { _ = pair.step() }
    pair.feed(0, .connected)
    #expect(pair.cores[0].isOver)
    #expect(pair.log[0].last == .succeeded)
    pair.feed(0, .wake)
    #expect(pair.log[0].last == .succeeded)
  }

  @Test func `a silent peer is given up in time`() {
    var core = PunchCore(own: node(2), peer: node(1))
    #expect(core.handle(.begin, now: at(0)) == [.send(PunchSignal(.wish, round: 0))])
    #expect(core.nextWake == at(6_000))
    let actions = core.handle(.wake, now: at(6_000))
    #expect(
      actions.contains(.failed(DialFailure(.notPunched, "the other side did not answer in time"))))
  }

  @Test func `what cannot be punched to is not connected to`() {
    var core = PunchCore(own: node(2), peer: node(1))
    let bad = ["127.0.0.1:5", "0.0.0.0:5", "224.0.0.1:5", "203.0.113.1:0", "169.254.1.1:5"]
    let many = bad + (1...9).map { "203.0.113.\($0):5" }
    _ = core.handle(.received(PunchSignal(.offer(many.map(address)), round: 1)), now: at(0))
    _ = core.handle(.learnt(round: 1, []), now: at(1))
    let actions = core.handle(.received(PunchSignal(.go, round: 1)), now: at(2))
    guard case .connect(1, let targets, at(2), _)? = actions.first else {
      Issue.record("\(actions)")
      return
    }
    #expect(targets == (1...4).map { address("203.0.113.\($0):5") })
  }

  @Test func `a wrong or late message changes nothing`() {
    var core = PunchCore(own: node(1), peer: node(2))
    _ = core.handle(.begin, now: at(0))
    let kinds: [PunchSignal.Kind] = [.go, .answer([], held: .zero), .offer([]), .wish]
    for kind in kinds {
      #expect(core.handle(.received(PunchSignal(kind, round: 1)), now: at(1)) == [])
    }
    _ = core.handle(.learnt(round: 1, []), now: at(2))
    let wrongRound = PunchSignal(.answer([], held: .zero), round: 2)
    #expect(core.handle(.received(wrongRound), now: at(3)) == [])
  }

  @Test func `a held time that is a lie moves the start by no more than the bound`() {
    for held in [Duration.seconds(-9), .seconds(3_600)] {
      var core = PunchCore(own: node(1), peer: node(2))
      _ = core.handle(.begin, now: at(0))
      _ = core.handle(.learnt(round: 1, []), now: at(0))
      let answer = PunchSignal(.answer([], held: held), round: 1)
      let actions = core.handle(.received(answer), now: at(5_000))
      guard case .connect(_, _, let start, _)? = actions.last else {
        Issue.record("\(actions)")
        return
      }
      #expect(start >= at(5_000) && start <= at(6_000))
    }
  }
}

@Suite struct PunchSignalTests {
  private static let samples = [
    PunchSignal(.wish, round: 0),
    PunchSignal(.offer([address("203.0.113.1:4001"), address("[2001:db8::1]:5")]), round: 1),
    PunchSignal(.answer([address("203.0.113.1:1")], held: .milliseconds(70)), round: 3),
    PunchSignal(.go, round: 2), PunchSignal(.stop(reason: "no"), round: 2),
  ]

  @Test(arguments: samples)
  func `a message survives the wire, and no prefix of it is another one`(signal: PunchSignal) throws
  {
    let bytes = signal.encoded
    #expect(try PunchSignal(decoding: bytes) == signal)
    for count in 0..<bytes.count {
      let cut = try? PunchSignal(decoding: Array(bytes[..<count]))
      #expect(cut != signal)
    }
  }

  @Test func `more than is allowed is a violation`() {
    let address = address("203.0.113.1:4001")
    let bad = [
      PunchSignal(.offer([SocketAddress](repeating: address, count: 9)), round: 1).encoded,
      PunchSignal(.go, round: 17).encoded,
      PunchSignal(.stop(reason: String(repeating: "x", count: 201)), round: 1).encoded,
      [UInt8](repeating: 0, count: 2_049), [8, 99],
    ]
    for bytes in bad {
      #expect { try PunchSignal(decoding: bytes) } throws: { error in
        (error as? NetworkError)?.code == .violation
      }
    }
  }

  @Test func `random bytes are read or refused, never worse`() {
    var random = SplitMix(seed: 7)
    var refused = 0
    for _ in 0..<20_000 {
      var bytes = Self.samples[Int.random(in: 0..<5, using: &random)].encoded
      for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      do { _ = try PunchSignal(decoding: bytes) } catch {
        refused += error.code == .violation ? 1 : 0
      }
    }
    #expect(refused > 1_000)
  }
}

@Suite(.timeLimit(.minutes(5))) final class PunchShellTests: Sendable {
  let loop: EventLoop

  init() throws { loop = try EventLoop() }

  deinit { loop.stop() }

  /// Guard: confinement to one loop.
  private final class Box: @unchecked Sendable { var punch: Punch? }

  private func onLoopback() -> PunchCore.Limits {
    var limits = PunchCore.Limits()
    limits.allowsLoopback = true
    return limits
  }

  private func punch(_ own: UInt8, _ peer: UInt8, _ other: Box) -> Punch {
    Punch(
      own: node(own), peer: node(peer), on: loop, coreLimits: onLoopback(),
      learn: { local, _ in Punch.Outside([.loopback(port: local.port ?? 0)]) },
      send: { [loop] bytes in
        loop.onNextTurn { do { try other.punch?.receive(bytes) } catch { Issue.record(error) } }
      })
  }

  @Test(arguments: [true, false])
  func `two nodes on one machine meet, and agree who is the client`(leaderBegins: Bool) async throws
  {
    try await loop.run {
      let left = Box(), right = Box()
      let one = punch(1, 2, right), two = punch(2, 1, left)
      (left.punch, right.punch) = (one, two)
      async let first = one.run(begins: leaderBegins)
      async let second = two.run(begins: !leaderBegins)
      // The server knows which connection it is once the client has spoken.
      let client = try await first
      #expect(client.isClient)
      try await client.connection.write(Array("hello".utf8))
      let server = try await second
      #expect(!server.isClient)
      var heard: [UInt8] = []
      while heard.count < 5, try await server.connection.read({ heard += $0 }) {}
      #expect(heard == Array("hello".utf8))
      client.connection.close()
      server.connection.close()
      (left.punch, right.punch) = (nil, nil)
    }
  }

  @Test func `where the outside address cannot be learned both sides hear why`() async throws {
    let results = await loop.run {
      let left = Box(), right = Box()
      let one = Punch(
        own: node(1), peer: node(2), on: loop,
        learn: { _, _ in throw NetworkError(.unreachable, "no vantage point") },
        send: { [loop] bytes in
          loop.onNextTurn { do { try right.punch?.receive(bytes) } catch { Issue.record(error) } }
        })
      let two = punch(2, 1, left)
      (left.punch, right.punch) = (one, two)
      async let first = failure { try await one.run() }
      async let second = failure { try await two.run(begins: false) }
      defer { (left.punch, right.punch) = (nil, nil) }
      return await [first, second]
    }
    #expect(results.map { $0?.reason } == [.notPunched, .notPunched])
    #expect(results[0]?.detail.contains("no vantage point") == true)
    #expect(results[1]?.detail.contains("the other side says") == true)
  }

  private func failure(_ body: () async throws -> Punch.Outcome) async -> DialFailure? {
    do {
      let outcome = try await body()
      outcome.connection.close()
      return nil
    } catch {
      return error as? DialFailure
    }
  }

  @Test func `a stranger who finds the open port is not taken for the peer`() async throws {
    try await loop.run {
      let left = Box(), right = Box()
      let port = Port()
      let one = Punch(
        own: node(1), peer: node(2), on: loop, coreLimits: onLoopback(),
        learn: { local, loop in
          // From another host than the one the peer names.
          var options = SocketOptions()
          options.local = SocketAddress(.v4([127, 0, 0, 9], port: 0))
          port.stranger = try await SocketTransport.connect(
            to: .loopback(port: local.port ?? 0), on: loop,
            deadline: .now().advanced(by: .seconds(20)), options: options)
          return Punch.Outside([.loopback(port: local.port ?? 0)])
        },
        send: { [loop] bytes in
          loop.onNextTurn { do { try right.punch?.receive(bytes) } catch { Issue.record(error) } }
        })
      let two = punch(2, 1, left)
      (left.punch, right.punch) = (one, two)
      async let first = one.run()
      async let second = two.run(begins: false)
      let client = try await first
      #expect(client.connection.peer.host == "127.0.0.1")
      try await client.connection.write([1])
      let server = try await second
      let stranger = try #require(port.stranger)
      // Closed on the other side, one way or the other.
      let isOpen = (try? await stranger.read { _ in }) ?? false
      #expect(!isOpen)
      for end in [client.connection, server.connection, stranger] { end.close() }
      (left.punch, right.punch) = (nil, nil)
    }
  }

  /// Guard: confinement to one loop.
  private final class Port: @unchecked Sendable { var stranger: SocketTransport? }
}
