import Primitives

/// Counts frames that cost us work and the sender nothing: resets, SETTINGS, PING, empty DATA and
/// frames of unknown types. More than `limit` in a window is an attack, not a client.
///
/// Window updates and priorities are an honest client's as well, a few with each stream and each
/// piece of a body: those are its due, and only what goes beyond counts.
struct FloodGuard {
  private let limit: Int
  private let window: Duration
  private var since = Instant(nanoseconds: 0)
  private var seen = 0
  private var due = 0

  /// For each stream that the other side opens and each DATA frame that it is sent.
  private static let duePerFrame = 4

  init(limit: Int, window: Duration) {
    self.limit = limit
    self.window = window
  }

  mutating func earn() { due += Self.duePerFrame }

  /// True when the frame is the other side's due.
  mutating func spend() -> Bool {
    guard due > 0 else { return false }
    due -= 1
    return true
  }

  /// False once the connection must end.
  mutating func admit(now: Instant) -> Bool {
    if since.duration(to: now) >= window {
      since = now
      seen = 0
    }
    seen += 1
    return seen <= limit
  }
}
