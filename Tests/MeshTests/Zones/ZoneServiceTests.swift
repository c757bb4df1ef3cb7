import Calls
import IO
import Primitives
import Simulation
import Testing

@testable import Mesh

@Suite struct ZoneServiceTests {
  /// The zones that belong into the nodes' records.
  private final class Told: Sendable {
    let zones = Locked<[NodeID: ZonePrefix]>([:])
  }

  /// Nodes with the index, on one loop.
  /// Guard: confinement to the loop of `nodes`.
  private final class Rig: @unchecked Sendable {
    let nodes: WiredNodes
    let ids: [NodeID]
    private(set) var services: [ZoneService] = []
    let told = Told()
    private(set) var random = SeededRandom(seed: 5)

    init(_ count: Int, on nodes: WiredNodes, planner: ZonePlanner.Limits) {
      self.nodes = nodes
      var ids: [NodeID] = []
      for number in 0..<count {
        // Every other one in the upper half, so that halves are even.
        var words = random.bytes32().words
        words.0 = words.0 >> 1 | UInt64(number % 2) << 63
        ids.append(NodeID(Bytes32(words: words)))
      }
      self.ids = ids
      var limits = ZoneService.Limits()
      limits.core.planner = planner
      limits.core.putTimeout = .milliseconds(100)
      limits.core.compareInterval = .milliseconds(50)
      limits.core.compareTimeout = .milliseconds(300)
      limits.core.findTimeout = .milliseconds(100)
      limits.core.settling = .milliseconds(200)
      limits.streams.shortestPause = .milliseconds(5)
      for id in ids {
        let service = ZoneService(
          own: id, seed: random.next(), limits: limits, callers: nodes.callers(of: id)
        ) { [told] zone in told.zones.withLock { $0[id] = zone } }
        nodes.answer(id, service.handlers)
        services.append(service)
        _ = nodes.start(service)
      }
      for (id, service) in zip(ids, services) {
        service.membersChanged(joined: ids.filter { $0 != id }, left: [])
      }
    }

    func entry(_ version: UInt64 = 1) -> ZoneEntry {
      ZoneEntry(
        key: random.bytes32(), version: version,
        expiresAt: WallTime.now().advanced(by: .seconds(10_000)), payload: [1, 2, 3])
    }
  }

  private func withIndex(
    _ count: Int, planner: ZonePlanner.Limits = ZonePlanner.Limits(),
    _ body: (Rig) async throws -> Void
  ) async throws {
    try await withWiredNodes { try await body(Rig(count, on: $0, planner: planner)) }
  }

  private func keys(_ entry: ZoneEntry) -> KeyRange {
    var words = entry.key.words
    words.3 += 1
    return KeyRange(lower: entry.key, upper: Bytes32(words: words))
  }

  @Test(arguments: [1, 2, 5])
  func `what is put at one node is found at every other`(count: Int) async throws {
    try await withIndex(count) { rig in
      let entry = rig.entry()
      try await rig.services[0].put([entry])
      for service in rig.services {
        #expect(try await service.find(keys(entry)).entries == [entry])
      }
      #expect(rig.services[0].zone == .root)
      #expect(rig.services[0].status.zones.map(\.members.count) == [count])
    }
  }

  @Test func `zones split when there are enough nodes, and nothing is lost`() async throws {
    var planner = ZonePlanner.Limits()
    planner.splitHold = .milliseconds(300)
    planner.minimum = 3
    planner.half = 4
    try await withIndex(8, planner: planner) { rig in
      let entries = (0..<40).map { _ in rig.entry() }
      try await rig.services[0].put(entries)
      try await rig.nodes.eventually {
        rig.services.allSatisfy { $0.status.zones.count == 2 && $0.zone.length == 1 }
      }
      let zones = rig.told.zones.withLock { $0 }
      for (id, service) in zip(rig.ids, rig.services) {
        #expect(zones[id] == service.zone && service.zone.contains(id.key))
      }
      try await rig.nodes.eventually {
        rig.services.reduce(0) { $0 + $1.status.entries } == 4 * entries.count
      }
      for entry in entries.prefix(5) {
        let found = try await rig.services[7].find(keys(entry)).entries
        #expect(found == [entry])
      }
    }
  }

  @Test func `who leaves gives away what it alone has`() async throws {
    try await withIndex(4) { rig in
      let entry = rig.entry()
      let leaver = rig.services[3]
      try await leaver.put([entry])
      await leaver.leave()
      #expect(leaver.status.entries == 0)
      for service in rig.services.dropLast() {
        service.membersChanged(joined: [], left: [rig.ids[3]])
      }
      rig.nodes.kill(rig.ids[3])
      for service in rig.services.dropLast() {
        #expect(try await service.find(keys(entry)).entries == [entry])
      }
    }
  }

  @Test func `links that break delay a put and do not lose it`() async throws {
    try await withIndex(3) { rig in
      let all = rig.ids.flatMap { left in rig.ids.map { (left, $0) } }
      for (left, right) in all where left != right {
        rig.nodes.cut(left, right, forGood: true)
      }
      let isStored = Locked(false)
      let entry = rig.entry()
      rig.nodes.tasks.start {
        do {
          try await rig.services[0].put([entry])
          isStored.withLock { $0 = true }
        } catch { Issue.record(error) }
      }
      try await rig.nodes.eventually { rig.services[0].status.entries == 1 }
      #expect(isStored.withLock { !$0 })
      rig.nodes.mend()
      try await rig.nodes.eventually { isStored.withLock { $0 } }
      #expect(rig.services.allSatisfy { $0.status.entries == 1 })
    }
  }

  @Test func `a put that nobody answers fails, and who gives up leaves nothing`() async throws {
    try await withIndex(3) { rig in
      for id in rig.ids.dropFirst() { rig.nodes.kill(id) }
      let error = await #expect(throws: NetworkError.self) {
        try await rig.services[0].put([rig.entry()])
      }
      #expect(error?.code == .timedOut)
      let large = ZoneEntry(
        key: .zero, version: 1, expiresAt: .now(), payload: [UInt8](repeating: 1, count: 1_025))
      let refusal = await #expect(throws: NetworkError.self) {
        try await rig.services[0].put([large])
      }
      #expect(refusal?.code == .violation)
    }
  }

  @Test func `a peer that sends what is too large loses its stream`() async throws {
    try await withIndex(2) { rig in
      let client = ZonesV1.ZonesClient(
        try rig.nodes.caller(from: .numbered(66), to: rig.ids[0]))
      var entry = rig.entry()
      entry.payload = [UInt8](repeating: 1, count: 1_025)
      let message = ZoneMessage.put(request: 1, entries: [entry])
      let failure = await #expect(throws: Status.self) {
        try await client.exchange { conversation in
          try await conversation.requests.write(message.wire)
          while try await conversation.replies.next() != nil {}
        }
      }
      #expect(failure?.code == .invalidArgument)
      #expect(rig.services[0].status.entries == 0)
    }
  }
}
