import Calls
import IO
import Primitives
import Security
import Simulation
import Store
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
    private(set) var disks: [StubbornDriver] = []
    private var scopes: [ComponentScope] = []
    private let limits: ZoneService.Limits
    let told = Told()
    private let publisher = SigningKey()
    private(set) var random = SeededRandom(seed: 5)

    init(_ count: Int, on nodes: WiredNodes, planner: ZonePlanner.Limits) async throws {
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
      limits.savePause = .milliseconds(5)
      self.limits = limits
      for _ in ids {
        let disk = StubbornDriver(try MemoryDatabase())
        try await disk.migrate([ZoneArchive.schema], at: WallTime(nanoseconds: 0))
        disks.append(disk)
      }
      try await startAll()
    }

    private func startAll() async throws {
      for (id, disk) in zip(ids, disks) {
        let archive = ZoneArchive(disk)
        let service = ZoneService(
          own: id, seed: random.next(), restored: try await archive.load(), archive: archive,
          limits: limits, callers: nodes.callers(of: id)
        ) { [told] zone in told.zones.withLock { $0[id] = zone } }
        nodes.answer(id, service.handlers)
        services.append(service)
        scopes.append(nodes.start(service))
      }
      for (id, service) in zip(ids, services) {
        service.membersChanged(joined: ids.filter { $0 != id }, left: [])
      }
    }

    /// All at once lose what is in memory.
    func restartAll() async throws {
      for scope in scopes { scope.stopGate.open() }
      for id in ids { nodes.kill(id) }
      (services, scopes) = ([], [])
      try await startAll()
    }

    func entry() -> ZoneEntry { entry(term: random.bytes32(), version: 1, [1, 2, 3]) }

    func newer(_ entry: ZoneEntry) -> ZoneEntry { self.entry(term: entry.key, version: 2, [9]) }

    private func entry(term: Bytes32, version: UInt64, _ payload: [UInt8]) -> ZoneEntry {
      ZoneEntry(
        term: term, subject: .zero, version: version,
        expiresAt: WallTime.now().advanced(by: .seconds(10_000)), payload: payload, by: publisher)
    }
  }

  private func withIndex(
    _ count: Int, planner: ZonePlanner.Limits = ZonePlanner.Limits(),
    _ body: (Rig) async throws -> Void
  ) async throws {
    try await withWiredNodes { try await body(try await Rig(count, on: $0, planner: planner)) }
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
      // Who is not alone hears what the others have first.
      #expect(rig.services[0].status.isSettled == (count == 1))
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

  @Test func `when every node is killed at once, all that was stored is found, zones as they were`()
    async throws
  {
    var planner = ZonePlanner.Limits()
    planner.splitHold = .milliseconds(300)
    planner.minimum = 3
    planner.half = 4
    try await withIndex(8, planner: planner) { rig in
      let entries = (0..<40).map { _ in rig.entry() }
      try await rig.services[0].put(entries)
      try await rig.nodes.eventually {
        rig.services.allSatisfy { $0.status.zones.count == 2 }
          && rig.services.reduce(0) { $0 + $1.status.entries } == 4 * entries.count
      }
      let zones = rig.services.map(\.zone)
      let newer = rig.newer(entries[0])
      try await rig.services[3].put([newer])
      try await rig.restartAll()
      #expect(rig.services.map(\.zone) == zones)
      #expect(rig.services.reduce(0) { $0 + $1.status.entries } >= 3 * entries.count)
      for entry in [newer] + entries.dropFirst() {
        #expect(try await rig.services[7].find(keys(entry)).entries == [entry])
      }
    }
  }

  @Test func `nothing counts as stored, and nobody is told so, before it is on disk`()
    async throws
  {
    try await withIndex(3) { rig in
      for disk in rig.disks.dropFirst() { disk.refuse(true) }
      let isStored = Locked(false)
      let entry = rig.entry()
      rig.nodes.tasks.start {
        do {
          try await rig.services[0].put([entry])
          isStored.withLock { $0 = true }
        } catch { Issue.record(error) }
      }
      try await rig.nodes.eventually { rig.disks.dropFirst().allSatisfy { $0.refused > 3 } }
      #expect(isStored.withLock { !$0 })
      for disk in rig.disks { disk.refuse(false) }
      try await rig.nodes.eventually { isStored.withLock { $0 } }
      for disk in rig.disks {
        let kept = try await ZoneArchive(disk).load()
        #expect(kept.contains(.entry(entry)))
      }
    }
  }

  @Test func `what is dropped or over is gone from the disk`() async throws {
    let archive = ZoneArchive(try await migrated())
    var random = SeededRandom(seed: 2)
    var entries: [ZoneEntry] = []
    for number in 0..<20 {
      let time = WallTime(nanoseconds: Int64(number) * 100)
      let version = UInt64.max - UInt64(number)
      entries.append(
        ZoneEntry(
          term: random.bytes32(), subject: .zero, version: version, expiresAt: time,
          payload: [UInt8(number)], isRemoved: number % 5 == 0, by: SigningKey()))
    }
    let decision = ZoneMap.Decision(prefix: .root.halves.1, number: .max, isSplit: true)
    let writes: [ZoneWrite] = entries.map { ZoneWrite.entry($0) }
    try await archive.save(writes + [ZoneWrite.decision(decision)])
    #expect(
      Set(try await archive.load().compactMap(\.asEntry)) == Set(entries))
    let (low, high) = (ZonePrefix.root.halves.0.keys, ZonePrefix.root.halves.1.keys)
    try await archive.save([.expired(WallTime(nanoseconds: 500)), .dropped(low)])
    let left = entries.filter { $0.expiresAt.nanoseconds > 500 && high.contains($0.key) }
    #expect(!left.isEmpty && left.count < 14)
    #expect(Set(try await archive.load().compactMap(\.asEntry)) == Set(left))
    try await archive.save([.dropped(high)])
    #expect(try await archive.load() == [.decision(decision)])
    try await archive.clear()
    #expect(try await archive.load().isEmpty)
  }

  private func migrated() async throws -> any Driver {
    let driver = try MemoryDatabase()
    try await driver.migrate([ZoneArchive.schema], at: WallTime(nanoseconds: 0))
    return driver
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
        term: .zero, subject: .zero, version: 1, expiresAt: .now(),
        payload: [UInt8](repeating: 1, count: 1_025), by: SigningKey())
      let refusal = await #expect(throws: NetworkError.self) {
        try await rig.services[0].put([large])
      }
      #expect(refusal?.code == .violation)
    }
  }

  @Test(arguments: [true, false])
  func `a peer that sends what is too large, or another's, loses its stream`(isTooLarge: Bool)
    async throws
  {
    try await withIndex(2) { rig in
      let client = ZonesV1.ZonesClient(
        try rig.nodes.caller(from: .numbered(66), to: rig.ids[0]))
      let entry = rig.entry()
      try await rig.services[1].put([entry])
      var wrong = entry
      wrong.version += 1
      if isTooLarge {
        wrong.payload = [UInt8](repeating: 1, count: 1_025)
      } else {
        (wrong.isRemoved, wrong.payload) = (true, [])
      }
      let message = ZoneMessage.put(request: 1, entries: [wrong])
      let failure = await #expect(throws: Status.self) {
        try await client.exchange { conversation in
          try await conversation.requests.write(message.wire)
          while try await conversation.replies.next() != nil {}
        }
      }
      #expect(failure?.code == .invalidArgument)
      #expect(try await rig.services[0].find(keys(entry)).entries == [entry])
    }
  }
}

extension ZoneWrite {
  fileprivate var asEntry: ZoneEntry? {
    if case .entry(let entry) = self { entry } else { nil }
  }
}
