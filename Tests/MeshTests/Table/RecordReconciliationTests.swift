import Calls
import IO
import Primitives
import Testing

@testable import Mesh

@Suite struct RecordReconciliationTests {
  private let here = NodeID.numbered(1)
  private let there = NodeID.numbered(2)

  private func record(_ number: Int, sequence: UInt64 = 1) throws -> SignedRecord {
    var random = SplitMix(seed: UInt64(number))
    let id = NodeID(
      Bytes32(words: (random.next(), random.next(), random.next(), random.next())))
    let record = NodeRecord(
      id: id, sequence: sequence, name: "node\(number)", issuedAt: TableSamples.time)
    return try SignedRecord(
      payload: record.encoded, signature: [UInt8](repeating: 1, count: 64))
  }

  private func shell(
    _ records: [SignedRecord],
    limits: RecordReconciliation.Limits = RecordReconciliation.Limits()
  ) -> RecordReconciliation {
    var shelf = RecordShelf()
    shelf.fill(records)
    return RecordReconciliation(limits: limits) { [shelf] in shelf }
  }

  /// What `mine` lacks of `theirs`, and what it took to find out.
  private func compare(
    _ mine: [SignedRecord], _ theirs: [SignedRecord]
  ) async throws -> (found: [SignedRecord], meter: Meter) {
    let meter = Meter()
    let found = Locked<[SignedRecord]>([])
    try await withWiredNodes { nodes in
      nodes.answer(there, shell(theirs).handlers)
      let caller = MeteredCaller(caller: try nodes.caller(from: here, to: there), meter: meter)
      let missing = try await shell(mine).missing(from: caller)
      found.withLock { $0 = missing }
    }
    return (found.withLock { $0 }, meter)
  }

  @Test func `a few differences among 10,000 records take few turns and bytes`() async throws {
    let common = try (0..<10_000).map { try record($0) }
    let mine = try common + (20_000..<20_005).map { try record($0) }
    let newer = try (100..<105).map { try record($0, sequence: 2) }
    let theirs =
      common.enumerated().filter { !(100..<105).contains($0.offset) }.map(\.element) + newer
      + (try (30_000..<30_005).map { try record($0) })
    let (found, meter) = try await compare(mine, theirs)
    let expected = Set(theirs.map(\.fingerprint)).subtracting(mine.map(\.fingerprint))
    #expect(expected.count == 10)
    #expect(Set(found.map(\.fingerprint)) == expected && found.count == 10)
    let (turns, bytes) = meter.total
    #expect(turns <= 5, "\(turns) turns")
    #expect(bytes < 32 << 10, "\(bytes) bytes")
  }

  @Test func `equal tables are told apart from others in one turn`() async throws {
    let records = try (0..<10_000).map { try record($0) }
    let (found, meter) = try await compare(records, records.reversed())
    #expect(found.isEmpty)
    #expect(meter.total.turns == 1 && meter.total.bytes < 1_024, "\(meter.total)")
  }

  @Test(arguments: [(0, 0), (0, 1), (1, 0), (0, 3_000), (3_000, 0), (700, 2_500)])
  func `whoever lacks many gets them all`(mine: Int, theirs: Int) async throws {
    let (found, _) = try await compare(
      (0..<mine).map { try record($0) }, (0..<theirs).map { try record($0) })
    #expect(found.count == max(0, theirs - mine))
    #expect(Set(found.map(\.id)).count == found.count)
  }

  // MARK: What it costs

  @Test func `one change among 10,000 records is hashed once a side, however often is compared`()
    async throws
  {
    let records = try (0..<10_000).map { try record($0) }
    let newer = try record(4_711, sequence: 2)
    let hashes = [Shared(0), Shared(0)]
    let shelves = hashes.map { count in
      var shelf = RecordShelf { record in
        count.change { $0 += 1 }
        return RecordShelf.sha256(record)
      }
      shelf.fill(records)
      return Shared(shelf)
    }
    #expect(hashes.map(\.now) == [10_000, 10_000])
    shelves[1].change { $0.set(newer, of: newer.id) }
    try await withWiredNodes { nodes in
      nodes.answer(there, RecordReconciliation { shelves[1].now }.handlers)
      let caller = try nodes.caller(from: here, to: there)
      let mine = RecordReconciliation { shelves[0].now }
      let missing = try await mine.missing(from: caller)
      #expect(missing.map(\.fingerprint) == [newer.fingerprint])
      for record in missing { shelves[0].change { $0.set(record, of: record.id) } }
      for _ in 0..<10 { #expect(try await mine.missing(from: caller).isEmpty) }
    }
    // Here twice: when it came, to see that it is none that is held, and when it was taken.
    #expect(hashes.map(\.now) == [10_002, 10_001])
  }

  @Test func `a shelf that followed changes equals one that is filled anew`() throws {
    var random = SplitMix(seed: 7)
    var live: [NodeID: SignedRecord] = [:]
    var shelf = RecordShelf()
    for step in 0..<5_000 {
      let record = try record(random.below(300), sequence: UInt64(step + 1))
      let isThere = random.chance(0.7)
      live[record.id] = isThere ? record : nil
      shelf.set(isThere ? record : nil, of: record.id)
    }
    var fresh = RecordShelf()
    fresh.fill(live.values)
    let ranks = 0..<fresh.items.count
    #expect(!ranks.isEmpty && shelf.count == fresh.count)
    #expect(
      shelf.items.fingerprint(of: 0..<shelf.items.count) == fresh.items.fingerprint(of: ranks))
    #expect(live.values.allSatisfy { shelf.has($0) && shelf[$0.id.key] === $0 })
  }

  // MARK: Hostile ones

  /// Answers every message in the same way, without an end.
  private struct Liar: TableV1.RecordsService {
    let reply: TableV1.RecordComparison

    func reconcile(
      _ requests: MessageReader<TableV1.RecordComparison>,
      _ replies: MessageWriter<TableV1.RecordComparison>, _ context: CallContext
    ) async throws {
      while try await requests.next() != nil {
        repeat { try await replies.write(reply) } while reply.hasMore
      }
    }
  }

  private func wire(_ record: SignedRecord) -> TableV1.SignedRecord {
    TableV1.SignedRecord {
      $0.payload = record.payload
      $0.signature = record.signature
    }
  }

  private enum Lie: CaseIterable {
    case known, twice, garbage, unreadable, endless

    func fill(
      _ reply: inout TableV1.RecordComparison, known: TableV1.SignedRecord,
      fresh: TableV1.SignedRecord
    ) {
      switch self {
      case .known: reply.records = [known]
      case .twice: reply.records = [fresh, fresh]
      case .garbage: reply.message = [0xFF, 0x00, 0x13]
      case .unreadable: reply.records = [TableV1.SignedRecord { $0.payload = [0xFF] }]
      case .endless: reply.hasMore = true
      }
    }
  }

  @Test(arguments: Lie.allCases)
  private func `a peer that lies is found out`(lie: Lie) async throws {
    let known = try record(1)
    let fresh = try record(2)
    var reply = TableV1.RecordComparison()
    lie.fill(&reply, known: wire(known), fresh: wire(fresh))
    try await withWiredNodes { nodes in
      nodes.answer(there, Liar(reply: reply).handlers)
      let caller = try nodes.caller(from: here, to: there)
      let error = await #expect(throws: NetworkError.self) {
        _ = try await shell([known]).missing(from: caller)
      }
      #expect(error?.code == .violation)
    }
  }

  @Test func `a caller that breaks the rules is refused`() async throws {
    let records = try (0..<100).map { try record($0) }
    var requests = [
      TableV1.RecordComparison { $0.message = [0xFF] },
      TableV1.RecordComparison(),
    ]
    requests.append(TableV1.RecordComparison { $0.records = [wire(records[0])] })
    try await withWiredNodes { nodes in
      nodes.answer(there, shell(records).handlers)
      let client = TableV1.RecordsClient(try nodes.caller(from: here, to: there))
      for request in requests {
        let failure = await #expect(throws: Status.self) {
          try await client.reconcile { conversation in
            try await conversation.requests.write(request)
            while try await conversation.replies.next() != nil {}
          }
        }
        #expect(failure?.code == .invalidArgument)
      }
    }
  }

  @Test func `one peer has one comparison, and a silent one is not waited for`() async throws {
    var limits = RecordReconciliation.Limits()
    limits.silence = .milliseconds(50)
    let records = try (0..<10).map { try record($0) }
    try await withWiredNodes { nodes in
      nodes.answer(there, shell(records, limits: limits).handlers)
      let client = TableV1.RecordsClient(try nodes.caller(from: here, to: there))
      let codes = Locked<[Status.Code]>([])
      for _ in 0..<2 {
        nodes.tasks.start {
          do {
            try await client.reconcile { _ = try await $0.replies.next() }
          } catch { codes.withLock { $0.append((error as? Status)?.code ?? .unknown) } }
        }
      }
      try await nodes.eventually { codes.withLock { $0.count == 2 } }
      #expect(codes.withLock { $0 } == [.resourceExhausted, .unavailable])
    }
  }
}

/// Counts messages and bytes of calls.
private final class Meter: Sendable {
  private let counts = Locked((turns: 0, bytes: 0))
  var total: (turns: Int, bytes: Int) { counts.withLock { $0 } }

  func sent(_ bytes: Int) {
    counts.withLock {
      $0.turns += 1
      $0.bytes += bytes
    }
  }

  func received(_ bytes: Int) { counts.withLock { $0.bytes += bytes } }
}

private struct MeteredCaller: Caller {
  let caller: any Caller
  let meter: Meter

  struct Stream: MessageStream {
    let stream: any MessageStream
    let meter: Meter

    func next() async throws -> [UInt8]? {
      let bytes = try await stream.next()
      if let bytes { meter.received(bytes.count) }
      return bytes
    }

    func send(_ frame: [UInt8]) async throws {
      meter.sent(frame.count)
      try await stream.send(frame)
    }

    func finish() async throws { try await stream.finish() }
  }

  func call<Answer: Sendable>(
    _ method: MethodDescription, _ options: CallOptions,
    _ body: (any MessageStream) async throws -> Answer
  ) async throws -> Answer {
    try await caller.call(method, options) { try await body(Stream(stream: $0, meter: meter)) }
  }
}
