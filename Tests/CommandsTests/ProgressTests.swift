import Primitives
import Testing

@testable import Commands

struct ProgressTests {
  private func at(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1e9)) }

  private func line(
    _ unit: ProgressLine.Unit = .bytes, total: Int64? = 1 << 30, _ steps: (Double, Int64)...
  ) -> ProgressLine {
    var line = ProgressLine("copying photos", unit, total: total, now: at(0))
    for (seconds, done) in steps { line.update(done: done, now: at(seconds)) }
    return line
  }

  @Test func `bytes, share, rate and time left`() {
    let half = line(.bytes, total: 1 << 30, (1, 256 << 20), (2, 512 << 20))
    #expect(half.figures(now: at(2)) == "512 MiB of 1 GiB, 50 %, 256 MiB/s, 2s left")
    #expect(half.fraction == 0.5 && half.timeLeft(now: at(2)) == .seconds(2))
  }

  @Test func `things are counted by their name, and without a total there is no end`() {
    let files = line(.things("files"), total: nil, (10, 50), (20, 250))
    #expect(files.figures(now: at(20)) == "250 files, 20 files/s")
    #expect(files.fraction == nil && files.timeLeft(now: at(20)) == nil)
    #expect(!files.isComplete)
  }

  @Test func `the rate is that of the last seconds`() {
    // A fast beginning, then a crawl.
    let slow = line(
      .bytes, total: 2_000, (1, 1_000), (10, 1_000), (11, 1_010), (12, 1_020), (13, 1_030),
      (14, 1_040), (15, 1_050))
    #expect(slow.rate(now: at(15)) == 10)
    #expect(slow.timeLeft(now: at(15)) == .seconds(95))
    #expect(slow.rate(now: at(25)) == 10 / 3 || (slow.rate(now: at(25)) ?? 99) < 5)
  }

  @Test func `before there is anything to tell a rate from, none is told`() {
    #expect(line().figures(now: at(0)) == "0 B of 1 GiB, 0 %")
    #expect(line(.bytes, total: 100, (0.01, 50)).rate(now: at(0.01)) == nil)
  }

  @Test func `at the end it says how long it took`() {
    let whole = line(.bytes, total: 1 << 20, (1, 1 << 19), (75, 1 << 20))
    #expect(whole.isComplete && whole.figures(now: at(75)) == "1 MiB of 1 MiB, 100 %, in 1m 15s")
    let nothing = line(.things("files"), total: 0)
    #expect(nothing.isComplete && nothing.fraction == 1)
  }

  @Test(arguments: [20, 40, 60, 79, 80, 120, 300])
  func `the line fits whatever the width`(width: Int) {
    let half = line(.bytes, total: 1 << 30, (1, 256 << 20), (2, 512 << 20))
    let text = half.text(width: width, now: at(2))
    #expect(TextWidth.columns(of: text) <= width)
    #expect(!text.contains("\n") && text.hasPrefix(String("copying photos".prefix(7))))
    #expect(width < 60 || text.hasSuffix("2s left"))
    #expect(width < 100 || text.contains("####") && text.contains("----"))
  }

  @Test func `a title from a stranger moves no cursor`() {
    let line = ProgressLine("a\u{1B}[2Jb\nc", .bytes, total: 1, now: at(0))
    let text = line.text(width: 80, now: at(0))
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 })
  }

  @Test func `many updates keep few moments, and work that goes back is no negative rate`() {
    var line = ProgressLine("x", .bytes, total: 1 << 40, now: at(0))
    for step in 0..<100_000 { line.update(done: Int64(step), now: at(Double(step) / 10_000)) }
    #expect(abs((line.rate(now: at(10)) ?? 0) - 10_000) < 500)
    line.update(done: 0, now: at(10.5))
    #expect(line.rate(now: at(10.5)) == 0 && line.done == 0)
  }

  @Test(arguments: [
    (0, "0s"), (59, "59s"), (60, "1m"), (75, "1m 15s"), (3_600, "1h"), (3_905, "1h 5m"),
    (90_000, "1d 1h"), (86_400 + 30, "1d"), (-5, "0s"),
  ])
  func `times in their two largest units`(seconds: Int, expected: String) {
    #expect(ProgressLine.clock(.seconds(seconds)) == expected)
  }

  // MARK: - The display

  private func shown(
    on terminal: Terminal, _ steps: [(Double, Int64)], finish: Double? = nil
  ) -> [String] {
    var written: [String] = []
    var display = ProgressDisplay(
      ProgressLine("copying", .bytes, total: 1_000, now: at(0)), on: terminal
    ) { written.append($0) }
    for (seconds, done) in steps { display.update(done: done, now: at(seconds)) }
    if let finish {
      display.finish(now: at(finish))
      display.finish(now: at(finish + 1))
      display.update(done: 1, now: at(finish + 2))
    }
    return written
  }

  @Test func `a terminal gets one line drawn over itself, ten times a second at most`() {
    let steps = (0...100).map { (Double($0) / 100, Int64($0) * 10) }
    let written = shown(on: Terminal(isTerminal: true, width: 80), steps, finish: 1)
    #expect((10...13).contains(written.count) && written.last == "\n")
    #expect(written.dropLast().allSatisfy { $0.hasPrefix("\r") && $0.hasSuffix("\u{1B}[K") })
    #expect(written.dropLast().last?.contains("100 %") == true)
  }

  @Test func `elsewhere it gets a plain line now and then, and one at the end`() {
    let steps = (0...250).map { (Double($0) / 10, Int64($0) * 4) }
    let written = shown(on: .none, steps, finish: 25)
    #expect(written.count == 3)
    #expect(written.allSatisfy { $0.hasPrefix("copying: ") && $0.hasSuffix("\n") })
    #expect(!written.joined().contains("\u{1B}") && !written.joined().contains("\r"))
    #expect(
      shown(on: .none, [(0, 0), (1, 1_000)], finish: 1) == [
        "copying: 1000 B of 1000 B, 100 %, in 1s\n"
      ])
  }
}
