import Primitives
import Testing

@testable import Mesh

@Suite struct BandwidthScheduleTests {
  private let hour = Duration.seconds(3600)

  private func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

  private func candidate(
    _ number: Int, _ path: PathKind? = .direct, age: Duration? = nil
  ) -> BandwidthSchedule.Candidate {
    .init(node: TableSamples.id(number), path: path, age: age)
  }

  private func chosen(
    _ candidates: [BandwidthSchedule.Candidate]
  ) -> [BandwidthSchedule.Action] {
    var schedule = BandwidthSchedule(seed: 1, now: at(0))
    return schedule.handle(.wake(candidates), now: at(10_000))
  }

  @Test func `nothing is measured before its time, and one node at a time`() throws {
    var schedule = BandwidthSchedule(seed: 1, now: at(0))
    let first = try #require(schedule.nextWake)
    #expect(at(450) <= first && first <= at(1350))
    #expect(schedule.handle(.wake([candidate(2)]), now: at(449)) == [])
    #expect(schedule.handle(.wake([candidate(2)]), now: first) == [.measure(TableSamples.id(2))])
    #expect(schedule.nextWake == nil)
    #expect(schedule.handle(.wake([candidate(3)]), now: at(99_999)) == [])
    _ = schedule.handle(.ended(TableSamples.id(2), succeeded: true), now: at(100_000))
    let next = try #require(schedule.nextWake)
    #expect(at(100_450) <= next && next <= at(101_350))
  }

  @Test func `the unmeasured come first, then the longest ago`() {
    let two = TableSamples.id(2)
    #expect(chosen([candidate(3, age: hour * 99), candidate(2)]) == [.measure(two)])
    #expect(chosen([candidate(3, age: hour * 7), candidate(2, age: hour * 8)]) == [.measure(two)])
    #expect(chosen([candidate(2, age: hour * 5)]) == [])
  }

  @Test(arguments: [(PathKind.direct, 1), (.punched, 1), (.relayed, 0), (nil, 0)])
  func `only over links that are there and that nobody else pays for`(
    path: PathKind?, count: Int
  ) {
    #expect(chosen([candidate(2, path)]).count == count)
  }

  @Test func `a node that failed is left alone for a while`() {
    var schedule = BandwidthSchedule(seed: 1, now: at(0))
    #expect(schedule.handle(.wake([candidate(2)]), now: at(2_000)).count == 1)
    _ = schedule.handle(.ended(TableSamples.id(2), succeeded: false), now: at(2_000))
    #expect(schedule.handle(.wake([candidate(2)]), now: at(5_000)) == [])
    #expect(schedule.handle(.wake([candidate(2)]), now: at(9_201)).count == 1)
  }

  @Test func `a day among a thousand nodes costs no more than the gaps allow`() {
    var schedule = BandwidthSchedule(seed: 3, now: at(0))
    var measured: [NodeID: Instant] = [:]
    var tests = 0
    while let now = schedule.nextWake, now < at(86_400) {
      let candidates = (2..<1_002).map { number in
        candidate(number, age: measured[TableSamples.id(number)]?.duration(to: now))
      }
      for case .measure(let node) in schedule.handle(.wake(candidates), now: now) {
        tests += 1
        measured[node] = now
        _ = schedule.handle(.ended(node, succeeded: true), now: now)
      }
    }
    #expect((80...115).contains(tests) && measured.count == tests)
  }
}
