import IO

/// One event of an event stream (WHATWG HTML, 9.2).
package struct ServerEvent: Sendable, Equatable {
  package var id: String?
  package var event: String?
  package var data: String
  /// How long a client waits before it connects again.
  package var retry: Duration?

  package init(data: String, event: String? = nil, id: String? = nil, retry: Duration? = nil) {
    self.data = data
    self.event = event
    self.id = id
    self.retry = retry
  }

  /// Line breaks within the data become lines of data; elsewhere they are left out, so that no
  /// value can begin a field or an event of its own.
  package var bytes: [UInt8] {
    var out: [UInt8] = []
    if let id { Self.line("id: ", id.utf8, to: &out) }
    if let event { Self.line("event: ", event.utf8, to: &out) }
    if let retry { Self.line("retry: ", String(retry.milliseconds).utf8, to: &out) }
    var line: [UInt8] = []
    var previous: UInt8 = 0
    for byte in data.utf8 {
      if byte == LineBytes.cr || byte == LineBytes.lf {
        // CR LF is one break.
        if byte == LineBytes.cr || previous != LineBytes.cr {
          Self.line("data: ", line, to: &out)
          line = []
        }
      } else {
        line.append(byte)
      }
      previous = byte
    }
    Self.line("data: ", line, to: &out)
    out.append(LineBytes.lf)
    return out
  }

  private static func line(
    _ name: StaticString, _ value: some Sequence<UInt8>, to out: inout [UInt8]
  ) {
    HeadWriter.append(name, to: &out)
    for byte in value where byte != LineBytes.cr && byte != LineBytes.lf && byte != 0 {
      out.append(byte)
    }
    out.append(LineBytes.lf)
  }
}

/// Sends events as they come, and a comment now and then so that nobody between takes the
/// connection for dead.
/// Guard: confinement to the exchange's loop.
package final class EventStream: @unchecked Sendable {
  private let exchange: any Exchange
  private var busy: Gate?
  private var isQuiet = true

  private init(_ exchange: any Exchange) { self.exchange = exchange }

  /// The last event a client has seen, when it connects again.
  package static func lastEventID(_ request: Request) -> String? {
    request.headers["last-event-id"]
  }

  /// An answer whose events `body` sends; it is cancelled when the client has gone.
  package static func response(
    keepAlive: Duration = .seconds(15),
    _ body: @escaping @Sendable (EventStream) async throws -> Void
  ) -> Response {
    let headers: Headers = [
      "content-type": "text/event-stream", "cache-control": "no-store",
      "x-accel-buffering": "no",
    ]
    return .stream(headers: headers) { exchange in
      let stream = EventStream(exchange)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await stream.keepAlive(every: keepAlive) }
        group.addTask { try await body(stream) }
        defer { group.cancelAll() }
        // Either `body` has said everything or the client has gone.
        try await group.next()
      }
      return nil
    }
  }

  /// Waits while the client is slow; throws when it is gone.
  package func send(_ event: ServerEvent) async throws {
    isQuiet = false
    try await write(event.bytes)
  }

  private func keepAlive(every interval: Duration) async throws {
    guard let loop = EventLoop.current else { return }
    while true {
      try await loop.sleep(for: interval)
      if isQuiet { try await write(Array(":\n\n".utf8)) }
      isQuiet = true
    }
  }

  /// One writer at a time.
  private func write(_ bytes: [UInt8]) async throws {
    while let gate = busy {
      await gate.wait()
      try Task.checkCancellation()
    }
    let gate = Gate()
    busy = gate
    defer {
      busy = nil
      gate.open()
    }
    try await exchange.write(bytes)
  }
}

extension Duration {
  fileprivate var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
  }
}
