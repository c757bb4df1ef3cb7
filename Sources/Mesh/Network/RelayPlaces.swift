import Calls
import IO
import Primitives

/// Holds places at relays while nobody can dial this node: the shell of `RelayChoice`.
/// Guard: confinement to `loop`.
final class RelayPlaces: Component, @unchecked Sendable {
  let name = "places at relays"
  private let network: Network
  private let loop: EventLoop
  private let tasks: TaskSet
  private let heldNow = Locked<[NodeID]>([])
  private var choice: RelayChoice
  private var clients: [NodeID: UInt64] = [:]
  /// Which of the clients of a relay is the present one.
  private var numbers: [NodeID: Int] = [:]
  private var holds = 0
  private var timer: TimerToken?
  private var isStopping = false
  private static let lookInterval = Duration.seconds(10)
  private static let reconnectTime = Duration.milliseconds(500)
  private let log = Logger("Mesh")

  init(_ network: Network, on loop: EventLoop) {
    self.network = network
    self.loop = loop
    tasks = TaskSet(on: loop)
    choice = RelayChoice(seed: SplitMix.freshSeed(), now: .now())
  }

  /// Where this node can be reached, the best first; from anywhere.
  var held: [NodeID] { heldNow.withLock { $0 } }

  func run(_ scope: ComponentScope) async throws {
    await loop.run {
      let looking = Repeating(
        "relays", on: loop, after: .milliseconds(500), every: Self.lookInterval,
        changes: network.ownChanges
      ) { [self] in look() }
      scope.started()
      let inner = ComponentScope()
      tasks.start { try? await looking.run(inner) }  // it throws nothing of its own
      let watching = Repeating(
        "links to relays", on: loop, after: Self.lookInterval, every: Self.lookInterval,
        changes: network.linkLosses
      ) { [self] in try await giveUpUnreached() }
      tasks.start { try? await watching.run(inner) }  // as above
      await scope.stopRequested()
      isStopping = true
      inner.stopGate.open()
      if let timer { loop.cancel(timer) }
      tasks.cancelAll()
      await tasks.waitForAll()
    }
  }

  /// Takes up what the table knows.
  private func look() { feed(.candidates(network.isHidden ? candidates() : [])) }

  private func candidates() -> [RelayCandidate] {
    network.state.withLock { state in
      state.table.rows.compactMap { row in
        guard row.id != network.own, row.state == .alive, row.record.roles.contains(.relay),
          row.record.relays.isEmpty, Self.mayBeReached(row)
        else { return nil }
        let time = row.latency.average ?? row.estimatedLatency ?? .milliseconds(100)
        return RelayCandidate(relay: row.id, nearTime: time)
      }
    }
  }

  /// One that knows of no NAT only because it has not looked yet would be a relay to nobody, and
  /// one that this node reaches by way of another is none to this node.
  private static func mayBeReached(_ row: NodeRow) -> Bool {
    switch row.record.nat {
    case .open: row.path == nil || row.path == .direct
    case .unknown: row.path == .direct
    case .easy, .hard, .blocked: false
    }
  }

  private func feed(_ event: RelayChoice.Event) {
    if isStopping { return }
    for action in choice.handle(event, now: loop.now) {
      log.debug("places at relays", LogField("do", String(describing: action)))
      switch action {
      case .ask(let relay): hold(relay)
      case .release(let relay): if let task = clients[relay] { tasks.cancel(task) }
      }
    }
    let held = choice.held
    let isChanged = heldNow.withLock { old in
      defer { old = held }
      return old != held
    }
    if isChanged {
      log.debug("places are held", LogField("relays", held.map(\.short).joined(separator: " ")))
      network.ownChanges.announce()
    }
    if let timer { loop.cancel(timer) }
    timer = choice.nextWake.map { loop.schedule(at: $0) { [self] in feed(.wake) } }
  }

  /// A place at a relay that is not reached is none: nothing of what comes in there would be heard
  /// of. The link has a moment to find another carrier.
  private func giveUpUnreached() async throws {
    let unreached = choice.held.filter { network.row(of: $0)?.path == nil }
    if unreached.isEmpty { return }
    try await loop.sleep(for: Self.reconnectTime)
    for relay in unreached where network.row(of: relay)?.path == nil {
      guard choice.held.contains(relay) else { continue }
      feed(.lost(relay, after: nil))
      if let task = clients.removeValue(forKey: relay) { tasks.cancel(task) }
    }
  }

  /// What comes in there has to be answered by a connection to the relay itself.
  private func held(_ relay: NodeID) {
    if network.row(of: relay)?.path == .direct {
      feed(.held(relay))
    } else if let task = clients[relay] {
      tasks.cancel(task)
    }
  }

  private func hold(_ relay: NodeID) {
    holds += 1
    let number = holds
    numbers[relay] = number
    clients[relay] = tasks.start { [self] in
      await loop.yieldTurn()
      var pause: Duration?
      do {
        var handlers = RelayClient.Handlers { [network] in await network.welcome($0) }
        handlers.holds = { [self] _ in loop.execute { [self] in held(relay) } }
        let client = RelayClient(
          try network.relayEndpoint(relay), on: loop, handlers: handlers)
        pause = try await client.run().after
      } catch {
        log.debug(
          "no place at a relay", LogField("relay", relay.short),
          LogField("why", String(describing: error)))
      }
      // The place may have been given up before, and be asked for again.
      guard numbers[relay] == number else { return }
      clients[relay] = nil
      feed(.lost(relay, after: pause))
    }
  }
}
