import Calls
package import IO
package import Mesh
package import Primitives
import Security

/// Files in one network: its index, and the copies that it wants.
package final class FilesTenant: NetworkTenant {
  private struct Members: Sendable {
    var live: Set<NodeID> = []
    var told: [NodeID: PlacementCandidate] = [:]
  }

  /// Between two looks at what nodes say of themselves.
  private static let lookout = Duration.seconds(10)

  package let name = "files"
  let index: ShareIndex
  let keeper: PlacementKeeper
  private let files: Files
  private let members = Locked(Members())

  init(_ files: Files, _ zones: ZoneService, _ restored: [ShelvedShare]) {
    self.files = files
    let network = files.ground.network
    let index = ShareIndex(zones: zones, key: files.ground.key, on: files.ground.home) { node in
      files.row(of: node)?.state.isLive ?? false
    }
    self.index = index
    keeper = PlacementKeeper(
      own: files.own, seed: SplitMix.freshSeed(), restored: restored, shelf: files.shelf,
      index: index,
      work: PlacementKeeper.Work(
        fetch: { try await files.fetchCopy(of: $0, from: $1, index: index) },
        drop: { try await files.drop($0) }),
      callers: { try network.caller(to: $0) })
  }

  // MARK: - Members

  package func membersChanged(joined: [NodeID], left: [NodeID]) {
    members.withLock { members in
      members.live.formUnion(joined)
      members.live.subtract(left)
      for node in left { members.told[node] = nil }
    }
    keeper.membersChanged([], left: left)
    look()
  }

  /// Tells placement of nodes that are new, or say something else of themselves than before.
  private func look() {
    let live = members.withLock { $0.live }.union([files.own])
    let candidates = live.compactMap { node in files.row(of: node).map(Self.candidate) }
    let changed = members.withLock { members in
      candidates.filter { candidate in
        guard members.live.contains(candidate.id) || candidate.id == files.own else { return false }
        return members.told.updateValue(candidate, forKey: candidate.id) != candidate
      }
    }
    if !changed.isEmpty { keeper.membersChanged(changed, left: []) }
  }

  private static func candidate(_ row: NodeRow) -> PlacementCandidate {
    let stores = row.record.roles.contains(.store)
    let specs = row.record.specs
    // Of an older program only the size is known.
    let free = specs.freeDiskBytes > 0 ? specs.freeDiskBytes : specs.diskBytes
    return PlacementCandidate(
      id: row.id,
      weight: stores
        ? max(1, PlacementCandidate.weight(ofFreeBytes: Int64(clamping: free))) : 0,
      address: row.record.addresses.first.map(host(of:)) ?? "", zone: row.record.zone,
      startedAt: row.record.startedAt)
  }

  /// Nodes of one machine, or behind one router, have it in common.
  private static func host(of address: String) -> String {
    SocketAddress(address)?.host ?? address
  }

  // MARK: - The component

  package func run(_ scope: ComponentScope) async throws {
    defer { files.ended(self) }
    guard let loop = EventLoop.current else { preconditionFailure("components run on loops") }
    look()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.keeper.run(scope) }
      group.addTask {
        while !Task.isCancelled {
          // Ends early only with the component.
          try? await loop.sleep(for: Self.lookout)
          self.look()
        }
      }
      await scope.stopRequested()
      group.cancelAll()
      try await group.waitForAll()
    }
  }

  // MARK: - Leaving

  package func handOver() async { await keeper.leave() }

  package var handingOver: HandingOver { keeper.handingOver }

  package func stay() { keeper.stay() }
}
