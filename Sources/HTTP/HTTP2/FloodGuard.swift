import Primitives

/// Counts frames that cost us work and the sender nothing: resets, SETTINGS, PING, PRIORITY and
/// empty DATA. More than `limit` in a window is an attack, not a client.
struct FloodGuard {
  private let limit: Int
  private let window: Duration
  private var since = Instant(nanoseconds: 0)
  private var seen = 0

  init(limit: Int, window: Duration) {
    self.limit = limit
    self.window = window
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
