/// Holds back a message that repeats: the first `burst` of a `window` pass, the next window
/// begins with how many were held back.
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

  mutating func admit(_ record: LogRecord) -> [LogRecord] {
    let key = Key(level: record.level, module: record.module, message: record.message)
    guard var count = counts[key] else {
      if counts.count >= limits.distinct { counts.removeAll(keepingCapacity: true) }
      counts[key] = Count(since: record.time, seen: 1)
      return [record]
    }
    if count.since.duration(to: record.time) >= limits.window {
      let held = count.seen - limits.burst
      counts[key] = Count(since: record.time, seen: 1)
      return held > 0 ? [summary(of: record, held: held), record] : [record]
    }
    count.seen += 1
    counts[key] = count
    return count.seen <= limits.burst ? [record] : []
  }

  private func summary(of record: LogRecord, held: Int) -> LogRecord {
    var summary = record
    summary.message = "held back repeats of: " + record.message
    summary.fields = [LogField("repeats", held)]
    return summary
  }
}
