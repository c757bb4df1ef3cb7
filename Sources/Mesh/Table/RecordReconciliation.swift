package import Calls
import IO
import Primitives
import Security

/// Finds the records that a peer has and this node lacks, by comparing both tables: for a node that
/// has missed more than rumours and digests repair. Answers the same question of others.
package final class RecordReconciliation: TableV1.RecordsService {
  package struct Limits: Sendable {
    /// Of one exchange.
    package var records = 1 << 17
    package var messages = 512
    /// Of one message.
    package var recordsPerMessage = 256
    package var messageBytes = 2 << 20
    /// Exchanges that are answered at a time.
    package var answering = 8
    package var time = Duration.seconds(60)
    /// How long the other side may be silent.
    package var silence = Duration.seconds(15)

    package init() {}
  }

  private let limits: Limits
  private let shelf: @Sendable () async -> RecordShelf
  /// Whom this node answers now.
  private let answering = Locked<Set<NodeID>>([])

  /// `shelf`: all live records as they are now, as `GossipExchange.shelf` gives them.
  package init(
    limits: Limits = Limits(), shelf: @escaping @Sendable () async -> RecordShelf
  ) {
    self.limits = limits
    self.shelf = shelf
  }

  // MARK: - Asking

  /// The records that the peer has and this node has not, or not in that version. Nothing is
  /// checked yet but that they can be read.
  package func missing(from peer: any Caller) async throws -> [SignedRecord] {
    let shelf = await shelf()
    var options = CallOptions()
    options.deadline = Deadline(.now().advanced(by: limits.time))
    return try await TableV1.RecordsClient(peer).reconcile(options: options) { conversation in
      let found = try await self.compare(shelf, conversation)
      try await conversation.finish()
      return found
    }
  }

  private func compare(
    _ shelf: RecordShelf,
    _ conversation: Conversation<TableV1.RecordComparison, TableV1.RecordComparison>
  ) async throws -> [SignedRecord] {
    var reconciler = Reconciler(shelf.items, limits: RecordShelf.limits)
    var found: [NodeID: SignedRecord] = [:]
    var next: [UInt8]? = reconciler.begin()
    var count = 0
    while let message = next {
      try await conversation.requests.write(TableV1.RecordComparison { $0.message = message })
      next = nil
      var hasMore = true
      while hasMore {
        guard let reply = try await conversation.replies.next(limits: reading) else {
          return Array(found.values)
        }
        count += 1
        guard count <= limits.messages else {
          throw NetworkError(.violation, "comparing tables takes more than \(count - 1) answers")
        }
        try take(reply.records, shelf, into: &found)
        hasMore = reply.hasMore
        if !reply.message.isEmpty {
          guard next == nil else {
            throw NetworkError(.violation, "an answer about the table compares twice")
          }
          next = try reconciler.receive(reply.message).reply ?? []
        }
      }
      // Nothing is left to say, but what the last answer asked for was sent with it.
      if next?.isEmpty == true { next = nil }
    }
    return Array(found.values)
  }

  private func take(
    _ wires: [TableV1.SignedRecord], _ shelf: RecordShelf, into found: inout [NodeID: SignedRecord]
  ) throws(NetworkError) {
    for wire in wires {
      let record = try SignedRecord(payload: wire.payload, signature: wire.signature)
      // It was asked for what is missing here, and each once.
      guard !shelf.has(record), found.updateValue(record, forKey: record.id) == nil,
        found.count <= limits.records
      else {
        throw NetworkError(.violation, "the peer sends records that nobody asked for")
      }
    }
  }

  // MARK: - Answering

  package func reconcile(
    _ requests: MessageReader<TableV1.RecordComparison>,
    _ replies: MessageWriter<TableV1.RecordComparison>, _ context: CallContext
  ) async throws {
    guard case .node(let peer) = context.principal else {
      throw Status(.permissionDenied, "Only members of the network compare their tables.")
    }
    let isFree = answering.withLock { set in
      set.count < limits.answering && set.insert(peer).inserted
    }
    guard isFree else {
      throw Status(.resourceExhausted, "The table is being compared already; try again later.")
    }
    defer { answering.withLock { _ = $0.remove(peer) } }
    do { try await answer(requests, replies) } catch let error as NetworkError {
      throw Status(error.code == .violation ? .invalidArgument : .unavailable, error.message)
    } catch let failure as DecodingFailure {
      throw Status(.invalidArgument, "A comparison of tables cannot be read: \(failure)")
    }
  }

  private func answer(
    _ requests: MessageReader<TableV1.RecordComparison>,
    _ replies: MessageWriter<TableV1.RecordComparison>
  ) async throws {
    let shelf = await shelf()
    var reconciler = Reconciler(shelf.items, limits: RecordShelf.limits)
    var count = 0
    while let request = try await inTime({ try await requests.next(limits: self.reading) }) {
      count += 1
      guard count <= limits.messages, request.records.isEmpty else {
        throw NetworkError(.violation, "a comparison of tables breaks the rules")
      }
      let step = try reconciler.receive(request.message)
      var toSend = step.toSend[...]
      repeat {
        let part = toSend.prefix(limits.recordsPerMessage)
        toSend = toSend.dropFirst(part.count)
        let reply = TableV1.RecordComparison {
          $0.records = part.compactMap { item in
            shelf[item.key].map { record in
              TableV1.SignedRecord {
                $0.payload = record.payload
                $0.signature = record.signature
              }
            }
          }
          $0.hasMore = !toSend.isEmpty
          if toSend.isEmpty { $0.message = step.reply ?? [] }
        }
        try await inTime { try await replies.write(reply) }
      } while !toSend.isEmpty
    }
  }

  private var reading: WireReader.Limits {
    var reading = WireReader.Limits()
    reading.size = limits.messageBytes
    reading.elements = limits.recordsPerMessage
    reading.depth = 4
    return reading
  }

  /// Whoever is silent for long is not waited for.
  private func inTime<Answer: Sendable>(
    _ body: @escaping @Sendable () async throws -> Answer
  ) async throws -> Answer {
    guard let loop = EventLoop.current else { fatalError("tables are compared on a loop") }
    return try await withThrowingTaskGroup(of: Answer?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await loop.sleep(for: self.limits.silence)
        return nil
      }
      defer { group.cancelAll() }
      guard let answer = try await group.next() ?? nil else {
        throw NetworkError(.timedOut, "the other side of a comparison was silent for too long")
      }
      return answer
    }
  }
}
