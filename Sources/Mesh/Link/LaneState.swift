import Primitives

/// One lane as the core sees it: how far each direction has got. Bytes that came and were not
/// read yet are the shell's.
struct LaneState {
  var replay: ReplayQueue
  /// What the other side takes ahead of its reader.
  var window: Int
  /// Behind the last byte that came; the lane's end counts as a byte.
  private(set) var received: UInt64 = 0
  private(set) var hasEnded = false
  /// Up to here our reader has taken everything.
  private(set) var consumed: UInt64 = 0
  /// What the other side was last told of that.
  var reported: UInt64 = 0
  /// What the other side said it has, when the present carrier was attached.
  private var resumed: UInt64 = 0
  /// Since when there is something to tell.
  var owesSince: Instant?

  init(lane: Int, window: Int) {
    replay = ReplayQueue(lane: lane)
    self.window = window
  }

  var owed: Int { Int(consumed - reported) }

  /// What the lane may take now.
  func room(_ limits: LinkLimits) -> Int {
    min(min(limits.laneBytes, window) - replay.unacked, limits.unsentBytes - replay.unsent)
  }

  /// Notes what came and gives the part of it that is new.
  mutating func receive(
    _ bytes: UnsafeRawBufferPointer, at offset: UInt64, limit: Int
  ) throws(NetworkError) -> UnsafeRawBufferPointer? {
    try checkNoGap(offset)
    let known = received - offset
    guard known < UInt64(bytes.count) else { return nil }
    guard !hasEnded else {
      throw NetworkError(.violation, "Bytes came behind the end of a lane.")
    }
    let fresh = UnsafeRawBufferPointer(rebasing: bytes[Int(known)...])
    guard Int(received - consumed) + fresh.count <= limit else {
      throw NetworkError(
        .violation, "The other side sent more than \(limit) bytes ahead of the lane's reader.")
    }
    received += UInt64(fresh.count)
    return fresh
  }

  /// True when the end is news.
  mutating func receiveEnd(at offset: UInt64) throws(NetworkError) -> Bool {
    try checkNoGap(offset)
    if hasEnded || offset < received {
      guard hasEnded && offset == received - 1 else {
        throw NetworkError(.violation, "A lane ended before bytes it had carried.")
      }
      return false
    }
    hasEnded = true
    received += 1
    return true
  }

  private func checkNoGap(_ offset: UInt64) throws(NetworkError) {
    guard offset <= received else {
      throw NetworkError(
        .violation, "A gap: a lane goes on at \(offset), but only \(received) bytes came.")
    }
  }

  /// The reader took bytes; the end goes with the last of them.
  mutating func consume(_ count: Int, now: Instant) {
    consumed += UInt64(count)
    if hasEnded && consumed + 1 == received { consumed = received }
    precondition(consumed <= received, "more was read than came")
    if consumed > reported && owesSince == nil { owesSince = now }
  }

  /// The other side is being told of everything.
  mutating func reportedAll() {
    reported = consumed
    owesSince = nil
  }

  /// What was told last may have been lost with a carrier.
  mutating func owesAgain(_ now: Instant) {
    if consumed > 0 && owesSince == nil { owesSince = now }
  }

  mutating func acknowledge(_ offset: UInt64) throws(NetworkError) {
    let sent = max(replay.sent, resumed)
    guard offset <= sent else {
      throw NetworkError(
        .violation, "The other side acknowledged \(offset) bytes of \(sent) sent.")
    }
    replay.release(upTo: offset)
  }

  /// Whether a carrier may go on at `offset`.
  func checkResume(at offset: UInt64) throws(NetworkError) {
    guard offset >= replay.acked else {
      throw NetworkError(
        .violation,
        "The other side resumes at \(offset), below the \(replay.acked) it acknowledged.")
    }
    guard offset <= replay.highest else {
      throw NetworkError(
        .violation, "The other side resumes at \(offset), beyond the \(replay.highest) sent.")
    }
  }

  /// Goes on at an offset that was checked.
  mutating func resume(at offset: UInt64) {
    resumed = offset
    replay.seek(to: offset)
  }
}
