import Calls
import HTTP
import IO
import Primitives

/// What this node does to be connected with one other: its link, and the search for ways to it.
///
/// A peer is *wanted* while calls are made to it, and for a while after; then it is dialled until
/// it is there, and again whenever it is lost, for ever. Unwanted and without calls of its own it
/// is let go.
/// Guard: confinement to `loop`.
final class Peer: LinkDelegate, @unchecked Sendable {
  let id: NodeID
  let loop: EventLoop
  let link: Link
  /// Called once, when the owner may forget it.
  var whenIdle: () -> Void = {}
  /// How the last search for ways went.
  private(set) var report: DialReport?
  /// The punch under way, whichever side began it.
  var punch: Punch?
  let network: Network
  private var selector: PathSelector
  /// As the other side saw it, when this one dialled last.
  private var outside: SocketAddress?
  private var isWanted = false
  private var users = 0
  private var usedAt: Instant
  private var timer: TimerToken?
  private var idleTimer: TimerToken?
  private let tasks: TaskSet
  private let changes = Broadcast()
  /// The search under way, and how often one has ended or made room for another.
  private var searching: UInt64?
  private var searches = 0
  /// Lets the search under way look again which ways there are.
  private var hearNews: (() -> Void)?
  /// Counts the news about ways: a search that began before the last of it proves nothing.
  private var waysKnown = 0
  /// Sessions of extra carriers that the other side dialled.
  private var bulk: [ObjectIdentifier: FrameServerConnection] = [:]
  /// The extra carrier that this side dials.
  private(set) lazy var outlet = BulkOutlet(on: loop) { [unowned self] in
    try await network.bulkCarrier(to: self)
  }
  private var isClosed = false
  private let log = Logger("Mesh")

  init(_ id: NodeID, of network: Network, on loop: EventLoop) {
    self.id = id
    self.loop = loop
    self.network = network
    usedAt = loop.now
    selector = PathSelector(seed: SplitMix.freshSeed())
    tasks = TaskSet(on: loop)
    link = Link(
      own: network.own, peer: id, boot: network.boot, on: loop, handler: network.handler,
      delegate: nil, limits: network.options.links)
    link.delegate = self
    planIdle()
  }

  // MARK: - Use

  /// Makes calls while the link is kept up.
  func use<Result>(_ body: (any Caller) async throws -> Result) async throws -> Result {
    if let why = network.membership.whyOut() { throw why }
    want()
    users += 1
    defer {
      users -= 1
      usedAt = loop.now
    }
    return try await body(link.caller)
  }

  private func want() {
    usedAt = loop.now
    if isWanted || isClosed { return }
    isWanted = true
    feed(.wanted(true))
  }

  /// Returns once there is a carrier; throws when no way is found by a search that began now or
  /// later, or at the deadline.
  func connected(by deadline: Instant) async throws {
    let late = loop.schedule(at: deadline) { [changes] in changes.announce() }
    defer { loop.cancel(late) }
    let before = report
    while link.path == nil {
      if let why = network.membership.whyOut() { throw why }
      if let report, report != before, let failure = report.failure(to: id) { throw failure }
      guard loop.now < deadline, !isClosed else {
        throw NetworkError(.timedOut, "node \(id.short) was not reached in time")
      }
      await changes.next().wait()
      try Task.checkCancellation()
    }
  }

  /// Takes a carrier whose peer is proven and a member.
  func attach(_ carrier: Carrier) {
    if isClosed { return carrier.close() }
    link.attach(carrier)
    if carrier.isDialled && carrier.path == .direct { seen(from: carrier.hello.observedAddress) }
  }

  /// From elsewhere than before: a router in front of this node has another address, of which this
  /// machine hears nothing. It cuts all other links too.
  private func seen(from address: String) {
    guard let now = SocketAddress(address) else { return }
    defer { outside = now }
    guard let outside, outside.isIPv6 == now.isIPv6, !outside.isSameHost(as: now) else { return }
    network.outsideChanged()
  }

  /// Answers what the other side asks on an extra carrier, until that ends.
  func serveBulk(_ carrier: Carrier) async {
    guard !isClosed, bulk.count < network.options.bulkSessions,
      // One that cannot be made is refused the same way.
      let connection = try? BulkCarrier.server(carrier, handler: network.handler)
    else { return carrier.close() }
    bulk[ObjectIdentifier(connection)] = connection
    await connection.serve()
    bulk[ObjectIdentifier(connection)] = nil
    usedAt = loop.now
  }

  /// What carries the link may be dead: it is asked for a sign of life.
  func doubtCarriers() { link.networkChanged() }

  func networkChanged() {
    doubtCarriers()
    feed(.networkChanged)
  }

  /// There may be ways now that there were not: this side's NAT or the other's record is known.
  func waysChanged() {
    waysKnown += 1
    if link.path == .direct { return }
    // A search under way tries what is new at once.
    if let hearNews { hearNews() } else { feed(.networkChanged) }
  }

  /// Ends everything at once.
  func end(_ farewell: LinkFrame.Farewell) {
    link.end(farewell)
    for connection in bulk.values { connection.abort() }
    outlet.cut()
  }

  /// This node is a member no longer: whoever calls is told so, and nobody is dialled.
  func giveUp() {
    isWanted = false
    feed(.wanted(false))
    endSearch()
    feed(.searchEnded)
    end(LinkFrame.Farewell(.done))
    changes.announce()
  }

  /// Returns when nothing of it is left.
  func close(_ reason: LinkFrame.Reason = .done) async {
    isClosed = true
    changes.announce()
    for token in [timer, idleTimer].compactMap({ $0 }) { loop.cancel(token) }
    (timer, idleTimer) = (nil, nil)
    end(LinkFrame.Farewell(reason))
    punch?.stop()
    tasks.cancelAll()
    await link.close(reason)
    await outlet.close()
    await tasks.waitForAll()
  }

  // MARK: - Ways

  private func feed(_ event: PathSelector.Event) {
    if isClosed { return }
    for action in selector.handle(event, now: loop.now) {
      switch action {
      case .search(let kind): search(betterThan: kind)
      case .endSearch: endSearch()
      // Which carrier is used the two links decide between themselves.
      case .use, .lost: break
      }
    }
    if let timer { loop.cancel(timer) }
    timer = selector.nextWake.map { time in
      loop.schedule(at: time) { [self] in
        timer = nil
        feed(.wake)
      }
    }
  }

  private func search(betterThan kind: PathKind?) {
    endSearch()
    let number = searches
    searching = tasks.start { [self] in
      await loop.yieldTurn()
      // Another one may have taken its place.
      guard number == searches else { return }
      let known = waysKnown
      let report = await network.dial(self, betterThan: kind) { [self] hearNews in
        if number == searches { self.hearNews = hearNews }
      }
      guard number == searches else { return }
      (searching, hearNews) = (nil, nil)
      if known == waysKnown { self.report = report }
      changes.announce()
      feed(.searchEnded)
    }
  }

  private func endSearch() {
    if let searching { tasks.cancel(searching) }
    (searching, hearNews) = (nil, nil)
    searches += 1
  }

  /// Looks for every way anew, whatever is in use.
  func explain() async -> DialReport { await network.dial(self, betterThan: nil) }

  /// A message of the other side's punch.
  func punched(_ signal: PunchSignal) throws(NetworkError) {
    if let punch { return try punch.receive(signal.encoded) }
    let punch = network.makePunch(to: self)
    self.punch = punch
    tasks.start { [self] in
      do {
        let outcome = try await punch.run(begins: false)
        attach(try await network.secure(outcome, from: self))
      } catch {
        log.debug(
          "no hole was punched", LogField("peer", id.short),
          LogField("why", String(describing: error)))
      }
      if self.punch === punch { self.punch = nil }
    }
    try punch.receive(signal.encoded)
  }

  /// Runs beside whatever else the peer does, and ends with it.
  func start(_ body: @escaping @Sendable () async -> Void) { tasks.start(body) }

  // MARK: - The link's news

  func linkAttached(_ link: Link, path: PathKind) {
    feed(.pathUp(1, path, isIPv6: link.peerAddress.isIPv6))
    usedAt = loop.now
    changes.announce()
    network.linked(id, path: path)
  }

  func linkSuspected(_ link: Link) {
    wantIfAnswering()
    feed(.suspected(1))
  }

  func linkDetached(_ link: Link) {
    feed(.pathDown(1))
    outlet.cut()
    wantIfAnswering()
    network.doubtPlaces()
    network.unlinked(id)
  }

  /// Whoever answers a call has as much to lose as whoever made it, and may be the one who can
  /// dial.
  private func wantIfAnswering() { if link.openCalls > 0 { want() } }

  func linkEnded(_ link: Link, why: LinkCore.Ending) {
    log.debug(
      "a link ended", LogField("peer", id.short), LogField("why", String(describing: why)))
    feed(.pathDown(1))
    outlet.cut()
    network.unlinked(id)
    if case .closedThere(let farewell) = why { network.heard(farewell, from: id) }
  }

  // MARK: - Idleness

  private func planIdle() {
    idleTimer = loop.schedule(after: network.options.linkIdle) { [self] in
      idleTimer = nil
      letGoIfIdle()
    }
  }

  private func letGoIfIdle() {
    let isUsed =
      users > 0 || isWanted && link.openCalls > 0
      || usedAt.advanced(by: network.options.linkIdle) > loop.now || punch != nil
    if !isUsed, isWanted {
      isWanted = false
      feed(.wanted(false))
    }
    if isUsed || link.openCalls > 0 || !bulk.isEmpty { return planIdle() }
    whenIdle()
    // What it is made of goes with its last task.
    let closing = TaskSet(on: loop)
    closing.start { [self] in await close() }
  }
}

extension SocketAddress {
  fileprivate var isIPv6: Bool { if case .v6 = unmapped.kind { true } else { false } }
}
