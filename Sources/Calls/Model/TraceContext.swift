import Primitives

/// Where a call belongs among all that one request set off (W3C Trace Context).
package struct TraceContext: Hashable, Sendable {
  /// Sixteen bytes, not all zero, in hexadecimal.
  package let traceID: String
  /// Eight bytes, not all zero, in hexadecimal: the caller's span.
  package let spanID: String
  package let isSampled: Bool
  /// Other systems' notes, passed on as they came.
  package let state: String?

  package enum Limits {
    /// Bytes of `tracestate` that are kept (W3C Trace Context, 3.3.1.5).
    package static let stateBytes = 512
    package static let stateMembers = 32
  }

  /// A new trace; randomness comes as an argument. Zero, which is no identifier, becomes one.
  package init(randomTrace: (UInt64, UInt64), randomSpan: UInt64, isSampled: Bool = false) {
    let isZero = randomTrace.0 == 0 && randomTrace.1 == 0
    traceID = Self.hex(randomTrace.0) + Self.hex(isZero ? 1 : randomTrace.1)
    spanID = Self.hex(randomSpan == 0 ? 1 : randomSpan)
    self.isSampled = isSampled
    state = nil
  }

  /// A trace that begins here, for a shell: cores are given their randomness.
  static func random() -> TraceContext {
    TraceContext(
      randomTrace: (.random(in: 1 ... .max), .random(in: 1 ... .max)),
      randomSpan: .random(in: 1 ... .max))
  }

  /// Nil unless `traceparent` is exactly right; a `tracestate` that is not is left out alone.
  package init?(traceparent: String, tracestate: String? = nil) {
    let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 4, Self.isHex(parts[0], 2), parts[0] != "ff",
      parts[0] != "00" || parts.count == 4,
      Self.isHex(parts[1], 32), Self.isNotZero(parts[1]),
      Self.isHex(parts[2], 16), Self.isNotZero(parts[2]),
      Self.isHex(parts[3], 2), let flags = UInt8(parts[3], radix: 16)
    else { return nil }
    traceID = String(parts[1])
    spanID = String(parts[2])
    isSampled = flags & 1 == 1
    state = tracestate.flatMap { Self.isState($0) ? $0 : nil }
  }

  private init(traceID: String, spanID: String, isSampled: Bool, state: String?) {
    self.traceID = traceID
    self.spanID = spanID
    self.isSampled = isSampled
    self.state = state
  }

  /// The same trace with a span of our own.
  package func child(randomSpan: UInt64) -> TraceContext {
    TraceContext(
      traceID: traceID, spanID: Self.hex(randomSpan == 0 ? 1 : randomSpan),
      isSampled: isSampled, state: state)
  }

  package var traceparent: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

  private static func hex(_ value: UInt64) -> String {
    Hex.encode(stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) })
  }

  private static func isHex(_ text: Substring, _ count: Int) -> Bool {
    text.utf8.count == count
      && text.utf8.allSatisfy {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0
      }
  }

  private static func isNotZero(_ text: Substring) -> Bool {
    text.utf8.contains { $0 != UInt8(ascii: "0") }
  }

  private static func isState(_ text: String) -> Bool {
    guard !text.isEmpty, text.utf8.count <= Limits.stateBytes,
      text.utf8.allSatisfy({ 0x20...0x7E ~= $0 })
    else { return false }
    let members = text.split(separator: ",", omittingEmptySubsequences: false)
    guard members.count <= Limits.stateMembers else { return false }
    return members.allSatisfy { member in
      let trimmed = member.drop { $0 == " " }
      guard let equals = trimmed.firstIndex(of: "=") else { return trimmed.isEmpty }
      let key = trimmed[..<equals]
      return 1...256 ~= key.utf8.count && key.utf8.allSatisfy(isKeyByte)
    }
  }

  private static func isKeyByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "/"),
      UInt8(ascii: "@"):
      true
    default: false
    }
  }
}
