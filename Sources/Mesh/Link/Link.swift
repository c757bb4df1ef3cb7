package import Calls
package import HTTP
package import IO
package import Primitives

/// The lasting way to one node: `LinkCore` over real carriers, with an HTTP/2 session on each lane
/// once it is needed. Created without a carrier; `attach` gives it one, at any time another.
///
/// Guard: confinement to `loop`. All carriers belong to that loop.
package final class Link: @unchecked Sendable {
  /// A carrier in use, or saying goodbye. Guard: confinement to the link's loop.
  private final class Line: @unchecked Sendable {
    let number: LinkCore.CarrierNumber
    let carrier: Carrier
    var isWaitingToWrite = false
    /// The core has forgotten it; these are its last words.
    var lastWords: [UInt8]?
    /// Ends what takes too long to say goodbye.
    var goodbye: TimerToken?

    init(_ number: LinkCore.CarrierNumber, _ carrier: Carrier) {
      self.number = number
      self.carrier = carrier
    }
  }

  package let peer: NodeID
  package let loop: EventLoop
  private let boot: BootID
  private let limits: LinkLimits
  private let handler: any Handler
  package weak var delegate: (any LinkDelegate)?
  private var core: LinkCore
  /// Made when there is something to carry.
  private var lanes: [Lane?] = [nil, nil]
  private var lines: [Line] = []
  private var lastNumber = 0
  private let tasks: TaskSet
  private var timer: (token: TimerToken, at: Instant)?
  private let changes = Broadcast()
  private var channel: CallChannel?
  private var hasClientSession = false
  private var serverSession: FrameServerConnection?
  private var hasServerSession = false
  package private(set) var peerAddress = SocketAddress.loopback(port: 0)
  private let log = Logger("Mesh")

  /// `handler` answers what the other node asks on its lane.
  package init(
    own: NodeID, peer: NodeID, boot: BootID, on loop: EventLoop, handler: any Handler,
    delegate: (any LinkDelegate)?, limits: LinkLimits = LinkLimits()
  ) {
    self.peer = peer
    self.loop = loop
    self.boot = boot
    self.limits = limits
    self.handler = handler
    self.delegate = delegate
    core = LinkCore(own: own, peer: peer, limits: limits)
    tasks = TaskSet(on: loop)
  }

  /// What to say in the hello of a new carrier to this node.
  package var greeting: LinkCore.Greeting { core.greeting(boot: boot) }
  /// How the nodes are connected now; nil while they are not.
  package var path: PathKind? { core.attached?.path }
  package var roundTrip: Duration? { core.roundTrip }
  /// Of the other node, that are being answered here.
  package var openCalls: Int { serverSession?.openStreams ?? 0 }
  package var carrierCount: Int { core.carrierNumbers.count }

  /// Calls to the other node; they wait while the link has no carrier.
  package var caller: some Caller {
    if let channel { return channel }
    let channel = CallChannel(LinkDialler(link: self), on: loop, authority: peer.short)
    self.channel = channel
    return channel
  }

  /// Takes a carrier. Which one works is decided between the two nodes.
  package func attach(_ carrier: Carrier) {
    loop.checkIsCurrent("attach")
    precondition(carrier.loop === loop, "a carrier belongs to its link's loop")
    precondition(carrier.peerKey == peer, "a carrier leads to another node")
    lastNumber += 1
    let line = Line(lastNumber, carrier)
    lines.append(line)
    let event = LinkCore.Event.carrier(
      line.number, carrier.hello.greeting, isDialled: carrier.isDialled, path: carrier.path)
    perform(core.handle(event, now: loop.now))
    tasks.start { [self] in await read(line) }
    settle()
  }

  /// Interfaces or addresses changed: finds out at once which carriers still work.
  package func networkChanged() {
    perform(core.handle(.networkChanged, now: loop.now))
    settle()
  }

  /// Ends the link at once; streams fail.
  package func end(_ farewell: LinkFrame.Farewell) {
    loop.checkIsCurrent("end")
    perform(core.handle(.close(farewell), now: loop.now))
    settle()
  }

  /// Ends the link and returns when nothing of it is left; until then it keeps itself. Not to be
  /// waited for by a handler or a delegate.
  package func close(_ reason: LinkFrame.Reason = .done) async {
    end(LinkFrame.Farewell(reason))
    await channel?.close()
    channel = nil
    await tasks.waitForAll()
    if let timer { loop.cancel(timer.token) }
    timer = nil
  }

  // MARK: - Called by lanes

  func offer(_ bytes: UnsafeRawBufferPointer, on lane: Int) -> Int {
    let taken = core.offer(bytes, on: lane)
    if taken > 0 {
      giveCurrent()
      // It is answered soon, or somebody asks why not.
      let soon = loop.now.advanced(by: limits.askTime)
      if timer.map({ $0.at > soon }) ?? true { armTimer() }
    }
    return taken
  }

  func hasRoom(_ lane: Int) -> Bool { core.hasRoom(lane) }

  func finish(_ lane: Int) {
    core.finish(lane)
    giveCurrent()
  }

  func consumed(_ count: Int, of lane: Int) {
    core.consume(count, of: lane, now: loop.now)
    if core.owesAck(now: loop.now) { giveCurrent() }
    armTimer()
  }

  // MARK: - Carriers

  private func read(_ line: Line) async {
    do {
      while try await line.carrier.read({ arrived($0, on: line) }) { settle() }
    } catch {
      log.debug(
        "a carrier broke", LogField("peer", peer.short),
        LogField("why", String(describing: error)))
    }
    ended(line)
  }

  private func arrived(_ bytes: UnsafeRawBufferPointer, on line: Line) {
    var rest = bytes
    while !rest.isEmpty {
      let actions = core.receive(&rest, on: line.number, now: loop.now) { lane, fresh in
        self.lane(lane).deliver(fresh)
      }
      if !actions.isEmpty { perform(actions) }
    }
  }

  private func ended(_ line: Line) {
    line.carrier.close()
    if let goodbye = line.goodbye { loop.cancel(goodbye) }
    guard let index = lines.firstIndex(where: { $0 === line }) else { return }
    lines.remove(at: index)
    if line.lastWords == nil {
      perform(core.handle(.carrierEnded(line.number), now: loop.now))
    }
    settle()
  }

  /// Sends what is due, wakes who may go on, and sees to the time.
  private func settle() {
    for line in lines { give(line) }
    for lane in lanes { lane?.mayHaveRoom() }
    if !hasServerSession && lanes[1 - core.clientLane]?.hasUnread == true { startServerSession() }
    armTimer()
  }

  private func giveCurrent() {
    guard let current = core.currentCarrier else { return }
    for line in lines where line.number == current { give(line) }
  }

  private func give(_ line: Line) {
    guard !line.isWaitingToWrite, line.lastWords == nil else { return }
    var isBroken = false
    let isDone = core.output(on: line.number, now: loop.now) { bytes in
      do throws(SystemError) {
        return try line.carrier.offer(bytes)
      } catch {
        isBroken = true
        return 0
      }
    }
    if isBroken {
      // Whoever reads it notices, and tells.
      line.carrier.close()
    } else if !isDone {
      waitToWrite(line)
    }
  }

  private func waitToWrite(_ line: Line) {
    line.isWaitingToWrite = true
    tasks.start { [self] in
      // A broken carrier is noticed by whoever reads it.
      try? await line.carrier.writable()
      line.isWaitingToWrite = false
      if line.lastWords == nil {
        give(line)
        for lane in lanes { lane?.mayHaveRoom() }
      } else {
        await sayGoodbye(line)
      }
    }
  }

  /// The core is done with a carrier.
  private func retire(_ number: LinkCore.CarrierNumber, _ words: [UInt8]) {
    guard let line = lines.first(where: { $0.number == number }) else { return }
    line.lastWords = words
    line.goodbye = loop.schedule(after: limits.lingerTime) { line.carrier.close() }
    // Who waits to write already says goodbye then.
    if !line.isWaitingToWrite { tasks.start { [self] in await sayGoodbye(line) } }
  }

  private func sayGoodbye(_ line: Line) async {
    // The other side may be gone; the time to linger ends the carrier in any case.
    try? await line.carrier.write(line.lastWords ?? [])
    // As above.
    try? await line.carrier.finish()
  }

  // MARK: - Actions and time

  private func perform(_ actions: [LinkCore.Action]) {
    for action in actions {
      switch action {
      case .attached(let number, let path):
        if let line = lines.first(where: { $0.number == number }) {
          peerAddress = line.carrier.peer
        }
        changes.announce()
        delegate?.linkAttached(self, path: path)
      case .suspected: delegate?.linkSuspected(self)
      case .detached: delegate?.linkDetached(self)
      case .closeCarrier(let number, let words): retire(number, words)
      case .ended(let why): fail(why)
      }
    }
  }

  private func fail(_ why: LinkCore.Ending) {
    let old = lanes
    lanes = [nil, nil]
    hasClientSession = false
    hasServerSession = false
    serverSession = nil
    for lane in old { lane?.fail(SystemError(.reset, "the link to \(peer.short) ended: \(why)")) }
    changes.announce()
    delegate?.linkEnded(self, why: why)
  }

  private func lane(_ index: Int) -> Lane {
    if let lane = lanes[index] { return lane }
    let lane = Lane(index, of: self)
    lanes[index] = lane
    return lane
  }

  /// One timer; one that is early looks again.
  private func armTimer() {
    guard let wake = core.nextWake else { return }
    if let timer {
      if timer.at <= wake { return }
      loop.cancel(timer.token)
    }
    let token = loop.schedule(at: wake) { [self] in
      timer = nil
      perform(core.handle(.wake, now: max(loop.now, wake)))
      if core.isQuiet { dropSpares() }
      settle()
    }
    timer = (token, wake)
  }

  private func dropSpares() {
    core.dropSpares()
    for lane in lanes { lane?.dropSpare() }
  }

  // MARK: - Sessions

  private func startServerSession() {
    hasServerSession = true
    let lane = lane(1 - core.clientLane)
    let info = ConnectionInfo(
      version: .http2, peer: peerAddress, isSecure: true, peerKey: peer)
    do {
      let connection = try FrameServerConnection(
        transport: lane, info: info, handler: handler, limits: sessionLimits)
      serverSession = connection
      tasks.start { await connection.serve() }
    } catch {
      log.error("no HTTP/2 session for a link", LogField("why", String(describing: error)))
      end(LinkFrame.Farewell(.laneEnded))
    }
  }

  /// A session lasts as long as its link, and a stream may stand still while there is no carrier.
  private var sessionLimits: ServerLimits {
    var session = ServerLimits()
    session.idleTimeout = .seconds(365 * 86_400)
    session.bodyTimeout = limits.life * 2
    session.headTimeout = limits.life * 2
    // As much as a lane carries ahead of its reader: a long way and a fast line need it.
    session.streamWindow = limits.laneBytes
    session.connectionWindow = limits.laneBytes * 2
    return session
  }

  /// The session for our calls, once there is a carrier.
  func clientConnection(deadline: Instant) async throws -> FrameClientConnection {
    let late = loop.schedule(at: deadline) { [changes] in changes.announce() }
    defer { loop.cancel(late) }
    while core.attached == nil {
      let change = changes.next()
      await change.wait()
      try Task.checkCancellation()
      guard Instant.now() < deadline else {
        throw Status(.unavailable, "There is no way to node \(peer.short) now.")
      }
    }
    guard !hasClientSession else {
      throw Status(.unavailable, "The link to node \(peer.short) is ending.")
    }
    hasClientSession = true
    return try FrameClientConnection(
      transport: lane(core.clientLane), isSecure: true, limits: sessionLimits)
  }
}

/// Where a link's channel gets its connection from. Guard: confinement to the link's loop.
private final class LinkDialler: CallDialler, @unchecked Sendable {
  private weak var link: Link?

  init(link: Link) { self.link = link }

  func dial(on loop: EventLoop, deadline: Instant) async throws -> FrameClientConnection {
    guard let link else { throw Status(.unavailable, "The link is gone.") }
    return try await link.clientConnection(deadline: deadline)
  }
}
