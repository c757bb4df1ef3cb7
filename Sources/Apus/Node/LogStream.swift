import Calls
import IO
import Primitives

/// Sends what the ring holds, and with `follow` what comes, to one caller of `Logs`.
struct LogStream {
  private let ring: LogRing
  private let request: NodeV1.LogsRequest
  /// Open once the node stops, which ends its log.
  private let stop: Gate
  /// Records taken from the ring at once.
  private let page = 256

  init(_ ring: LogRing, _ request: NodeV1.LogsRequest, until stop: Gate) {
    self.ring = ring
    self.request = request
    self.stop = stop
  }

  func run(into replies: MessageWriter<NodeV1.LogRecord>) async throws {
    let news = Broadcast()
    guard let watch = ring.subscribe({ news.announce() }) else {
      throw Status(.resourceExhausted, "Too many follow the log already; end one of them.")
    }
    defer { ring.unsubscribe(watch) }
    let last = try await sendTail(replies)
    guard request.follow else { return }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { [stop] in
        await stop.wait()
        news.announce()
      }
      defer { group.cancelAll() }
      try await follow(after: last, news, replies)
    }
  }

  private func follow(
    after start: UInt64, _ news: Broadcast, _ replies: MessageWriter<NodeV1.LogRecord>
  ) async throws {
    var last = start
    while true {
      let change = news.next()
      let batch = ring.read(after: last, limit: page)
      for entry in batch.entries {
        last = entry.number
        if isWanted(entry.record) { try await replies.write(entry.record.onWire) }
      }
      if batch.entries.isEmpty {
        if stop.isOpen { return }
        await change.wait()
      }
      try Task.checkCancellation()
    }
  }

  /// Returns the number of the last record looked at.
  private func sendTail(_ replies: MessageWriter<NodeV1.LogRecord>) async throws -> UInt64 {
    let all = ring.tail(Int.max)
    var wanted = all.entries.filter { isWanted($0.record) }
    if request.tail.map({ Int($0) < wanted.count }) ?? false {
      wanted.removeFirst(wanted.count - Int(request.tail ?? 0))
    }
    for entry in wanted { try await replies.write(entry.record.onWire) }
    return all.entries.last?.number ?? 0
  }

  private func isWanted(_ record: LogRecord) -> Bool {
    (request.module.isEmpty || record.module == request.module)
      && record.level.rawValue + 1 >= Int(request.minimumLevel.rawValue)
  }
}

extension LogRecord {
  fileprivate var onWire: NodeV1.LogRecord {
    NodeV1.LogRecord {
      $0.timeNanoseconds = time.nanoseconds
      $0.level = NodeV1.LogLevel(rawValue: Int32(level.rawValue + 1))
      $0.module = self.module
      $0.message = self.message
      // A name used twice keeps its last value.
      $0.fields = Dictionary(fields.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }
  }
}
