import CNGHTTP2
package import IO
import Primitives

/// Serves one HTTP/2 connection.
/// Guard: confinement to the transport's loop.
package final class FrameServerConnection: ServerConnection, @unchecked Sendable {
  let info: ConnectionInfo
  private let transport: any Transport
  private let handler: any Handler
  private let limits: ServerLimits
  private let session: FrameSession
  private var arrivals: [FrameExchange] = []
  /// The first of `arrivals` that nobody answers yet.
  private var next = 0
  private var open: [Int32: FrameExchange] = [:]
  private var watch: TimerToken?
  /// Its head has begun and is not complete: of all streams only the newest can be so.
  private var unfinished: FrameExchange?
  private var headWatch: TimerToken?
  private var isDraining = false
  private let log = Logger("HTTP")

  package init(
    transport: any Transport, info: ConnectionInfo, handler: any Handler, limits: ServerLimits
  ) throws(MessageError) {
    self.transport = transport
    self.info = info
    self.handler = handler
    self.limits = limits
    session = try FrameSession(role: .server, transport: transport, limits: limits)
    session.delegate = self
  }

  /// Returns when the connection is over and no handler is left.
  package func serve(received: [UInt8] = []) async {
    armWatch(after: min(limits.idleTimeout, limits.bodyTimeout))
    do {
      try await session.run(received: received) { [self] in
        startArrivals()
        watchHead()
      }
    } catch {
      log.debug(
        "an HTTP/2 connection ended", LogField("peer", info.peer),
        LogField("why", String(describing: error)))
    }
    session.abandon(Array(open.values))
    session.tasks.cancelAll()
    await session.tasks.waitForAll()
    for timer in [watch, headWatch].compactMap({ $0 }) { transport.loop.cancel(timer) }
    await transport.finishAndClose()
  }

  /// Lets the open streams end, then the connection.
  package func drain() {
    guard !isDraining else { return }
    isDraining = true
    session.submitGoAway()
    endIfDrained()
  }

  package func abort() { session.end() }

  // MARK: - Streams

  func arrived(_ exchange: FrameExchange) {
    unfinished = nil
    arrivals.append(exchange)
  }

  /// Handlers start after nghttp2 has taken the whole read, so that they may call it freely. One
  /// task answers all that arrived for as long as no handler suspends; the next one goes on from
  /// there. A task per batch instead of one per request saves most of what a request costs here.
  private func startArrivals() {
    while next < arrivals.count {
      let worker = Worker()
      let task = session.tasks.start { [self] in await answerArrivals(worker) }
      // Suspended in a handler: the exchange must know its task, to cancel it.
      worker.exchange?.task = task
    }
    arrivals.removeAll(keepingCapacity: true)
    next = 0
  }

  private func answerArrivals(_ worker: Worker) async {
    while next < arrivals.count && !Task.isCancelled {
      let exchange = arrivals[next]
      next += 1
      if exchange.isClosed { continue }
      worker.exchange = exchange
      await answer(exchange)
      worker.exchange = nil
    }
  }

  private func answer(_ exchange: FrameExchange) async {
    do {
      if let refusal = exchange.refusal { throw refusal }
      try await handler.handle(exchange)
      if !exchange.hasStarted { throw MessageError(.misuse, "the handler gave no answer") }
    } catch {
      ErrorAnswer.send(error, on: exchange)
    }
    exchange.task = nil
  }

  /// What one of the answering tasks is at.
  private final class Worker: @unchecked Sendable {  // guard: confinement to the loop
    var exchange: FrameExchange?
  }

  private func endIfDrained() {
    guard isDraining, session.openStreams == 0 else { return }
    transport.loop.onNextTurn { [session] in
      session.terminate(NGHTTP2_NO_ERROR)
      session.flush()
    }
  }

  // MARK: - Time-outs

  private func armWatch(after delay: Duration) {
    watch = transport.loop.schedule(after: delay) { [self] in look() }
  }

  /// A head that does not come to its end holds up everything behind it.
  private func watchHead() {
    guard let unfinished, headWatch == nil else { return }
    headWatch = transport.loop.schedule(after: limits.headTimeout) { [self] in
      headWatch = nil
      self.unfinished === unfinished ? session.end() : watchHead()
    }
  }

  /// Looks rarely: a connection ends between one and two time-outs after its last progress.
  private func look() {
    let quiet = session.lastProgress.duration(to: transport.loop.now)
    if session.isBlocked && quiet >= limits.bodyTimeout {
      session.end()
      return
    }
    if session.openStreams == 0 && quiet >= limits.idleTimeout {
      session.terminate(NGHTTP2_NO_ERROR)
      session.flush()
      // A peer that does not answer the GOAWAY is cut off at the next look.
      if quiet >= limits.idleTimeout * 2 { session.end() }
    }
    for exchange in open.values where exchange.isStalled(since: limits.bodyTimeout) {
      exchange.reset(NGHTTP2_CANCEL)
    }
    armWatch(after: min(limits.idleTimeout, limits.bodyTimeout))
  }
}

extension FrameServerConnection: FrameSession.Delegate {
  func streamBegins(_ session: FrameSession, id: Int32) -> FrameStream? {
    if isDraining { return nil }
    let exchange = FrameExchange(session: session, owner: self)
    open[id] = exchange
    unfinished = exchange
    return exchange
  }

  func streamEnded(_ stream: FrameStream) {
    open[stream.id] = nil
    if unfinished === stream { unfinished = nil }
    endIfDrained()
  }

  func goingAway(lastStream: Int32) {}
}
