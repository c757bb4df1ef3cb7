import Calls
import HTTP
import IO
import Mesh
import Primitives
import Security
import Simulation
import Store
import Testing

@testable import Blobs

/// Nodes with placement keepers, joined in memory by connections that are made when first called.
/// Guard: confinement to `loop`.
final class KeeperRig: @unchecked Sendable {
  struct Node {
    var key: SigningKey
    var keeper: PlacementKeeper
    var index: ShareIndex
    var server: CallServer
    var scope: ComponentScope
    var driver: MemoryDatabase
  }

  let loop: EventLoop
  let tasks: TaskSet
  let zones = MemoryZones()
  private(set) var nodes: [NodeID: Node] = [:]
  private(set) var ids: [NodeID] = []
  /// Which node has which blobs.
  let blobs = Locked<[NodeID: Set<BlobID>]>([:])
  private var wires: [[NodeID]: (connection: FrameClientConnection, ends: [MemoryTransport])] = [:]
  private(set) var failures: [any Error] = []

  init(on loop: EventLoop) {
    self.loop = loop
    tasks = TaskSet(on: loop)
  }

  private var limits: PlacementKeeper.Limits {
    var limits = PlacementKeeper.Limits()
    limits.core.start = .milliseconds(20)
    limits.core.gathering = .milliseconds(10)
    limits.core.grace = .milliseconds(300)
    limits.core.settling = .milliseconds(50)
    limits.core.answer = .milliseconds(500)
    limits.core.letGoPause = .milliseconds(100)
    limits.streams.shortestPause = .milliseconds(5)
    return limits
  }

  func add(_ key: SigningKey = SigningKey()) async throws {
    let id = key.id
    let driver = try MemoryDatabase()
    try await driver.migrate([ShareShelf.schema], at: WallTime(nanoseconds: 0))
    let shelf = ShareShelf(driver)
    let index = ShareIndex(zones: zones, key: key, on: loop) { [self] in nodes[$0] != nil }
    let blobs = Copies(rig: self, own: id)
    let keeper = PlacementKeeper(
      own: id, seed: 7, restored: try await shelf.load(), shelf: shelf, index: index,
      work: PlacementKeeper.Work(fetch: blobs.fetch, drop: blobs.drop), limits: limits
    ) { [self] peer in try caller(from: id, to: peer) }
    var permissions = Permissions()
    permissions.members = [.placement]
    let server = CallServer(
      keeper.handlers, permissions: permissions,
      identify: { info in info.peerKey.map { .node($0) } ?? .anonymous(isLoopback: true) })
    let scope = ComponentScope()
    nodes[id] = Node(
      key: key, keeper: keeper, index: index, server: server, scope: scope, driver: driver)
    ids.append(id)
    tasks.start { [self] in
      do { try await keeper.run(scope) } catch { failures.append(error) }
    }
  }

  func introduceAll() {
    let all = ids.map { PlacementCandidate(id: $0) }
    for node in nodes.values { node.keeper.membersChanged(all, left: []) }
  }

  func kill(_ id: NodeID) {
    guard let node = nodes.removeValue(forKey: id) else { return }
    node.scope.stopGate.open()
    ids.removeAll { $0 == id }
    for (way, wire) in wires where way.contains(id) {
      for end in wire.ends { end.close() }
      wires[way] = nil
    }
    blobs.withLock { $0[id] = nil }
    for other in nodes.values { other.keeper.membersChanged([], left: [id]) }
  }

  /// Which nodes have it, the first of all first.
  func holders(of blob: BlobID) -> [NodeID] {
    blobs.withLock { blobs in ids.filter { blobs[$0]?.contains(blob) ?? false } }
  }

  func share(_ share: Share, by key: SigningKey) throws -> SignedShare {
    let node = try #require(nodes[key.id])
    let signed = try node.index.sign(share)
    blobs.withLock { _ = $0[key.id, default: []].insert(share.blob) }
    node.keeper.add(signed)
    return signed
  }

  private func caller(from: NodeID, to: NodeID) throws -> any Caller {
    loop.checkIsCurrent("caller")
    guard let node = nodes[to] else { throw NetworkError(.unreachable, "there is no way") }
    if wires[[from, to]] == nil {
      let (near, far) = MemoryTransport.pair(on: loop, capacity: 64 << 10)
      let info = ConnectionInfo(
        version: .http2, peer: .loopback(port: 1), isSecure: false, peerKey: from)
      let answering = try FrameServerConnection(
        transport: far, info: info, handler: node.server, limits: ServerLimits())
      let asking = try FrameClientConnection(transport: near, isSecure: false)
      tasks.start { await answering.serve() }
      tasks.start { await asking.run() }
      wires[[from, to]] = (asking, [near, far])
    }
    guard let wire = wires[[from, to]] else { throw NetworkError(.unreachable, "there is no way") }
    return CallClient(wire.connection, on: loop, authority: "test")
  }

  /// Returns once something holds that others bring about; an issue when it takes ten seconds.
  func eventually(
    sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
  ) async throws {
    if try await loop.comesAbout(within: .seconds(20), condition) { return }
    Issue.record("it did not come about in twenty seconds", sourceLocation: sourceLocation)
  }

  fileprivate func close() async {
    for node in nodes.values { node.scope.stopGate.open() }
    for wire in wires.values {
      wire.connection.close()
      for end in wire.ends { end.close() }
    }
    tasks.cancelAll()
    await tasks.waitForAll()
    (nodes, wires) = ([:], [:])
  }
}

/// What stands for the store and the fetcher of one node.
private struct Copies: Sendable {
  let rig: KeeperRig
  let own: NodeID

  func fetch(_ signed: SignedShare, _ sources: [NodeID]) async throws {
    let blob = signed.share.blob
    try rig.blobs.withLock { blobs in
      guard sources.contains(where: { blobs[$0]?.contains(blob) ?? false }) else {
        throw BlobError(.notFound, "nobody has it")
      }
      blobs[own, default: []].insert(blob)
    }
  }

  func drop(_ signed: SignedShare) async throws {
    rig.blobs.withLock { _ = $0[own]?.remove(signed.share.blob) }
  }
}

/// Runs `body` with nodes on a loop of their own, and ends what they do.
func withKeepers(_ body: @escaping (KeeperRig) async throws -> Void) async throws {
  let loop = try EventLoop(name: "keepers")
  defer { loop.stop() }
  try await loop.run {
    let rig = KeeperRig(on: loop)
    do {
      try await body(rig)
    } catch {
      await rig.close()
      throw error
    }
    await rig.close()
    #expect(rig.failures.isEmpty, "\(rig.failures)")
  }
}
