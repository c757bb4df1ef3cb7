import CNGHTTP2
package import IO
import Primitives

/// An HTTP/2 connection we opened. Somebody must `run` it for as long as it is used.
/// Guard: confinement to the transport's loop.
package final class FrameClientConnection: ClientConnection, @unchecked Sendable {
  private let transport: any Transport
  private let session: FrameSession
  private var isGoingAway = false
  private let scheme: String
  private let keepAlive: KeepAlive?
  private var watch: TimerToken?
  /// When a sign of life was asked for that has not come.
  private var pingedAt: Instant?

  /// Finds out that the other side is gone when nothing else would say so, as while a
  /// subscription is silent.
  package struct KeepAlive: Sendable {
    /// Silence, with streams open, after which the other side is asked for a sign of life.
    package var interval = Duration.seconds(30)
    /// Further silence after which the connection counts as lost.
    package var patience = Duration.seconds(10)
    package init() {}
  }

  package init(
    transport: any Transport, isSecure: Bool, limits: ServerLimits = ServerLimits(),
    keepAlive: KeepAlive? = nil
  ) throws(MessageError) {
    self.transport = transport
    self.keepAlive = keepAlive
    scheme = isSecure ? "https" : "http"
    session = try FrameSession(role: .client, transport: transport, limits: limits)
    session.delegate = self
  }

  deinit { session.delegate = nil }

  /// Carries the connection until it ends. What was open then fails.
  package func run() async {
    armWatch()
    // How it broke reaches every stream as an abort; there is nobody else to tell.
    try? await session.run(received: [], afterEachRead: {})
    session.abandonStreams()
    await session.close()
    session.tasks.cancelAll()
    await session.tasks.waitForAll()
    if let watch { transport.loop.cancel(watch) }
  }

  private func armWatch() {
    guard let keepAlive, !session.isOver else { return }
    let delay = min(keepAlive.interval, keepAlive.patience)
    watch = transport.loop.schedule(after: delay) { [self] in look(keepAlive) }
  }

  private func look(_ keepAlive: KeepAlive) {
    let now = transport.loop.now
    if !session.isReading {
      pingedAt = nil
    } else if let pingedAt, session.lastArrival <= pingedAt {
      if pingedAt.duration(to: now) >= keepAlive.patience {
        // After a standstill of ours the answer may be here, but not read yet.
        transport.loop.onNextTurn { [self] in endUnlessAlive(since: pingedAt) }
        return
      }
    } else if session.openStreams > 0
      && session.lastArrival.duration(to: now) >= keepAlive.interval
    {
      pingedAt = now
      session.submitPing()
    }
    armWatch()
  }

  private func endUnlessAlive(since pingedAt: Instant) {
    if session.lastArrival <= pingedAt { session.end() } else { armWatch() }
  }

  package var capacity: Int? {
    guard !isGoingAway, session.acceptsNewStreams else { return nil }
    return max(0, session.remoteStreamLimit - session.openStreams)
  }

  package func open(_ head: RequestHead, endsWithHead: Bool) throws -> any ClientStream {
    transport.loop.checkIsCurrent("open")
    let stream = FrameClientStream(session: session)
    var fields = Headers()
    fields.reserve(bytes: 160 + head.headers.byteCount, fields: 4 + head.headers.count)
    fields.append(":method", head.method.name)
    fields.append(":scheme", scheme)
    fields.append(":path", head.target)
    // An empty one is malformed (RFC 9113, 8.3.1): then Host names the server.
    if !head.authority.isEmpty { fields.append(":authority", head.authority) }
    fields.append(contentsOf: head.headers)
    try session.submitRequest(fields, of: stream, hasBody: !endsWithHead)
    return stream
  }

  package func close() {
    session.terminate(NGHTTP2_NO_ERROR)
    session.flush()
    if !session.isOver { session.end() }
    session.abandonStreams()
  }
}

extension FrameClientConnection: FrameSession.Delegate {
  func streamBegins(_ session: FrameSession, id: Int32) -> FrameStream? { nil }

  func streamEnded(_ stream: FrameStream) {}

  func goingAway(lastStream: Int32) { isGoingAway = true }

  func roomAgain() {}
}
