import Testing

@testable import Benchmarks

struct ReportTests {
  static let table = """
    | suite | figure | threshold | why |
    | --- | --- | --- | --- |
    | `pages` | ratio | at least 0.9 | |
    | `pages` | p50 | at most 120 us | fast |

    Text.
    """

  private func report(ratio: Double, p50: Double) -> SuiteReport {
    SuiteReport(
      suite: "pages", settings: [],
      figures: [Figure("p50", [p50], "us"), Figure("ratio", [ratio]), Figure("other", [1])])
  }

  @Test(arguments: [
    (0.9, 120.0, true, true), (0.899, 100, false, true), (1.2, 121, true, false),
  ])
  func `a median is held against its threshold`(
    ratio: Double, p50: Double, isRatioMet: Bool, isTimeMet: Bool
  ) throws {
    let judged = try Thresholds(markdown: Self.table).judge(report(ratio: ratio, p50: p50))
    #expect(judged.figures.map { $0.verdict?.isMet } == [isTimeMet, isRatioMet, nil])
  }

  @Test func `a verdict says by how much it was missed`() throws {
    let judged = try Thresholds(markdown: Self.table).judge(report(ratio: 0.45, p50: 150))
    #expect(judged.figures[0].verdict?.text == "at most 120 us: missed by 25.00 %")
    #expect(judged.figures[1].verdict?.text == "at least 0.9: missed by 50.00 %")
  }

  @Test func `a threshold whose figure is missing is an error`() throws {
    var report = report(ratio: 1, p50: 1)
    report.figures.removeFirst()
    let thresholds = try Thresholds(markdown: Self.table)
    #expect(throws: BenchError.self) { try thresholds.judge(report) }
  }

  @Test func `a peer that was left out is named, and its thresholds do not count`() throws {
    let table = Self.table.replacing("p50", with: "rate over scp")
    var report = report(ratio: 1, p50: 1)
    let thresholds = try Thresholds(markdown: table)
    #expect(throws: BenchError.self) { try thresholds.judge(report) }
    report.leftOut = [LeftOut(name: "scp", why: "it is missing")]
    let judged = try thresholds.judge(report)
    #expect(judged.figures.map { $0.verdict?.isMet } == [nil, true, nil])
    #expect(judged.text.contains("left out scp: it is missing"))
  }

  @Test(arguments: ["0.9", "at least much", "about 3", "at most -1 us"])
  func `a threshold that cannot be read is an error`(text: String) {
    let table = Self.table.replacing("at least 0.9", with: text)
    #expect(throws: BenchError.self) { try Thresholds(markdown: table) }
    #expect(throws: BenchError.self) { try Thresholds(markdown: "| a | b |\n") }
  }

  @Test(arguments: [
    ([3.0, 1, 2], 2.0, 1.0, 3.0), ([4, 1], 2.5, 1, 4), ([7], 7, 7, 7),
  ])
  func `samples know their middle and their ends`(
    values: [Double], median: Double, lowest: Double, highest: Double
  ) {
    let samples = Samples(values)
    #expect(samples.median == median)
    #expect(samples.lowest == lowest)
    #expect(samples.highest == highest)
  }

  @Test func `a ratio is that of each pair`() {
    #expect(Samples([1, 2, 9], over: [2, 2, 3]).values == [0.5, 1, 3])
    #expect(Samples.quantile(0.99, of: (0...100).map(Double.init)) == 99)
  }

  @Test(arguments: [
    (0.0, "0.000"), (0.9, "0.900"), (12.345, "12.35"), (1234.5, "1235"), (-0.05, "-0.050"),
  ])
  func `numbers show four digits that count`(number: Double, text: String) {
    #expect(SuiteReport.short(number) == text)
  }

  @Test(arguments: [["--pairs", "0"], ["--pairs"], ["--slow"], ["--root"]])
  func `wrong options are refused`(arguments: [String]) {
    #expect(throws: BenchError.self) { try RunOptions(arguments[...]) }
  }
}
