/// A number of bytes as people write it: `512`, `64MiB`, `10GB`. Powers of 1024 carry an `i`.
package struct ByteSize: Hashable, Sendable, Comparable, CustomStringConvertible {
  package var bytes: Int64

  package init(_ bytes: Int64) { self.bytes = bytes }

  package static func kibibytes(_ count: Int64) -> Self { Self(count << 10) }
  package static func mebibytes(_ count: Int64) -> Self { Self(count << 20) }
  package static func gibibytes(_ count: Int64) -> Self { Self(count << 30) }

  /// What a message says when a text is no size.
  package static let expectation = "a size such as 512, 64KiB, 16MiB or 10GB"

  private static let units: [(name: String, bytes: Int64)] = [
    ("TiB", 1 << 40), ("TB", 1_000_000_000_000), ("GiB", 1 << 30), ("GB", 1_000_000_000),
    ("MiB", 1 << 20), ("MB", 1_000_000), ("KiB", 1 << 10), ("KB", 1_000),
  ]

  /// Nil when the text is no size, is no whole number of bytes or does not fit 63 bits.
  package init?(_ text: String) {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = text.dropFirst(digits.count).uppercased()
    var scale: Int64 = 1
    if !unit.isEmpty, unit != "B" {
      guard let known = Self.units.first(where: { $0.name.uppercased() == unit }) else {
        return nil
      }
      scale = known.bytes
    }
    guard let bytes = DecimalText(String(digits))?.scaled(by: scale) else { return nil }
    self.bytes = bytes
  }

  /// Exact: the largest unit that divides it, so that reading gives the same size again.
  package var description: String {
    for unit in Self.units where bytes != 0 && bytes % unit.bytes == 0 {
      return "\(bytes / unit.bytes)\(unit.name)"
    }
    return String(bytes)
  }

  /// For tables: at most one decimal, `1.5 GiB`.
  package var rounded: String {
    for unit in Self.units where unit.name.contains("i") && abs(bytes) >= unit.bytes {
      let tenths = (Double(bytes) / Double(unit.bytes) * 10).rounded() / 10
      return tenths >= 100 || tenths == tenths.rounded()
        ? "\(Int64(tenths.rounded())) \(unit.name)" : "\(tenths) \(unit.name)"
    }
    return "\(bytes) B"
  }

  package static func < (left: Self, right: Self) -> Bool { left.bytes < right.bytes }
}

/// Digits with at most one point, kept exact.
struct DecimalText {
  private let whole: Int64
  private let fraction: Int64
  /// Ten to the number of digits behind the point.
  private let denominator: Int64

  init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(\.isDigit) }),
      let whole = Int64(parts[0])
    else { return nil }
    self.whole = whole
    let digits = parts.count == 2 ? parts[1] : ""
    guard digits.count <= 9 else { return nil }
    fraction = digits.isEmpty ? 0 : Int64(digits) ?? 0
    denominator = digits.reduce(1) { result, _ in result * 10 }
  }

  /// Nil when the product is not whole or does not fit.
  func scaled(by scale: Int64) -> Int64? {
    let (scaled, overflow) = whole.multipliedReportingOverflow(by: scale)
    let (part, partOverflow) = fraction.multipliedReportingOverflow(by: scale)
    guard !overflow, !partOverflow, part % denominator == 0 else { return nil }
    let (sum, sumOverflow) = scaled.addingReportingOverflow(part / denominator)
    return sumOverflow ? nil : sum
  }
}
