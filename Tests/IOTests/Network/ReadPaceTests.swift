import Primitives
import Testing

@testable import IO

@Suite struct ReadPaceTests {
  private let limits: ReadPace.Limits = {
    var limits = ReadPace.Limits()
    limits.streakBytes = 1000
    limits.pieceBytes = 100
    limits.lookTime = .milliseconds(1)
    limits.pause = .milliseconds(2)
    limits.looksInVain = 3
    limits.penaltyBytes = 50_000
    return limits
  }()

  private func at(_ microseconds: Int64) -> Instant {
    Instant(nanoseconds: 1_000_000_000 + microseconds * 1000)
  }

  private func patient() -> ReadPace {
    var pace = ReadPace(limits: limits)
    _ = pace.moved(1000, now: at(0))
    return pace
  }

  @Test(arguments: [
    (moves: [(0, 999)], false),
    (moves: [(0, 950), (1999, 100)], true),
    (moves: [(0, 950), (1000, 99)], false),
    (moves: [(0, 950), (1000, 99), (2000, 100)], false),
    (moves: [(0, 999), (2000, 999)], false),
    (moves: [(0, 400), (2000, 400), (3000, 400), (4000, 200)], true),
  ])
  func `a stream that moves much in large pieces without a pause is patient`(
    _ moves: [(Int, Int)], _ isPatient: Bool
  ) {
    var pace = ReadPace(limits: limits)
    var verdicts: [Bool] = []
    for (time, count) in moves { verdicts.append(pace.moved(count, now: at(Int64(time)))) }
    #expect(verdicts.last == isPatient)
    #expect(pace.isPatient == isPatient)
    #expect(!verdicts.dropLast().contains(true))
  }

  @Test func `what moved a moment ago is looked after later`() {
    var pace = patient()
    #expect(pace.due(now: at(300)) == .wait(until: at(1000)))
    #expect(pace.due(now: at(1000)) == .look(again: at(2000)))
    #expect(pace.isPatient)
  }

  @Test func `a pause ends the patience, and a streak brings it back`() {
    var pace = patient()
    #expect(pace.due(now: at(2000)) == .hurry)
    #expect(!pace.isPatient)
    let early = pace.moved(900, now: at(2100))
    let late = pace.moved(100, now: at(2200))
    #expect(!early)
    #expect(late)
  }

  @Test func `looks that find what the sender waits for end the patience for long`() {
    var pace = patient()
    for time in [Int64(1000), 2000, 3000] {
      #expect(pace.due(now: at(time)) == .look(again: at(time + 1000)))
      pace.found(now: at(time))
    }
    #expect(pace.due(now: at(4000)) == .hurry)
    let early = pace.moved(49_900, now: at(4100))
    let late = pace.moved(100, now: at(4200))
    #expect(!early)
    #expect(late)
  }

  @Test func `a look that finds something between others says nothing against patience`() {
    var pace = patient()
    for round in Int64(0)..<10 {
      pace.found(now: at(round * 3000 + 1000))
      let news = pace.moved(1000, now: at(round * 3000 + 2000))
      #expect(!news)
      #expect(pace.due(now: at(round * 3000 + 3000)) == .look(again: at(round * 3000 + 4000)))
    }
    #expect(pace.isPatient)
  }
}
