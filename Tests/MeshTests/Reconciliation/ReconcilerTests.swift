import Mesh
import Primitives
import Simulation
import Testing

@Suite struct ReconcilerTests {
  struct Case: Sendable, CustomStringConvertible {
    var common: Int
    var left: Int
    var right: Int
    var isVersioned = false
    var description: String { "\(common) common, \(left) and \(right) more, \(isVersioned)" }
  }

  @Test(arguments: [
    Case(common: 0, left: 0, right: 0), Case(common: 0, left: 1, right: 0),
    Case(common: 0, left: 0, right: 5_000), Case(common: 17, left: 1, right: 0),
    Case(common: 1_000, left: 0, right: 0), Case(common: 1_000, left: 3, right: 4),
    Case(common: 5_000, left: 900, right: 1_100, isVersioned: true),
    Case(common: 20_000, left: 1, right: 0, isVersioned: true),
  ])
  func `each side learns exactly which of its items the other lacks`(story: Case) throws {
    var random = SeededRandom(seed: 11)
    let common = random.items(story.common, isVersioned: story.isVersioned)
    let left = random.items(story.left, isVersioned: story.isVersioned)
    let right = random.items(story.right, isVersioned: story.isVersioned)
    let exchange = try Exchange(
      ReconciliationSet(common + left, isVersioned: story.isVersioned),
      ReconciliationSet(common + right, isVersioned: story.isVersioned))
    #expect(Set(exchange.fromLeft) == Set(left))
    #expect(Set(exchange.fromRight) == Set(right))
    #expect(exchange.fromLeft.count == left.count && exchange.fromRight.count == right.count)
  }

  @Test func `equal sets take one message`() throws {
    var random = SeededRandom(seed: 1)
    let set = ReconciliationSet(random.items(10_000, isVersioned: false), isVersioned: false)
    let exchange = try Exchange(set, set)
    #expect(exchange.messages == 1)
    #expect(exchange.bytes < 400)
  }

  @Test func `another version of a key is sent from both sides`() throws {
    var random = SeededRandom(seed: 2)
    let items = random.items(2_000, isVersioned: true)
    var left = ReconciliationSet(items, isVersioned: true)
    let changed = ReconciliationItem(key: items[77].key, digest: random.bytes32())
    left.insert(changed)
    let exchange = try Exchange(left, ReconciliationSet(items, isVersioned: true))
    #expect(exchange.fromLeft == [changed])
    #expect(exchange.fromRight == [items[77]])
  }

  @Test func `small frames and small batches take more turns and find the same`() throws {
    var random = SeededRandom(seed: 4)
    let common = random.items(3_000, isVersioned: false)
    let left = random.items(2_000, isVersioned: false)
    let right = random.items(1_500, isVersioned: false)
    var limits = Reconciler.Limits()
    limits.frameBytes = 4_096
    limits.items = 100
    limits.compared = 50
    let exchange = try Exchange(
      ReconciliationSet(common + left, isVersioned: false),
      ReconciliationSet(common + right, isVersioned: false), limits: limits)
    #expect(exchange.largest <= 4_096)
    // The items of wants, which a frame bounds, come on top.
    #expect(exchange.largestBatch <= 100 + 50 + 4_096 / 16)
    #expect(Set(exchange.fromLeft) == Set(left))
    #expect(Set(exchange.fromRight) == Set(right))
  }

  @Test func `what lies outside the range stays untouched`() throws {
    var random = SeededRandom(seed: 6)
    let all = random.items(2_000, isVersioned: false)
    let range = KeyRange(
      lower: Bytes32(words: (1 << 62, 0, 0, 0)), upper: Bytes32(words: (1 << 63, 0, 0, 0)))
    let exchange = try Exchange(
      ReconciliationSet(all, isVersioned: false), ReconciliationSet(isVersioned: false), in: range)
    #expect(Set(exchange.fromLeft) == Set(all.filter { range.contains($0.key) }))
  }

  @Test func `an empty side that meets a large one is served in batches`() throws {
    var random = SeededRandom(seed: 8)
    let all = random.items(40_000, isVersioned: false)
    let exchange = try Exchange(
      ReconciliationSet(isVersioned: false), ReconciliationSet(all, isVersioned: false))
    #expect(exchange.fromRight.count == 40_000)
    #expect(exchange.largestBatch <= 16_384 + 4_096)
    #expect(exchange.messages < 40)
  }

  // MARK: Hostile peers

  private func refuses(
    _ entries: [ReconciliationMessage.Entry], by items: Int = 1_000
  ) -> NetworkError.Code? {
    var random = SeededRandom(seed: 12)
    var reconciler = Reconciler(
      ReconciliationSet(random.items(items, isVersioned: false), isVersioned: false))
    _ = reconciler.begin()
    do {
      _ = try reconciler.receive(ReconciliationMessage(entries: entries).encoded)
      return nil
    } catch {
      return error.code
    }
  }

  @Test func `wanting what was never listed is a violation`() {
    var random = SeededRandom(seed: 13)
    let tag = ReconciliationItem(random.bytes32()).tag
    #expect(refuses([.init(.all, .want([tag]))]) == .violation)
    #expect(refuses([.init(.all, .want([tag]))], by: 10) == .violation)
  }

  @Test func `a peer that never comes to an end is stopped`() throws {
    var random = SeededRandom(seed: 14)
    var reconciler = Reconciler(
      ReconciliationSet(random.items(1_000, isVersioned: false), isVersioned: false))
    let lie = ReconciliationMessage(
      entries: [.init(.all, .fingerprint(ReconciliationItem(random.bytes32()).tag))])
    var turns = 0
    #expect(throws: NetworkError.self) {
      while turns < 10_000 {
        turns += 1
        _ = try reconciler.receive(lie.encoded)
      }
    }
    #expect(turns == Reconciler.Limits().barrenMessages + 1)
  }

  @Test func `lists without end run into the limit of messages`() throws {
    var limits = Reconciler.Limits()
    limits.messages = 20
    var reconciler = Reconciler(ReconciliationSet(isVersioned: false), limits: limits)
    var random = SeededRandom(seed: 15)
    var turns = 0
    #expect(throws: NetworkError.self) {
      while turns < 100 {
        turns += 1
        let tag = ReconciliationItem(random.bytes32()).tag
        _ = try reconciler.receive(
          ReconciliationMessage(entries: [.init(.all, .list([tag]))]).encoded)
      }
    }
    #expect(turns == 21)
  }

  @Test func `a range spoken of twice while it waits is a violation`() throws {
    var random = SeededRandom(seed: 16)
    var limits = Reconciler.Limits()
    limits.items = 1
    var reconciler = Reconciler(
      ReconciliationSet(random.items(3_000, isVersioned: false), isVersioned: false),
      limits: limits)
    let halves = [
      ReconciliationMessage.Entry(
        KeyRange(lower: .zero, upper: Bytes32(words: (1 << 63, 0, 0, 0))), .list([])),
      ReconciliationMessage.Entry(
        KeyRange(lower: Bytes32(words: (1 << 63, 0, 0, 0)), upper: nil),
        .list([ReconciliationItem(random.bytes32()).tag])),
    ]
    let first = try reconciler.receive(ReconciliationMessage(entries: halves).encoded)
    #expect(!first.isFinished)
    let again = ReconciliationMessage(
      entries: [.init(.all, .fingerprint(ReconciliationItem(random.bytes32()).tag))])
    #expect(throws: NetworkError.self) { try reconciler.receive(again.encoded) }
  }
}
