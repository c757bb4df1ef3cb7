import Calls
import IO
import Primitives
import Security

// MARK: - What is seen to from time to time

extension Network {
  private static let rarely = Duration.seconds(365 * 86_400)

  func keepers(of gossip: GossipExchange, on loop: EventLoop) -> [any Component] {
    [
      NetworkWatch(on: loop) { [self] in networkChanged($0) },
      Repeating(
        "own record", on: loop, after: .milliseconds(100), every: .seconds(30),
        changes: ownChanges
      ) { [self] in try await session().refresh() },
      Repeating("load", on: loop, after: .seconds(1), every: .seconds(30)) { [self] in
        try await askLoads(of: await gossip.neighbours())
      },
      BandwidthKeeper(self, tester: tester, seed: SplitMix.freshSeed()),
      RecordKeeper(gossip, in: ground.store, on: loop),
      MembershipKeeper(self, on: loop),
    ]
  }

  var ownLoad: LoadReport {
    let load = ground.specs.load()
    return LoadReport(
      processor: load.running / Double(LoopGroup.coreCount), freeMemoryBytes: load.memoryAvailable,
      freeDiskBytes: load.diskAvailable, runningTasks: 0, at: .now())
  }

  /// Of those whom this node watches: they have a link already.
  private func askLoads(of neighbours: [NodeID]) async throws {
    var loads = [(own, ownLoad)]
    for id in neighbours {
      // Who does not answer is asked again next time.
      guard let load = try? await LoadReport(askedOf: caller(to: id)) else { continue }
      loads.append((id, load))
    }
    state.withLock { state in for (id, load) in loads { state.table.setLoad(load, of: id) } }
    tableChanges.announce()
  }

  /// Addresses that somebody else's table names: whoever of this network is there is met.
  func tryAddresses(_ endpoints: [Endpoint]) {
    start { [self] in
      let loop = ground.loops.loops[0]
      for endpoint in endpoints.prefix(256) where !Task.isCancelled {
        do {
          for address in try await Resolver.resolve(endpoint) {
            let (carrier, _) = try await bulkCarrier(
              to: .anyNode, at: address, on: loop, within: .seconds(3))
            carrier.close()
            meet(carrier.peerKey, at: address)
          }
        } catch {
          log.debug(
            "nobody of this network there", LogField("address", endpoint),
            LogField("why", String(describing: error)))
        }
      }
    }
  }

  /// Other nodes find out by these whether datagrams pass.
  func echoes(on loop: EventLoop) -> [any Component] {
    state.withLock { $0.listening }.filter { $0.port != nil }.map { EchoPort($0, on: loop) }
  }

  /// What looks for nodes near by, and asks the router for a port.
  func discovery(on loop: EventLoop) -> [any Component] {
    let listening = state.withLock { $0.listening }
    guard let port = listening.lazy.compactMap(\.port).first else { return [] }
    let isLocal = listening.allSatisfy(\.isLoopback)
    var components: [any Component] = []
    if options.discovers && (!isLocal || options.includesLoopback) {
      var local = LocalDiscovery.Options()
      local.includesLoopback = options.includesLoopback
      let discovery = LocalDiscovery(
        key: ground.key, network: membership.network.key, port: port, on: loop, options: local
      ) { [self] id, address in meet(id, at: address) }
      components.append(discovery)
      components.append(
        Repeating(
          "LAN discovery's networks", on: loop, after: Self.rarely, every: Self.rarely,
          changes: machineChanges
        ) { discovery.networkChanged() })
    }
    if options.mapsPorts && !isLocal {
      let mapping = PortMapping(inside: port, on: loop) { [self] address in
        state.withLock { $0.mapped = address }
        ownChanges.announce()
      }
      components.append(mapping)
      components.append(
        Repeating(
          "the router's networks", on: loop, after: Self.rarely, every: Self.rarely,
          changes: machineChanges
        ) { mapping.networkChanged() })
    }
    return components
  }

  /// Ends what has ended, and renews this node's certificate in time.
  func keepMembership() async throws {
    for id in membership.takeLapsed() {
      peers.ifThere(id) { $0.end(LinkFrame.Farewell(.expired)) }
    }
    tellIfOut()
    try await membership.forgetDecisions()
    try await membership.renewOwnIfAdmin()
    guard membership.renewalDue() else { return }
    var last: (any Error)?
    for admin in membership.admins where admin.admin != own {
      do {
        try await membership.renew(over: try caller(to: admin.admin))
        ownChanges.announce()
        return
      } catch {
        last = error
      }
    }
    if let last { throw last }
  }
}

/// Keeps the table's records on disk, so that the next start finds the network without its
/// contacts. Writes what changed.
struct RecordKeeper: Component {
  let name = "record keeper"
  private let gossip: GossipExchange
  private let store: NetworkStore
  private let loop: EventLoop
  private static let interval = Duration.seconds(30)

  init(_ gossip: GossipExchange, in store: NetworkStore, on loop: EventLoop) {
    self.gossip = gossip
    self.store = store
    self.loop = loop
  }

  func run(_ scope: ComponentScope) async throws {
    var kept: [NodeID: UInt64] = [:]
    for record in try await store.records() { kept[record.id] = record.sequence }
    scope.started()
    while true {
      let due = Gate()
      await loop.run {
        let timer = loop.schedule(after: Self.interval) { due.open() }
        let stopper = TaskSet(on: loop)
        stopper.start {
          await scope.stopRequested()
          due.open()
        }
        await due.wait()
        loop.cancel(timer)
        stopper.cancelAll()
        await stopper.waitForAll()
      }
      kept = try await save(kept)
      if scope.isStopping || Task.isCancelled { return }
    }
  }

  private func save(_ kept: [NodeID: UInt64]) async throws -> [NodeID: UInt64] {
    let live = await gossip.liveRecords()
    let now = Dictionary(live.map { ($0.id, $0.sequence) }) { first, _ in first }
    // A network of one has lost its peers, not forgotten them: they are where to begin again.
    let gone = live.count > 1 ? kept.keys.filter { now[$0] == nil } : []
    try await store.keep(live.filter { kept[$0.id] != $0.sequence }, dropping: gone)
    return live.count > 1 ? now : kept.merging(now) { _, new in new }
  }
}
