import Synchronization

/// Levels per module and the sink behind every `Logger`, with repeats held back.
package final class LogSystem: Sendable {
  package static let shared = LogSystem()

  private struct State {
    var sink: (any LogSink)?
    var fallback = LogLevel.info
    var levels: [String: LogLevel] = [:]
    var repeats = LogRepeats()
  }

  private let state = Locked(State())
  /// The lowest level any module wants: lets a disabled record stop before the lock.
  private let floor = Atomic<Int>(LogLevel.info.rawValue)

  package init() {}

  package func install(_ sink: (any LogSink)?) {
    state.withLock { $0.sink = sink }
  }

  /// `levels` overrides `level` for the modules it names.
  package func setLevel(_ level: LogLevel, levels: [String: LogLevel] = [:]) {
    state.withLock {
      $0.fallback = level
      $0.levels = levels
    }
    floor.store(min(level, levels.values.min() ?? level).rawValue, ordering: .relaxed)
  }

  package func wants(_ level: LogLevel, from module: String) -> Bool {
    guard level.rawValue >= floor.load(ordering: .relaxed) else { return false }
    return state.withLock { level >= $0.levels[module] ?? $0.fallback }
  }

  package func write(_ record: LogRecord) {
    let (sink, records) = state.withLock { state -> ((any LogSink)?, [LogRecord]) in
      // What nobody sees is no repeat.
      guard let sink = state.sink else { return (nil, []) }
      return (sink, state.repeats.admit(record))
    }
    for record in records { sink?.write(record) }
  }
}
