import IO
import Primitives

/// What a figure has to reach.
struct Threshold: Sendable, Equatable {
  enum Bound: String, Sendable {
    case atLeast = "at least"
    case atMost = "at most"
  }

  let bound: Bound
  let value: Double
  /// As it is written: "at most 120 us".
  let text: String

  /// Reads "at least 0.9" or "at most 120 us"; nil when it is neither.
  init?(_ text: String) {
    guard let bound = [Bound.atLeast, .atMost].first(where: { text.hasPrefix($0.rawValue) }),
      let word = text.dropFirst(bound.rawValue.count).split(separator: " ").first,
      let value = Double(word), value > 0
    else { return nil }
    self.bound = bound
    self.value = value
    self.text = text
  }

  func verdict(on measured: Double) -> Verdict {
    switch bound {
    case .atLeast:
      Verdict(threshold: self, isMet: measured >= value, shortfall: 1 - measured / value)
    case .atMost:
      Verdict(threshold: self, isMet: measured <= value, shortfall: measured / value - 1)
    }
  }
}

struct Verdict: Sendable, Equatable {
  let threshold: Threshold
  let isMet: Bool
  /// Of the threshold; negative when it is met.
  let shortfall: Double

  var text: String {
    isMet
      ? "\(threshold.text): met"
      : "\(threshold.text): missed by \(SuiteReport.short(shortfall * 100)) %"
  }
}

/// The table of thresholds in docs/benchmarks.md, which is the only place they are written.
struct Thresholds: Sendable {
  /// Suite, figure, threshold.
  private var rows: [(suite: String, figure: String, threshold: Threshold)] = []

  static func load(root: String) async throws -> Thresholds {
    let path = "\(root)/docs/benchmarks.md"
    let bytes: [UInt8]
    do {
      bytes = try await RealDisk().read(path, limit: 1 << 20)
    } catch {
      throw BenchError("\(error.message); run this in the repository, or say --root")
    }
    return try Thresholds(markdown: String(decoding: bytes, as: UTF8.self))
  }

  /// Reads the rows under a head that starts with `| suite | figure | threshold |`.
  init(markdown: String) throws {
    var isInside = false
    for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("|") else {
        isInside = false
        continue
      }
      let cells = line.split(separator: "|").map { $0.trimmed }
      if cells.prefix(3) == ["suite", "figure", "threshold"] {
        isInside = true
        continue
      }
      guard isInside, cells.count >= 3, !cells[0].hasPrefix("---") else { continue }
      guard let threshold = Threshold(cells[2]) else {
        throw BenchError(
          "docs/benchmarks.md: the threshold \"\(cells[2])\" is not written as \"at least 0.9\" "
            + "or \"at most 120 us\"")
      }
      rows.append((cells[0].filter { $0 != "`" }, cells[1], threshold))
    }
    guard !rows.isEmpty else { throw BenchError("docs/benchmarks.md holds no thresholds") }
  }

  /// Compares by medians. A threshold without its figure is an error: it would always be met. Those
  /// that name a peer which was left out do not count, and the report says so.
  func judge(_ report: SuiteReport) throws -> SuiteReport {
    var report = report
    for row in rows where row.suite == report.suite {
      guard let index = report.figures.firstIndex(where: { $0.name == row.figure }) else {
        if report.leftOut.contains(where: { row.figure.hasSuffix($0.name) }) { continue }
        throw BenchError("\(row.suite) did not measure \"\(row.figure)\" of docs/benchmarks.md")
      }
      report.figures[index].verdict = row.threshold.verdict(
        on: report.figures[index].samples.median)
    }
    return report
  }
}

extension Substring {
  var trimmed: String {
    var rest = self
    while rest.first == " " { rest.removeFirst() }
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }
}
