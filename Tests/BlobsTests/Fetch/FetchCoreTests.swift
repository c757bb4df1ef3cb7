import Primitives
import Testing

@testable import Blobs

/// Sources that send what they are asked for, each at its own rate, on a clock moved by hand.
private struct FetchWorld {
  struct Sender {
    /// Bytes a second; zero is silence.
    var rate: Double
    var has: [Bool]?
    /// Sends this piece wrong.
    var lies: Int?
    /// Says that it lost it.
    var lost: Set<Int> = []
    var queue: [Int] = []
    var sent = 0.0
    var bytes = 0
    var leavesAt: Instant?
  }

  var core: FetchCore
  var senders: [Int: Sender]
  var now = Instant(nanoseconds: 0)
  var done: Set<Int> = []
  var dropped: [Int: FetchAction.Reason] = [:]
  var bytes = 0
  var isFinished = false
  var starved: [Int] = []

  init(_ lengths: [Int], _ senders: [Sender], limits: FetchCore.Limits = FetchCore.Limits()) {
    core = FetchCore(lengths: lengths, limits: limits)
    self.senders = Dictionary(uniqueKeysWithValues: senders.enumerated().map { ($0, $1) })
    for source in self.senders.keys.sorted() {
      handle(.joined(source: source, has: self.senders[source]?.has))
    }
  }

  mutating func handle(_ event: FetchEvent) {
    for action in core.handle(event, now: now) {
      switch action {
      case .ask(let source, let pieces):
        #expect(Set(pieces).isDisjoint(with: senders[source]?.queue ?? []), "asked twice")
        senders[source]?.queue += pieces
      case .withdraw(let source, let pieces):
        if let first = senders[source]?.queue.first, pieces.contains(first) {
          senders[source]?.sent = 0
        }
        senders[source]?.queue.removeAll { pieces.contains($0) }
      case .drop(let source, let reason):
        dropped[source] = reason
        senders[source] = nil
      case .starved(let pieces): starved.append(pieces)
      case .finished: isFinished = true
      }
    }
  }

  /// Returns the seconds it took; stops at `limit`.
  mutating func run(limit: Double = 1_000, step: Duration = .milliseconds(20)) -> Double {
    while !isFinished, now.nanoseconds < Int64(limit * 1e9) {
      now = now.advanced(by: step)
      for source in senders.keys.sorted() { send(source, step) }
      if let due = core.nextWake, due <= now { handle(.wake) }
    }
    return Double(now.nanoseconds) / 1e9
  }

  private mutating func send(_ source: Int, _ step: Duration) {
    if let leaves = senders[source]?.leavesAt, leaves <= now {
      senders[source] = nil
      return handle(.left(source: source))
    }
    let rate = senders[source]?.rate ?? 0
    senders[source]?.sent += rate * Double(step.nanoseconds) / 1e9
    while let sender = senders[source], let piece = sender.queue.first {
      if sender.lost.contains(piece) {
        senders[source]?.queue.removeFirst()
        handle(.refused(source: source, piece: piece))
        continue
      }
      let length = core.lengths[piece]
      guard sender.sent >= Double(length) else { return }
      senders[source]?.sent -= Double(length)
      senders[source]?.queue.removeFirst()
      senders[source]?.bytes += length
      bytes += length
      if sender.lies == piece { return handle(.wrong(source: source, piece: piece)) }
      handle(.received(source: source, bytes: length))
      done.insert(piece)
      handle(.verified(source: source, piece: piece))
    }
    if senders[source]?.queue.isEmpty == true { senders[source]?.sent = 0 }
  }
}

struct FetchCoreTests {
  private let piece = 1 << 20

  private func pieces(_ count: Int) -> [Int] { Array(repeating: piece, count: count) }

  @Test func `nothing to fetch is done, and one source brings all`() {
    #expect(FetchCore(lengths: []).isDone)
    var world = FetchWorld(pieces(40) + [5], [.init(rate: 10e6)])
    let seconds = world.run()
    #expect(world.done.count == 41 && world.bytes == 40 * piece + 5)
    #expect(seconds < 1.05 * 4.2)
  }

  @Test func `four equal sources together are nearly four times as fast`() {
    let rate = 50e6 / 8
    var world = FetchWorld(pieces(256), Array(repeating: .init(rate: rate), count: 4))
    let seconds = world.run()
    #expect(Double(256 * piece) / seconds > 0.95 * 4 * rate)
    #expect(world.bytes <= 260 * piece)
  }

  @Test func `a slow source does not hold the end`() {
    var world = FetchWorld(pieces(100), [.init(rate: 20e6), .init(rate: 20e6), .init(rate: 0.1e6)])
    let seconds = world.run()
    #expect(seconds < 1.2 * Double(100 * piece) / 40e6)
    #expect(world.done.count == 100)
  }

  @Test func `one that lies is dropped, and all comes right from the others`() {
    var world = FetchWorld(
      pieces(30), [.init(rate: 5e6, lies: 0), .init(rate: 5e6, lies: 7), .init(rate: 1e6)])
    _ = world.run()
    #expect(world.done.count == 30 && world.senders.count >= 1)
    #expect(world.dropped[0] == .wrong(piece: 0))
    #expect(world.bytes <= 34 * piece)
  }

  @Test func `one that is silent gives its pieces back and is dropped in the end`() {
    var world = FetchWorld(pieces(600), [.init(rate: 0), .init(rate: 10e6)])
    let seconds = world.run()
    #expect(seconds < 1.1 * Double(600 * piece) / 10e6)
    #expect(world.dropped[0] == .silent && world.done.count == 600)
  }

  @Test func `the rarest come first, and only from those who have them`() {
    var some = [Bool](repeating: false, count: 20)
    some[17] = true
    some[18] = true
    var limits = FetchCore.Limits()
    limits.smallestWindow = 2 * piece
    var core = FetchCore(lengths: pieces(20), limits: limits)
    let now = Instant(nanoseconds: 1)
    let head = [Bool](repeating: true, count: 17) + [false, false, false]
    #expect(core.handle(.joined(source: 1, has: head), now: now) == [.ask(1, [0, 1])])
    #expect(core.handle(.joined(source: 2, has: some), now: now) == [.ask(2, [17, 18])])
    #expect(core.handle(.joined(source: 3, has: nil), now: now) == [.ask(3, [19, 2])])
  }

  @Test func `nobody having it is said once, and a newcomer brings it`() {
    let first = [Bool](repeating: true, count: 9) + [false]
    var world = FetchWorld(pieces(10), [.init(rate: 10e6, has: first)])
    _ = world.run(limit: 20)
    #expect(world.starved == [1] && !world.isFinished && world.done.count == 9)
    world.senders[5] = .init(rate: 1e6)
    world.handle(.joined(source: 5, has: nil))
    _ = world.run(limit: 40)
    #expect(world.isFinished)
  }

  @Test func `one that leaves or has lost pieces costs only time`() {
    var world = FetchWorld(
      pieces(50),
      [
        .init(rate: 9e6, leavesAt: Instant(nanoseconds: 1_000_000_000)),
        .init(rate: 3e6, lost: [3, 9, 30]), .init(rate: 2e6),
      ])
    _ = world.run()
    #expect(world.isFinished && world.done.count == 50 && world.dropped.isEmpty)
  }

  @Test func `one that has lost everything is asked no more`() {
    var world = FetchWorld(
      pieces(300), [.init(rate: 9e6, lost: Set(0..<300)), .init(rate: 50e6)])
    _ = world.run()
    #expect(world.isFinished && world.dropped[0] == .notNeeded)
  }

  @Test(arguments: 0..<60)
  func `whatever the sources do, every piece comes once and right`(seed: Int) {
    var random = SeededNumbers(seed: UInt64(seed))
    let count = Int.random(in: 1...200, using: &random)
    let lengths = (0..<count).map { _ in Int.random(in: 1...piece, using: &random) }
    var senders: [FetchWorld.Sender] = (0..<Int.random(in: 0...6, using: &random)).map { _ in
      let has: [Bool]? =
        Bool.random(using: &random) ? nil : (0..<count).map { _ in Bool.random(using: &random) }
      let ends = Int64.random(in: 0...4_000_000_000, using: &random)
      return .init(
        rate: Bool.random(using: &random) ? Double.random(in: 0...9e6, using: &random) : 0,
        has: has,
        lies: Bool.random(using: &random) ? Int.random(in: 0..<count, using: &random) : nil,
        lost: Bool.random(using: &random) ? [Int.random(in: 0..<count, using: &random)] : [],
        leavesAt: Bool.random(using: &random) ? Instant(nanoseconds: ends) : nil)
    }
    // One that is honest and stays.
    senders.append(.init(rate: 5e6))
    var world = FetchWorld(lengths, senders)
    _ = world.run(limit: 300)
    #expect(world.isFinished && world.done == Set(0..<count))
  }
}

private struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ state >> 29
  }
}
