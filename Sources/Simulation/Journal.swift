package import Primitives

/// What happened in one run, as a digest: two runs of one seed must give the same. Texts are made
/// only when somebody reads along.
package struct Journal: Sendable {
  /// How many events were recorded.
  package private(set) var events = 0
  /// FNV-like, 64 bits, over all words in their order.
  package private(set) var digest: UInt64 = 0xcbf2_9ce4_8422_2325
  private let trace: (@Sendable (String) -> Void)?

  package init(trace: (@Sendable (String) -> Void)? = nil) { self.trace = trace }

  package var isTracing: Bool { trace != nil }

  /// One event: what it was, to whom, and what else tells it from others. `text` says it in words.
  package mutating func record(
    at now: Instant, _ kind: Int, _ subject: Int = 0, _ detail: Int = 0,
    text: @autoclosure () -> String
  ) {
    events += 1
    mix(UInt64(bitPattern: now.nanoseconds))
    mix(UInt64(truncatingIfNeeded: kind) << 48 ^ UInt64(truncatingIfNeeded: subject))
    mix(UInt64(truncatingIfNeeded: detail))
    if let trace { trace("\(Self.time(now))  \(text())") }
  }

  /// Bytes that must be the same in every run.
  package mutating func record(bytes: some Sequence<UInt8>) {
    for byte in bytes { mix(UInt64(byte)) }
  }

  private mutating func mix(_ word: UInt64) {
    digest = (digest ^ word) &* 0x100_0000_01b3
    digest ^= digest >> 29
  }

  /// Seconds with six digits.
  private static func time(_ now: Instant) -> String {
    let microseconds = now.nanoseconds / 1000
    let fraction = String(abs(microseconds % 1_000_000))
    let whole = String(microseconds / 1_000_000)
    let zeros = String(repeating: "0", count: 6 - fraction.utf8.count)
    return String(repeating: " ", count: max(0, 6 - whole.utf8.count)) + whole + "." + zeros
      + fraction
  }
}
