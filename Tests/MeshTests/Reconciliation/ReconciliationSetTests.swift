import Mesh
import Primitives
import Simulation
import Testing

@Suite struct ReconciliationSetTests {
  @Test(arguments: [false, true])
  func `counts and sums of ranges are those of a plain sorted array`(isVersioned: Bool) {
    var random = SeededRandom(seed: 7)
    var set = ReconciliationSet(isVersioned: isVersioned)
    var model: [Bytes32: Bytes32] = [:]
    for round in 0..<4_000 {
      if random.chance(round < 2_500 ? 0.2 : 0.8), let key = model.keys.min() {
        let wasThere = set.remove(key)
        #expect(wasThere)
        model[key] = nil
      } else {
        let item = random.items(1, isVersioned: isVersioned)[0]
        let isNew = set.insert(item)
        #expect(isNew)
        model[item.key] = item.digest
      }
      if round % 97 == 0 { check(set, model, &random) }
    }
    check(set, model, &random)
  }

  private func check(
    _ set: ReconciliationSet, _ model: [Bytes32: Bytes32], _ random: inout SeededRandom
  ) {
    let sorted = model.sorted { $0.key < $1.key }
    let bounds = [random.bytes32(), random.bytes32()].sorted()
    let range = KeyRange(lower: bounds[0], upper: bounds[1])
    let inside = sorted.filter { range.contains($0.key) }
    var sum = Sum256()
    for item in inside { sum.add(item.value) }
    let ranks = set.ranks(in: range)
    #expect(set.count == model.count)
    #expect(ranks.count == inside.count)
    #expect(set.sum(of: ranks) == sum)
    #expect(set.items(in: range).map(\.key) == inside.map(\.key))
    if let first = inside.first { #expect(set.item(at: ranks.lowerBound).key == first.key) }
  }

  @Test func `a replaced version changes the sum and not the count`() {
    var random = SeededRandom(seed: 3)
    let items = random.items(600, isVersioned: true)
    var set = ReconciliationSet(items, isVersioned: true)
    let before = set.fingerprint(of: 0..<600)
    let newer = ReconciliationItem(key: items[300].key, digest: random.bytes32())
    let isChanged = set.insert(newer)
    #expect(isChanged)
    #expect(set.count == 600)
    #expect(set.fingerprint(of: 0..<600) != before)
    let isChangedAgain = set.insert(newer)
    #expect(!isChangedAgain)
    set.insert(items[300])
    #expect(set.fingerprint(of: 0..<600) == before)
  }

  @Test func `building at once and one by one give the same fingerprints`() {
    var random = SeededRandom(seed: 5)
    let items = random.items(3_000, isVersioned: false)
    var grown = ReconciliationSet(isVersioned: false)
    for item in items { grown.insert(item) }
    let built = ReconciliationSet(items + items.prefix(10), isVersioned: false)
    #expect(built.count == 3_000)
    for _ in 0..<50 {
      let ranks =
        Int.random(
          in: 0..<1_500, using: &random)..<Int.random(
          in: 1_500...3_000, using: &random)
      #expect(built.fingerprint(of: ranks) == grown.fingerprint(of: ranks))
    }
  }

  @Test func `a copy does not see later changes`() {
    var random = SeededRandom(seed: 9)
    var set = ReconciliationSet(random.items(1_000, isVersioned: false), isVersioned: false)
    let copy = set
    let before = copy.fingerprint(of: 0..<1_000)
    for _ in 0..<100 { set.insert(random.bytes32()) }
    #expect(copy.count == 1_000)
    #expect(copy.fingerprint(of: 0..<1_000) == before)
  }

  @Test func `sums wrap at two to the power of 256 and go back`() {
    let highest = Bytes32(words: (.max, .max, .max, .max))
    let one = Bytes32(words: (0, 0, 0, 1))
    var sum = Sum256()
    sum.add(highest)
    sum.add(one)
    #expect(sum == Sum256())
    sum.subtract(one)
    #expect(sum.value == highest)
  }
}
