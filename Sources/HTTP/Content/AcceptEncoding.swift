/// The codings a client takes (RFC 9110, 12.5.3).
package struct AcceptEncoding: Sendable {
  private var weights: [String: Int] = [:]

  package init(_ headers: Headers) {
    for value in headers.values(of: "accept-encoding") {
      for element in value.split(separator: ",").prefix(32) {
        let parts = element.split(separator: ";")
        guard let name = parts.first?.trimmingSpaces().lowercased() else { continue }
        weights[name] = parts.dropFirst().lazy.compactMap(Self.weight).first ?? 1_000
      }
    }
  }

  /// True when gzip is acceptable, and no less welcome than the plain form.
  package var prefersGzip: Bool {
    guard let gzip = weights["gzip"] ?? weights["x-gzip"] ?? weights["*"], gzip > 0 else {
      return false
    }
    return gzip >= weights["identity"] ?? 0
  }

  /// `q=0.5` in thousandths; nil for another parameter, 0 for a weight that is none.
  private static func weight(_ parameter: Substring) -> Int? {
    let text = parameter.trimmingSpaces()
    guard text.lowercased().hasPrefix("q=") else { return nil }
    let parts = text.dropFirst(2).split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = parts.first, whole == "0" || whole == "1", parts.count <= 2 else { return 0 }
    guard parts.count == 2 else { return whole == "1" ? 1_000 : 0 }
    let digits = parts[1]
    guard digits.utf8.count <= 3, digits.utf8.allSatisfy(LineBytes.isDigit) else { return 0 }
    let padded = digits + String(repeating: "0", count: 3 - digits.utf8.count)
    return min(1_000, (whole == "1" ? 1_000 : 0) + (Int(padded) ?? 0))
  }
}
