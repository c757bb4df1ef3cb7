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
  private var watch: TimerToken?
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

  deinit { session.delegate = nil }

  /// Returns when the connection is over and no handler is left.
  package func serve(received: [UInt8] = []) async {
    armWatch()
    do {
      try await session.run(received: received) { [self] in startArrivals() }
    } catch {
      log.debug(
        "an HTTP/2 connection ended", LogField("peer", info.peer),
        LogField("why", String(describing: error)))
    }
    session.abandonStreams()
    arrivals = []
    next = 0
    session.tasks.cancelAll()
    await session.close()
    await session.tasks.waitForAll()
    if let watch { transport.loop.cancel(watch) }
  }

  /// Lets the open streams end, then the connection.
  package func drain() {
    guard !isDraining else { return }
    isDraining = true
    session.submitGoAway()
    endIfDrained()
  }

  package func abort() { session.end() }

  /// Requests that are under way.
  package var openStreams: Int { session.openStreams }

  // MARK: - Streams

  func arrived(_ exchange: FrameExchange) { arrivals.append(exchange) }

  /// Handlers start after nghttp2 has taken the whole read, so that they may call it freely. One
  /// task answers all that arrived for as long as no handler suspends; the next one goes on from
  /// there. A task per batch instead of one per request saves most of what a request costs here.
  ///
  /// While the client leaves too much unread, what comes next is not begun.
  private func startArrivals() {
    while next < arrivals.count {
      guard session.hasRoom else {
        waitForRoom()
        return
      }
      if isAnsweredAtOnce(arrivals[next]) {
        next += 1
        continue
      }
      let worker = Worker()
      let task = session.tasks.start { [self] in await answerArrivals(worker) }
      // Suspended in a handler: the exchange must know its task, to cancel it.
      if let task { worker.exchange?.suspended(in: task) }
    }
    arrivals.removeAll(keepingCapacity: true)
    next = 0
  }

  /// Those still to be started stay, and what they send stays within the connection's window.
  private func waitForRoom() {
    session.isRoomWanted = true
    arrivals.removeFirst(next)
    next = 0
  }

  private func answerArrivals(_ worker: Worker) async {
    while next < arrivals.count && session.hasRoom && !Task.isCancelled {
      let exchange = arrivals[next]
      next += 1
      if isAnsweredAtOnce(exchange) { continue }
      worker.exchange = exchange
      await answer(exchange)
      worker.exchange = nil
    }
  }

  /// True when nothing is left to do for it.
  private func isAnsweredAtOnce(_ exchange: FrameExchange) -> Bool {
    if exchange.isClosed { return true }
    if exchange.refusal != nil { return false }
    do {
      guard try handler.answersAtOnce(exchange) else { return false }
    } catch {
      ErrorAnswer.send(error, on: exchange)
    }
    exchange.handled()
    return true
  }

  private func answer(_ exchange: FrameExchange) async {
    do {
      if let refusal = exchange.refusal { throw refusal }
      try await handler.handle(exchange)
      if !exchange.hasStarted {
        throw MessageError(.misuse, "the handler gave no answer", status: .internalError)
      }
    } catch {
      ErrorAnswer.send(error, on: exchange)
    }
    exchange.handled()
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

  private func armWatch() {
    let delay = min(limits.idleTimeout, limits.bodyTimeout, limits.headTimeout)
    watch = transport.loop.schedule(after: delay) { [self] in look() }
  }

  /// Looks rarely: a connection ends between one and two time-outs after its last progress.
  private func look() {
    let now = transport.loop.now
    let quiet = session.lastProgress.duration(to: now)
    // What still comes in does not count: it costs the other side nothing.
    if session.isBlocked && session.lastTaken.duration(to: now) >= limits.bodyTimeout {
      session.end()
      return
    }
    if session.openStreams == 0 && quiet >= limits.idleTimeout {
      session.terminate(NGHTTP2_NO_ERROR)
      session.flush()
      // A peer that does not answer the GOAWAY is cut off at the next look.
      if quiet >= limits.idleTimeout * 2 { session.end() }
    }
    session.forEachStream { stream in
      if stream.isStalled(since: limits.bodyTimeout) { stream.reset(NGHTTP2_CANCEL) }
    }
    armWatch()
  }
}

extension FrameServerConnection: FrameSession.Delegate {
  func streamBegins(_ session: FrameSession, id: Int32) -> FrameStream? {
    isDraining ? nil : FrameExchange(session: session, owner: self)
  }

  func streamEnded(_ stream: FrameStream) {
    // Who opens and resets meanwhile must not make the rest grow.
    if session.isRoomWanted, let index = arrivals[next...].firstIndex(where: { $0 === stream }) {
      arrivals.remove(at: index)
    }
    if isDraining { endIfDrained() }
  }

  func goingAway(lastStream: Int32) {}

  func roomAgain() { startArrivals() }
}
