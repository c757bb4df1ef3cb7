import Glibc
import Mesh
import Primitives
import Simulation

/// Two copies of a set are made equal: how many messages, bytes and processor seconds that takes.
struct ReconciliationScenario: Scenario {
  let name = "reconciliation"
  let promise = "a million records, one change: at most 4 round trips and 4 KiB"
  let seeds = (short: 1, long: 5)

  func run(seed: UInt64, journal: inout Journal) throws -> [Figure] {
    var figures: [Figure] = []
    for isVersioned in [false, true] {
      for count in [1_000, 10_000, 100_000, 1_000_000] {
        figures += try measure(count, isVersioned: isVersioned, seed: seed, &journal)
      }
    }
    return figures
  }

  private func measure(
    _ count: Int, isVersioned: Bool, seed: UInt64, _ journal: inout Journal
  ) throws -> [Figure] {
    var random = SeededRandom(seed: seed)
    let label = "\(count)\(isVersioned ? " versioned" : "")"
    let items = (0..<count).map { _ in Self.item(isVersioned, &random) }
    let start = Self.processorSeconds
    let set = ReconciliationSet(items, isVersioned: isVersioned)
    var figures = [
      Figure(name: "\(label): building", value: Self.processorSeconds - start, unit: "CPU s")
    ]
    if count == 1_000_000 {
      figures.append(insertion(set, isVersioned, label, &random))
    }
    for changes in [0, 1, 10, 1_000] {
      let run = try compare(set, changes: changes, isVersioned, &random, &journal)
      try check(run, count: count, changes: changes)
      let name = "\(label), \(changes) changed"
      figures += [
        Figure(name: "\(name): round trips", value: Double((run.messages + 1) / 2), unit: ""),
        Figure(name: "\(name): bytes", value: Double(run.bytes), unit: "B"),
        Figure(name: "\(name): both sides", value: run.seconds * 1e3, unit: "CPU ms"),
      ]
    }
    return figures
  }

  private func insertion(
    _ set: ReconciliationSet, _ isVersioned: Bool, _ label: String, _ random: inout SeededRandom
  ) -> Figure {
    var changed = set
    let fresh = (0..<100_000).map { _ in Self.item(isVersioned, &random) }
    let start = Self.processorSeconds
    for item in fresh { changed.insert(item) }
    let each = (Self.processorSeconds - start) / 100_000
    return Figure(name: "\(label): one insertion", value: each * 1e6, unit: "CPU us")
  }

  private struct Run {
    var messages = 0
    var bytes = 0
    var seconds = 0.0
    var found: Set<Bytes32> = []
  }

  /// Of the changes a third is missing on the left and a third on the right; where there are
  /// versions, a third differs.
  private func compare(
    _ set: ReconciliationSet, changes: Int, _ isVersioned: Bool, _ random: inout SeededRandom,
    _ journal: inout Journal
  ) throws -> Run {
    var sides = [set, set]
    var expected: Set<Bytes32> = []
    while expected.count < changes {
      let item = set.item(at: Int.random(in: 0..<set.count, using: &random))
      guard expected.insert(item.key).inserted else { continue }
      if isVersioned && expected.count % 3 == 0 {
        sides[0].insert(ReconciliationItem(key: item.key, digest: Self.key(&random)))
      } else {
        sides[expected.count % 2].remove(item.key)
      }
    }
    let start = Self.processorSeconds
    var run = try exchange(sides, &journal)
    run.seconds = Self.processorSeconds - start
    guard run.found == expected else {
      throw BrokenPromise("\(run.found.count) of \(changes) changes found in \(set.count) items")
    }
    return run
  }

  private func exchange(
    _ sets: [ReconciliationSet], _ journal: inout Journal
  ) throws -> Run {
    var run = Run()
    var sides = sets.map { Reconciler($0) }
    var message: [UInt8]? = sides[0].begin()
    var turn = 1
    while let bytes = message {
      run.messages += 1
      run.bytes += bytes.count
      // There is no time here; messages count up.
      journal.record(
        at: Instant(nanoseconds: Int64(run.messages)), 1, turn, bytes.count,
        text: "message \(run.messages) of \(bytes.count) bytes")
      journal.record(bytes: bytes)
      let step = try sides[turn].receive(bytes)
      for item in step.toSend { run.found.insert(item.key) }
      message = step.reply
      turn = 1 - turn
    }
    return run
  }

  private func check(_ run: Run, count: Int, changes: Int) throws {
    let rounds = (run.messages + 1) / 2
    if changes == 0, run.messages != 1 || run.bytes > 512 {
      throw BrokenPromise("equal sets took \(run.messages) messages, \(run.bytes) bytes")
    }
    if changes == 1, rounds > 4 || run.bytes > 4_096 {
      throw BrokenPromise("one change in \(count) took \(rounds) rounds, \(run.bytes) bytes")
    }
    if changes == 1_000, run.bytes > 1 << 20 {
      throw BrokenPromise("1,000 changes in \(count) took \(run.bytes) bytes")
    }
  }

  private static func key(_ random: inout SeededRandom) -> Bytes32 {
    Bytes32(words: (random.next(), random.next(), random.next(), random.next()))
  }

  private static func item(
    _ isVersioned: Bool, _ random: inout SeededRandom
  ) -> ReconciliationItem {
    let key = key(&random)
    return ReconciliationItem(key: key, digest: isVersioned ? Self.key(&random) : key)
  }

  private static var processorSeconds: Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
