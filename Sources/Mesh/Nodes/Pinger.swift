package import Calls
import IO
import Primitives

/// Sends probes to one node, one after another, and tells the node table how they went.
package struct Pinger: Sendable {
  package struct Limits: Sendable {
    package var shortestInterval = Duration.milliseconds(10)
    package var longestInterval = Duration.seconds(3600)
    package var longestTimeout = Duration.seconds(60)
    package var bytes: UInt32 = 64 << 10
    package init() {}
  }

  private let view: any NetworkView
  private let row: NodeRow
  private let probe: ProbeV1.ProbeClient
  /// Nil goes on for ever.
  private let count: UInt32?
  private let interval: Duration
  private let timeout: Duration
  private let payload: [UInt8]

  package init(
    _ view: any NetworkView, to row: NodeRow, _ request: NodesV1.PingRequest,
    limits: Limits = Limits()
  ) throws(NetworkError) {
    guard request.bytes <= limits.bytes else {
      throw NetworkError(.violation, "A probe has at most \(limits.bytes) bytes.")
    }
    self.view = view
    self.row = row
    probe = ProbeV1.ProbeClient(try view.caller(to: row.id))
    count = request.count == 0 ? nil : request.count
    let interval =
      request.intervalMilliseconds == 0
      ? .seconds(1) : Duration.milliseconds(Int64(request.intervalMilliseconds))
    self.interval = min(max(interval, limits.shortestInterval), limits.longestInterval)
    let timeout =
      request.timeoutMilliseconds == 0
      ? .seconds(5) : Duration.milliseconds(Int64(request.timeoutMilliseconds))
    self.timeout = min(timeout, limits.longestTimeout)
    payload = [UInt8](repeating: 0x70, count: Int(request.bytes))
  }

  package func run(into replies: MessageWriter<NodesV1.PingReply>) async throws {
    guard let loop = EventLoop.current else { preconditionFailure("calls run on loops") }
    if path == nil { try await replies.write(try await connect()) }
    var number: UInt32 = 0
    while count.map({ number < $0 }) ?? true {
      number &+= 1
      let began = Instant.now()
      try await replies.write(try await measure(number))
      if number == count { return }
      try await loop.sleep(until: began.advanced(by: interval))
    }
  }

  /// The first probe waits for the link: that is no round trip.
  private func connect() async throws -> NodesV1.PingReply {
    switch try await send() {
    case .success(let took): reply(0, took, "")
    case .failure(let status): reply(0, nil, status.message)
    }
  }

  private func measure(_ number: UInt32) async throws -> NodesV1.PingReply {
    let result = try await send()
    try view.withTable { table throws(NetworkError) in
      switch result {
      case .success(let took): table.measured(took, to: row.id, at: .now())
      case .failure: table.missed(row.id)
      }
    }
    view.tableChanges.announce()
    return switch result {
    case .success(let took): reply(number, took, "")
    case .failure(let status): reply(number, nil, status.message)
    }
  }

  /// Throws what further probes would not change.
  private func send() async throws -> Result<Duration, Status> {
    let began = Instant.now()
    do {
      let request = ProbeV1.EchoRequest { $0.payload = payload }
      _ = try await probe.echo(request, options: CallOptions(timeout: timeout))
      return .success(began.duration(to: .now()))
    } catch let status as Status {
      try Task.checkCancellation()
      switch status.code {
      case .deadlineExceeded:
        return .failure(Status(.deadlineExceeded, "no answer within \(timeout.text)"))
      case .unavailable, .cancelled, .aborted, .resourceExhausted: return .failure(status)
      default: throw status
      }
    }
  }

  private var path: PathKind? {
    // A node that is gone from the table has no path either.
    (try? view.withTable { table throws(NetworkError) in table[row.id]?.path }) ?? nil
  }

  private func reply(
    _ number: UInt32, _ took: Duration?, _ failure: String
  ) -> NodesV1.PingReply {
    NodesV1.PingReply {
      $0.id = row.id.description
      $0.name = row.name
      $0.number = number
      $0.nanoseconds = took.map { UInt64(clamping: $0.nanoseconds) }
      $0.path = path?.rawValue ?? ""
      $0.failure = failure
    }
  }
}
