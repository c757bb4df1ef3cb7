import Primitives
import Simulation
import Testing

@Suite struct ReportTests {
  private func at(_ nanoseconds: Int64) -> Instant { Instant(nanoseconds: nanoseconds) }

  // MARK: - Journals

  @Test func `a digest tells order, time and words apart`() {
    func digest(_ events: [(Int64, Int, Int, Int)]) -> UInt64 {
      var journal = Journal()
      for event in events {
        journal.record(at: at(event.0), event.1, event.2, event.3, text: "")
      }
      return journal.digest
    }
    let events: [(Int64, Int, Int, Int)] = [(1, 1, 2, 3), (2, 1, 2, 3)]
    let others: [[(Int64, Int, Int, Int)]] = [
      [(2, 1, 2, 3), (1, 1, 2, 3)], [(1, 1, 2, 3)], [(1, 2, 1, 3), (2, 1, 2, 3)],
      [(1, 1, 2, 3), (2, 1, 2, 4)], [(1, 1, 2, 3), (3, 1, 2, 3)],
    ]
    #expect(digest(events) == digest(events))
    #expect(Set(others.map(digest) + [digest(events)]).count == 6)
  }

  @Test func `texts are made only for a reader`() {
    let lines = Locked<[String]>([])
    var quiet = Journal()
    func unwanted() -> String {
      Issue.record("nobody reads")
      return ""
    }
    quiet.record(at: at(0), 1, text: unwanted())
    var loud = Journal { line in lines.withLock { $0.append(line) } }
    loud.record(at: at(1_500_007_000), 1, text: "a node wakes")
    #expect(lines.withLock { $0 } == ["     1.500007  a node wakes"])
    #expect(quiet.events == 1)
  }

  // MARK: - Drawings

  @Test func `a topology shows who is on which side`() {
    let drawing = TextDrawing.topology(
      [.init("left", ["0", "1", "2"]), .init("right", ["3"])],
      links: [.init("0", "1", note: "direct"), .init("2", "3", isCut: true)])
    #expect(
      drawing == """
        +- left --+
        | 0  1  2 |
        +---------+
        +- right --+
        | 3        |
        +----------+
          0 ----- 1  direct
          2 --x-- 3
        """)
  }

  @Test func `many nodes are wrapped and counted`() {
    let drawing = TextDrawing.topology(
      [.init("all", (0..<100).map { "node-\($0)" })], columns: 40, limit: 10)
    let lines = drawing.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 40 && $0.count == lines[0].count })
    #expect(drawing.contains("and 90 more"))
  }

  @Test func `a comparison marks what differs`() {
    let table = TextDrawing.comparison(
      "node", expected: [("0", "alive"), ("1", "dead"), ("2", "alive")],
      actual: ["0": "alive", "1": "alive"])
    #expect(
      table == """
           node  expected  found
        -  ----  --------  -----
              0  alive     alive
        !     1  dead      alive
        !     2  alive     -
        """)
  }

  // MARK: - Clocks

  @Test func `a clock is wrong by its offset and drifts`() {
    let clock = SimulatedClock(offset: .seconds(-3), drift: 0.001)
    let begin = clock.wall(at: at(0)), later = clock.wall(at: at(1_000_000_000_000))
    #expect(SimulatedClock.epoch.duration(to: begin) == .seconds(-3))
    #expect(begin.duration(to: later) == .seconds(1001))
    var random = SeededRandom(seed: 1)
    for _ in 0..<100 {
      let drawn = SimulatedClock.drawn(offset: .seconds(5), drift: 0.0001, using: &random)
      #expect(abs(drawn.offset.inSeconds) <= 5 && abs(drawn.drift) <= 0.0001)
    }
  }
}
