package import Primitives

/// How far a long piece of work is, as a value: told what is done and when, it makes a line of
/// text. The rate is that of the last few seconds, so that the time left follows what happens now.
package struct ProgressLine: Sendable, Equatable {
  package enum Unit: Sendable, Equatable {
    case bytes
    /// Things by their name in the plural: `files`.
    case things(String)
  }

  package struct Limits: Sendable, Equatable {
    /// How far back the rate looks.
    package var window = Duration.seconds(5)
    /// Moments kept for it.
    package var samples = 64
    package init() {}
  }

  private struct Sample: Sendable, Equatable {
    var at: Instant
    var done: Int64
  }

  package let title: String
  package let unit: Unit
  /// Nil while nobody knows.
  package private(set) var total: Int64?
  package private(set) var done: Int64 = 0
  private let limits: Limits
  private let begun: Instant
  private var samples: [Sample]

  package init(
    _ title: String, _ unit: Unit, total: Int64?, limits: Limits = Limits(), now: Instant
  ) {
    self.title = title
    self.unit = unit
    self.total = total
    self.limits = limits
    begun = now
    samples = [Sample(at: now, done: 0)]
  }

  /// So much is done in all, of so much. What was done before may turn out to be to do again.
  package mutating func update(done: Int64, total: Int64? = nil, now: Instant) {
    self.done = max(0, done)
    if let total { self.total = total }
    let start = Instant(nanoseconds: now.nanoseconds - limits.window.nanoseconds)
    // One older than the window stays, so that the rate covers all of it.
    while samples.count > 1, samples[1].at <= start { samples.removeFirst() }
    let spacing = limits.window.nanoseconds / Int64(limits.samples)
    if let last = samples.last, samples.count > 1,
      now.nanoseconds - last.at.nanoseconds < spacing
    {
      samples[samples.count - 1].done = self.done
    } else {
      samples.append(Sample(at: now, done: self.done))
    }
  }

  /// 0 to 1; nil while the total is not known.
  package var fraction: Double? {
    total.map { $0 <= 0 ? 1 : min(1, Double(done) / Double($0)) }
  }

  /// Per second; nil before there is anything to tell it from.
  package func rate(now: Instant) -> Double? {
    guard let first = samples.first else { return nil }
    let seconds = Double(now.nanoseconds - first.at.nanoseconds) / 1e9
    return seconds >= 0.1 ? max(0, Double(done - first.done) / seconds) : nil
  }

  /// Nil when there is no end in sight.
  package func timeLeft(now: Instant) -> Duration? {
    guard let total, let rate = rate(now: now), rate > 0, done < total else { return nil }
    let seconds = Double(total - done) / rate
    return seconds < 100 * 86_400 ? .seconds(Int64(seconds.rounded(.up))) : nil
  }

  // MARK: - Text

  /// One line of at most `width` columns, without its end.
  package func text(width: Int, now: Instant) -> String {
    let figures = figures(now: now)
    let used = TextWidth.columns(of: figures) + 1
    let title = TextWidth.truncated(TextWidth.printable(title), to: max(8, width - used - 12))
    let line = title + "  " + bar(width - TextWidth.columns(of: title) - used - 2) + figures
    return TextWidth.truncated(line, to: width)
  }

  /// `1.5 GiB of 4 GiB, 38 %, 120 MiB/s, 21s left`; at the end the time it took.
  package func figures(now: Instant) -> String {
    var parts = [total.map { "\(amount(done)) of \(amount($0))" } ?? amount(done)]
    if let fraction { parts.append("\(Int(fraction * 100)) %") }
    if isComplete {
      parts.append("in \(Self.clock(.nanoseconds(now.nanoseconds - begun.nanoseconds)))")
    } else {
      if let rate = rate(now: now) { parts.append("\(amount(Int64(rate)))/s") }
      if let left = timeLeft(now: now) { parts.append("\(Self.clock(left)) left") }
    }
    return parts.joined(separator: ", ")
  }

  package var isComplete: Bool { total.map { done >= $0 } ?? false }

  private func bar(_ room: Int) -> String {
    guard let fraction, room >= 12 else { return "" }
    let cells = min(40, room - 3)
    let full = Int(fraction * Double(cells))
    return "[" + String(repeating: "#", count: full)
      + String(repeating: "-", count: cells - full) + "] "
  }

  private func amount(_ count: Int64) -> String {
    switch unit {
    case .bytes: ByteSize(count).rounded
    case .things(let name): "\(count) \(name)"
    }
  }

  /// The two largest units: `1h 5m`, `21s`.
  static func clock(_ duration: Duration) -> String {
    let seconds = max(0, duration.nanoseconds / 1_000_000_000)
    let parts = [
      ("d", seconds / 86_400), ("h", seconds / 3_600 % 24), ("m", seconds / 60 % 60),
      ("s", seconds % 60),
    ]
    let shown = parts.drop { $0.1 == 0 }.prefix(2).filter { $0.1 > 0 }
    return shown.isEmpty ? "0s" : shown.map { "\($0.1)\($0.0)" }.joined(separator: " ")
  }
}
