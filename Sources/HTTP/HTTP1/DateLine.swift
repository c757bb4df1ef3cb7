import IO
import Primitives

/// The Date header as bytes, made once a second for the whole process.
enum DateLine {
  private struct Made {
    var validUntil = Instant(nanoseconds: .min)
    var bytes: [UInt8] = []
  }

  private static let made = Locked(Made())

  /// `date: Sat, 21 Nov 2026 08:46:05 GMT` with its CR LF; `now` is the loop's.
  static func bytes(at now: Instant) -> [UInt8] {
    made.withLock { made in
      if now >= made.validUntil {
        let wall = WallTime.now()
        made.bytes = Array("date: \(wall.httpDate)\r\n".utf8)
        let rest = (wall.secondsSince1970 + 1) * 1_000_000_000 - wall.nanoseconds
        made.validUntil = now.advanced(by: .nanoseconds(rest))
      }
      return made.bytes
    }
  }
}
