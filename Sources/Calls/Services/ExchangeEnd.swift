package import Primitives

/// One end of an exchange of drawn bytes: makes the pieces to send, and checks what comes.
package struct ExchangeEnd: Sendable {
  private let own: DrawnBytes
  private let other: DrawnBytes
  private var sentBytes: UInt64 = 0
  /// Where the next piece begins that comes.
  private var expected: UInt64 = 0
  private var lastArrival: Instant
  private var longestWait = Duration.zero
  package private(set) var checkedBytes: UInt64 = 0
  package private(set) var wrongBytes: UInt64 = 0

  /// The caller of an exchange draws from the seed, the other end from its complement.
  package init(seed: UInt64, isCaller: Bool, now: Instant) {
    own = DrawnBytes(seed: isCaller ? seed : ~seed)
    other = DrawnBytes(seed: isCaller ? ~seed : seed)
    lastArrival = now
  }

  package mutating func next(_ count: Int) -> (offset: UInt64, payload: [UInt8]) {
    defer { sentBytes += UInt64(count) }
    return (sentBytes, own.piece(at: sentBytes, count: count))
  }

  /// A piece that is missing, comes twice or out of order is wrong as a whole.
  package mutating func take(_ payload: [UInt8], at offset: UInt64, now: Instant) {
    longestWait = max(longestWait, lastArrival.duration(to: now))
    lastArrival = now
    checkedBytes += UInt64(payload.count)
    if offset == expected {
      let right = other.piece(at: offset, count: payload.count)
      if right != payload { wrongBytes += UInt64(zip(right, payload).count { $0 != $1 }) }
    } else {
      wrongBytes += UInt64(payload.count)
    }
    expected = offset &+ UInt64(payload.count)
  }

  /// The longest time without a piece since this was asked last, up to now if it goes on.
  package mutating func takeStall(now: Instant) -> Duration {
    defer { longestWait = .zero }
    return max(longestWait, lastArrival.duration(to: now))
  }
}
