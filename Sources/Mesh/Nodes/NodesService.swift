package import Calls
package import IO
import Primitives

/// What people and programs ask about the nodes of the network.
package struct NodesService: NodesV1.NodesService {
  package struct Limits: Sendable {
    /// Of one message of a list.
    package var rows = 256
    /// Between two lists of a watch.
    package var shortestInterval = Duration.milliseconds(500)
    package var longestInterval = Duration.seconds(3600)
    package var longestTest = Duration.seconds(60)
    package var largestTest: UInt64 = 16 << 30
    package var explaining = Duration.seconds(30)
    package var longestExplaining = Duration.seconds(120)
    package init() {}
  }

  private let view: any NetworkView
  private let tester: SpeedTester
  private let stop: Gate
  private let limits: Limits
  private let tryAddresses: (@Sendable ([Endpoint]) -> Void)?

  /// Streams that nobody ends do so when `stop` opens. `tryAddresses` looks for members of this
  /// network at addresses that are mere hearsay.
  package init(
    _ view: any NetworkView, tester: SpeedTester, until stop: Gate, limits: Limits = Limits(),
    tryAddresses: (@Sendable ([Endpoint]) -> Void)? = nil
  ) {
    self.view = view
    self.tester = tester
    self.stop = stop
    self.limits = limits
    self.tryAddresses = tryAddresses
  }

  // MARK: - The table

  package func list(
    _ request: NodesV1.ListRequest, _ replies: MessageWriter<NodesV1.Rows>,
    _ context: CallContext
  ) async throws {
    let selection = try selection(request.sort, request.where)
    try await send(selection, into: replies)
  }

  package func watch(
    _ request: NodesV1.WatchRequest, _ replies: MessageWriter<NodesV1.Rows>,
    _ context: CallContext
  ) async throws {
    let selection = try selection(request.sort, request.where)
    let asked = Duration.milliseconds(Int64(request.intervalMilliseconds))
    let interval = min(max(asked, limits.shortestInterval), limits.longestInterval)
    try await untilStopped {
      guard let loop = EventLoop.current else { preconditionFailure("calls run on loops") }
      while true {
        let change = view.tableChanges.next()
        try await send(selection, into: replies)
        await change.wait()
        try await loop.sleep(for: interval)
      }
    }
  }

  private func selection(_ sort: String, _ filter: String) throws -> Selection {
    try refusing {
      try Selection(sort: sort.isEmpty ? nil : sort, filter: filter.isEmpty ? nil : filter)
    }
  }

  private func send(
    _ selection: Selection, into replies: MessageWriter<NodesV1.Rows>
  ) async throws {
    let now = WallTime.now()
    let rows = try view.withTable { table throws(NetworkError) in
      table.select(selection, at: now)
    }
    var rest = rows[...]
    repeat {
      let part = rest.prefix(limits.rows)
      rest = rest.dropFirst(limits.rows)
      let message = NodesV1.Rows {
        $0.rows = part.map { $0.message(at: now) }
        $0.isLast = rest.isEmpty
      }
      try await replies.write(message)
    } while !rest.isEmpty
  }

  package func show(
    _ request: NodesV1.ShowRequest, _ context: CallContext
  ) async throws -> NodesV1.ShowReply {
    let row = try find(request.node)
    return NodesV1.ShowReply { $0.row = row.message(at: .now()) }
  }

  private func find(_ text: String) throws -> NodeRow {
    try refusing {
      try view.withTable { table throws(NetworkError) in try table.find(text) }
    }
  }

  // MARK: - Measuring

  package func ping(
    _ request: NodesV1.PingRequest, _ replies: MessageWriter<NodesV1.PingReply>,
    _ context: CallContext
  ) async throws {
    let row = try find(request.node)
    let pinger = try refusing { try Pinger(view, to: row, request) }
    try await untilStopped { try await pinger.run(into: replies) }
  }

  package func speed(
    _ request: NodesV1.SpeedRequest, _ replies: MessageWriter<NodesV1.SpeedReply>,
    _ context: CallContext
  ) async throws {
    let row = try find(request.node)
    var limits = SpeedTest.Limits()
    if request.milliseconds > 0 { limits.time = .milliseconds(Int64(request.milliseconds)) }
    if request.bytes > 0 { limits.bytes = request.bytes }
    guard limits.time <= self.limits.longestTest, limits.bytes <= self.limits.largestTest else {
      throw Status(
        .invalidArgument,
        "A test takes at most \(self.limits.longestTest.text) and "
          + "\(ByteSize(Int64(clamping: self.limits.largestTest)).rounded) each way.")
    }
    try await untilStopped { [limits] in
      guard let loop = EventLoop.current else { preconditionFailure("calls run on loops") }
      let result = try await refusing {
        try await tester.measure(row.id, limits: limits) { progress in
          // The test runs on the loop of the link; the caller may be on another.
          try await loop.run { try await replies.write(message(row, progress)) }
        }
      }
      var last = message(row, result.download)
      last.result = result.message
      try await replies.write(last)
    }
  }

  private func message(
    _ row: NodeRow, _ progress: SpeedTest.Progress
  ) -> NodesV1.SpeedReply {
    NodesV1.SpeedReply {
      $0.id = row.id.description
      $0.name = row.name
      $0.path = path(to: row)
      $0.direction = progress.direction == .upload ? .upload : .download
      $0.bytes = progress.bytes
      $0.nanoseconds = UInt64(clamping: progress.took.nanoseconds)
    }
  }

  private func path(to row: NodeRow) -> String {
    // A node that is gone from the table has no path either.
    let path = try? view.withTable { table throws(NetworkError) in table[row.id]?.path }
    return path?.rawValue ?? ""
  }

  package func stream(
    _ request: NodesV1.StreamRequest, _ replies: MessageWriter<NodesV1.StreamReply>,
    _ context: CallContext
  ) async throws {
    let row = try find(request.node)
    let test = try refusing { try StreamTest(request) }
    let probe = ProbeV1.ProbeClient(try refusing { try view.caller(to: row.id) })
    try await untilStopped {
      guard let loop = EventLoop.current else { preconditionFailure("calls run on loops") }
      try await test.run(over: probe) { report in
        // The stream runs on the loop of the link; the caller may be on another.
        try await loop.run { try await replies.write(message(row, report)) }
      }
    }
  }

  private func message(_ row: NodeRow, _ report: StreamTest.Report) -> NodesV1.StreamReply {
    NodesV1.StreamReply {
      $0.id = row.id.description
      $0.name = row.name
      $0.path = path(to: row)
      $0.nanoseconds = UInt64(clamping: report.took.nanoseconds)
      $0.upload = report.upload.message
      $0.download = report.download.message
    }
  }

  package func explain(
    _ request: NodesV1.ExplainRequest, _ context: CallContext
  ) async throws -> NodesV1.ExplainReply {
    let row = try find(request.node)
    let asked =
      request.timeoutMilliseconds == 0
      ? limits.explaining : .milliseconds(Int64(request.timeoutMilliseconds))
    let deadline = Instant.now().advanced(by: min(asked, limits.longestExplaining))
    let report = try await refusing {
      try await view.explain(row.id, deadline: deadline)
    }
    var reply = report.message(to: row)
    reply.path = path(to: row)
    return reply
  }

  // MARK: - The table of P2PRC

  package func exportTable(
    _ request: NodesV1.ExportTableRequest, _ context: CallContext
  ) async throws -> NodesV1.ExportTableReply {
    let json = try view.withTable { table throws(NetworkError) in LegacyTable.json(table.rows) }
    return NodesV1.ExportTableReply { $0.json = json.pretty + "\n" }
  }

  package func importTable(
    _ request: NodesV1.ImportTableRequest, _ context: CallContext
  ) async throws -> NodesV1.ImportTableReply {
    let entries = try refusing { try LegacyTable.read(Array(request.json.utf8)) }
    let known = try view.withTable { table throws(NetworkError) in
      Self.namesByAddress(table.rows)
    }
    var hearsay: [Endpoint] = []
    let messages = entries.map { entry in
      let name = entry.addresses.lazy.compactMap { known[$0] }.first
      let endpoints = name == nil ? entry.addresses.compactMap { Endpoint($0) } : []
      hearsay += endpoints
      return NodesV1.ImportedEntry {
        $0.name = entry.name
        $0.addresses = entry.addresses
        $0.knownAs = name ?? ""
        $0.isTried = tryAddresses != nil && !endpoints.isEmpty
      }
    }
    if !hearsay.isEmpty { tryAddresses?(hearsay) }
    return NodesV1.ImportTableReply { $0.entries = messages }
  }

  private static func namesByAddress(_ rows: some Sequence<NodeRow>) -> [String: String] {
    var names: [String: String] = [:]
    for row in rows where row.state.isLive {
      for address in row.record.addresses { names[address] = row.name }
    }
    return names
  }

  // MARK: -

  private func untilStopped(_ body: @escaping @Sendable () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await body() }
      group.addTask { [stop] in
        await stop.wait()
        try Task.checkCancellation()
        throw Status(.unavailable, "The node is stopping.")
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }
}

private func refusing<Result>(_ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as NetworkError {
    throw Status(refusing: error)
  }
}
