/// The Range header (RFC 9110, 14).
package enum ByteRanges: Sendable, Equatable {
  /// No range, or one that is to be ignored: all is sent.
  case whole
  /// In the order asked for; none empty.
  case parts([Range<Int>])
  /// 416.
  case unsatisfiable

  /// More than these are answered with the whole: many small ranges cost more than they save.
  package static let partLimit = 16

  package init(_ header: String?, length: Int) {
    guard let header, header.lowercased().hasPrefix("bytes=") else {
      self = .whole
      return
    }
    let specifications = header.dropFirst(6).split(
      separator: ",", omittingEmptySubsequences: false)
    var parts: [Range<Int>] = []
    for specification in specifications {
      let text = specification.trimmingSpaces()
      if text.isEmpty { continue }
      guard let range = Self.read(text, length: length) else {
        self = .whole
        return
      }
      if !range.isEmpty { parts.append(range) }
    }
    let total = parts.reduce(0) { $0 + $1.count }
    if parts.isEmpty {
      self = specifications.contains { !$0.isEmpty } ? .unsatisfiable : .whole
    } else if parts.count > Self.partLimit || parts.count > 1 && total > length {
      self = .whole
    } else {
      self = .parts(parts)
    }
  }

  /// Empty when it lies beyond the end, nil when it is no range.
  private static func read(_ text: Substring, length: Int) -> Range<Int>? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2 else { return nil }
    if ends[0].isEmpty {
      guard let suffix = number(ends[1]) else { return nil }
      return (length - min(suffix, length))..<length
    }
    guard let first = number(ends[0]) else { return nil }
    if ends[1].isEmpty { return min(first, length)..<length }
    guard let last = number(ends[1]), last >= first else { return nil }
    return first >= length ? 0..<0 : first..<min(last + 1, length)
  }

  /// Digits alone, saturating well below where sums overflow.
  private static func number(_ text: Substring) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy(LineBytes.isDigit) else { return nil }
    return min(Int(text) ?? .max, Int.max / 2)
  }
}
