package import Primitives

/// The latest records in memory, for `apus logs`. A reader pulls: it remembers the number of the
/// last record it saw, asks for what came after, and is told when there is more. So a slow
/// reader holds nobody up, and learns how many records it missed.
package final class LogRing: LogSink {
  package struct Limits: Sendable {
    package var records = 4_096
    package var bytes = 1 << 20
    package var watchers = 64
    package init() {}
  }

  package struct Entry: Sendable, Equatable {
    /// Counts up by one from 1.
    package var number: UInt64
    package var record: LogRecord
  }

  package struct Page: Sendable, Equatable {
    package var entries: [Entry]
    /// Records that came after the one asked for and are gone.
    package var missed: UInt64
  }

  private struct State {
    /// The entries from `head` on; what is before is free.
    var entries: [Entry?] = []
    var head = 0
    var bytes = 0
    var last: UInt64 = 0
    var watchers: [UInt64: @Sendable () -> Void] = [:]
    var nextWatcher: UInt64 = 0
  }

  private let limits: Limits
  private let state = Locked(State())

  package init(limits: Limits = Limits()) { self.limits = limits }

  // MARK: - Writing

  package func write(_ record: LogRecord) {
    let watchers = state.withLock { state in
      state.last += 1
      state.entries.append(Entry(number: state.last, record: record))
      state.bytes += Self.cost(record)
      while state.entries.count - state.head > limits.records || state.bytes > limits.bytes {
        Self.dropFirst(&state)
      }
      return Array(state.watchers.values)
    }
    for watcher in watchers { watcher() }
  }

  private static func dropFirst(_ state: inout State) {
    guard state.head < state.entries.count, let first = state.entries[state.head] else { return }
    state.bytes -= cost(first.record)
    state.entries[state.head] = nil
    state.head += 1
    // Half empty: close the gap, at a cost spread over as many writes.
    if state.head * 2 > state.entries.count {
      state.entries.removeFirst(state.head)
      state.head = 0
    }
  }

  /// What a record takes in memory, roughly.
  private static func cost(_ record: LogRecord) -> Int {
    record.fields.reduce(128 + record.message.utf8.count + record.module.utf8.count) {
      $0 + 48 + $1.name.utf8.count + $1.value.utf8.count
    }
  }

  // MARK: - Reading

  /// The number of the latest record; 0 when there is none.
  package var last: UInt64 { state.withLock { $0.last } }

  /// Up to `limit` records behind `number`, oldest first.
  package func read(after number: UInt64, limit: Int) -> Page {
    state.withLock { state in
      let first = state.last - UInt64(state.entries.count - state.head) + 1
      guard number < state.last else { return Page(entries: [], missed: 0) }
      let missed = number + 1 < first ? first - number - 1 : 0
      let start = state.head + Int(max(number + 1, first) - first)
      let end = min(state.entries.count, start + max(0, limit))
      return Page(entries: state.entries[start..<end].compactMap { $0 }, missed: missed)
    }
  }

  /// The latest `count` records, oldest first.
  package func tail(_ count: Int) -> Page {
    state.withLock { state in
      let start = max(state.head, state.entries.count - max(0, count))
      return Page(entries: state.entries[start...].compactMap { $0 }, missed: 0)
    }
  }

  // MARK: - Watching

  package struct Watch: Sendable {
    fileprivate let number: UInt64
  }

  /// Calls `wake` after every record, on the thread that wrote it: it must only wake a reader,
  /// and must not log. Read once after subscribing, since records may have come before. Nil when
  /// too many watch already. End with `unsubscribe`.
  package func subscribe(_ wake: @escaping @Sendable () -> Void) -> Watch? {
    state.withLock { state in
      guard state.watchers.count < limits.watchers else { return nil }
      state.nextWatcher += 1
      state.watchers[state.nextWatcher] = wake
      return Watch(number: state.nextWatcher)
    }
  }

  package func unsubscribe(_ watch: Watch) {
    state.withLock { $0.watchers[watch.number] = nil }
  }
}
