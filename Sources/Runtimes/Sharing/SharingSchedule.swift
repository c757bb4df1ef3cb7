/// The hours of a week in which a machine is shared: `mon-fri 22:00-06:00; sat,sun`. A span that
/// ends before it begins goes on into the next day. Without any span it is shared always.
package struct SharingSchedule: Sendable, Equatable, CustomStringConvertible {
  package struct Span: Sendable, Equatable {
    /// 0 is Monday.
    package var days: Set<Int>
    /// Minutes of the day.
    package var from: Int
    /// At most 1440; not after `from` when it is on the next day.
    package var to: Int
  }

  package enum Limits {
    package static let spans = 64
    package static let bytes = 4096
  }

  private static let minutesOfWeek = 7 * 1440
  private static let dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  package let spans: [Span]
  /// Minutes of the week, in order, apart from each other.
  private let openings: [Range<Int>]

  package static let always = SharingSchedule([])

  package init(_ spans: [Span]) {
    self.spans = spans
    openings = Self.merged(spans)
  }

  private static func merged(_ spans: [Span]) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    for span in spans {
      let length = span.to > span.from ? span.to - span.from : span.to + 1440 - span.from
      for day in span.days {
        let start = day * 1440 + span.from
        let end = start + length
        pieces.append(start..<min(end, minutesOfWeek))
        if end > minutesOfWeek { pieces.append(0..<end - minutesOfWeek) }
      }
    }
    pieces.sort { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
    var merged: [Range<Int>] = []
    for piece in pieces {
      if let last = merged.last, piece.lowerBound <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, piece.upperBound)
      } else {
        merged.append(piece)
      }
    }
    return merged
  }

  // MARK: - Asking

  package func isOpen(at moment: LocalMoment) -> Bool {
    let minute = moment.minuteOfWeek
    return spans.isEmpty || openings.contains { $0.contains(minute) }
  }

  /// How many minutes from the one that is now it stays as it is; nil when it never changes. A
  /// change of the clocks in between is not foreseen: whoever waits asks again then.
  package func minutesUntilChange(at moment: LocalMoment) -> Int? {
    let minute = moment.minuteOfWeek
    guard let first = openings.first, first.count < Self.minutesOfWeek else { return nil }
    if let open = openings.first(where: { $0.contains(minute) }) {
      // Sunday's end may be Monday's beginning.
      let goesOn = open.upperBound == Self.minutesOfWeek && first.lowerBound == 0
      return open.upperBound - minute + (goesOn ? first.upperBound : 0)
    }
    let next = openings.first { $0.lowerBound > minute }?.lowerBound
    return (next ?? first.lowerBound + Self.minutesOfWeek) - minute
  }

  // MARK: - Text

  package init(_ text: String) throws(RuntimeError) {
    guard text.utf8.count <= Limits.bytes else { throw Self.wrong("so many hours") }
    var spans: [Span] = []
    for part in text.split(separator: ";") {
      let words = part.split(whereSeparator: \.isWhitespace)
      if words.isEmpty || (words.count == 1 && words[0] == "always") { continue }
      spans.append(try Self.span(words))
    }
    guard spans.count <= Limits.spans else { throw Self.wrong("so many hours") }
    self.init(spans)
  }

  private static func span(_ words: [Substring]) throws(RuntimeError) -> Span {
    guard let first = words.first, words.count <= 2 else {
      throw wrong(words.joined(separator: " "))
    }
    let startsWithTime = first.first?.isNumber == true
    guard !startsWithTime || words.count == 1 else { throw wrong(words.joined(separator: " ")) }
    let days = startsWithTime ? Set(0..<7) : try self.days(first)
    guard let hours = startsWithTime ? first : words.dropFirst().first else {
      return Span(days: days, from: 0, to: 1440)
    }
    let ends = hours.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, let from = minute(ends[0]), let to = minute(ends[1]), from < 1440,
      from != to
    else { throw wrong(String(hours)) }
    return Span(days: days, from: from, to: to)
  }

  private static func days(_ text: Substring) throws(RuntimeError) -> Set<Int> {
    if text == "daily" { return Set(0..<7) }
    var days: Set<Int> = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = word.split(separator: "-", omittingEmptySubsequences: false)
        .map { name in dayNames.firstIndex(of: name.lowercased()) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2 else {
        throw wrong(String(text))
      }
      let length = (last - first + 7) % 7
      for step in 0...length { days.insert((first + step) % 7) }
    }
    return days
  }

  /// `06:00`, `24:00`.
  private static func minute(_ text: Substring) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 2,
      let hour = UInt8(parts[0]), let minute = UInt8(parts[1]), minute < 60
    else { return nil }
    let whole = Int(hour) * 60 + Int(minute)
    return whole <= 1440 ? whole : nil
  }

  private static func wrong(_ text: String) -> RuntimeError {
    RuntimeError(
      .refused,
      "\(text.prefix(100)) are no hours: write days and times as in 'mon-fri 22:00-06:00; sat,sun'")
  }

  package var description: String {
    spans.isEmpty ? "always" : spans.map(Self.text).joined(separator: "; ")
  }

  private static func text(_ span: Span) -> String {
    let days = text(of: span.days)
    return (span.from, span.to) == (0, 1440)
      ? days : "\(days) \(clock(span.from))-\(clock(span.to))"
  }

  /// Three and more in a row become a range.
  private static func text(of days: Set<Int>) -> String {
    if days.count == 7 { return "daily" }
    var words: [String] = []
    var run: [Int] = []
    for day in 0...7 {
      if days.contains(day) {
        run.append(day)
        continue
      }
      if run.count > 2 {
        words.append("\(dayNames[run[0]])-\(dayNames[run[run.count - 1]])")
      } else {
        words += run.map { dayNames[$0] }
      }
      run = []
    }
    return words.joined(separator: ",")
  }

  private static func clock(_ minute: Int) -> String {
    let parts = [minute / 60, minute % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
    return parts.joined(separator: ":")
  }
}
