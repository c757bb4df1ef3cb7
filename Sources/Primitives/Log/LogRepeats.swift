/// Holds back a message that repeats: the first `burst` of a `window` pass, and what comes after
/// the window begins with how many were held back.
struct LogRepeats {
  /// Bounds of the memory and of the noise one message can make.
  struct Limits {
    var burst = 10
    var window = Duration.seconds(10)
    var distinct = 256
  }

  private struct Key: Hashable {
    var level: LogLevel
    var module: String
    var message: String
  }

  private struct Count {
    var since: WallTime
    var seen: Int
  }

  private let limits: Limits
  private var counts: [Key: Count] = [:]

  init(limits: Limits = Limits()) { self.limits = limits }

  /// What may pass now: the record, before it what became known about others, or nothing.
  mutating func admit(_ record: LogRecord) -> [LogRecord] {
    let key = Key(level: record.level, module: record.module, message: record.message)
    guard var count = counts[key] else {
      let summaries = counts.count >= limits.distinct ? forget(at: record.time) : []
      counts[key] = Count(since: record.time, seen: 1)
      return summaries + [record]
    }
    // A clock set back ends the window too: nobody knows when it would.
    let age = count.since.duration(to: record.time)
    if age >= limits.window || age < .zero {
      let summary = summary(of: key, count, at: record.time)
      counts[key] = Count(since: record.time, seen: 1)
      return summary + [record]
    }
    count.seen += 1
    counts[key] = count
    return count.seen <= limits.burst ? [record] : []
  }

  /// Makes room, and tells what would be lost.
  private mutating func forget(at time: WallTime) -> [LogRecord] {
    let summaries = counts.flatMap { summary(of: $0.key, $0.value, at: time) }
    counts.removeAll(keepingCapacity: true)
    return summaries
  }

  private func summary(of key: Key, _ count: Count, at time: WallTime) -> [LogRecord] {
    let held = count.seen - limits.burst
    guard held > 0 else { return [] }
    return [
      LogRecord(
        time: time, level: key.level, module: key.module,
        message: "held back repeats of: " + key.message, fields: [LogField("repeats", held)])
    ]
  }
}
