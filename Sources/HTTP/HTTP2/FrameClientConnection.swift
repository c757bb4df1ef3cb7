import CNGHTTP2
package import IO
import Primitives

/// An HTTP/2 connection we opened. Somebody must `run` it for as long as it is used.
/// Guard: confinement to the transport's loop.
package final class FrameClientConnection: ClientConnection, @unchecked Sendable {
  private let transport: any Transport
  private let session: FrameSession
  private var open: [ObjectIdentifier: FrameClientStream] = [:]
  private var isGoingAway = false
  private let scheme: String

  package init(
    transport: any Transport, isSecure: Bool, limits: ServerLimits = ServerLimits()
  ) throws(MessageError) {
    self.transport = transport
    scheme = isSecure ? "https" : "http"
    session = try FrameSession(role: .client, transport: transport, limits: limits)
    session.delegate = self
  }

  deinit { session.delegate = nil }

  /// Carries the connection until it ends. What was open then fails.
  package func run() async {
    // How it broke reaches every stream as an abort; there is nobody else to tell.
    try? await session.run(received: [], afterEachRead: {})
    session.abandon(Array(open.values))
    await session.close()
    session.tasks.cancelAll()
    await session.tasks.waitForAll()
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
    open[ObjectIdentifier(stream)] = stream
    return stream
  }

  package func close() {
    session.terminate(NGHTTP2_NO_ERROR)
    session.flush()
    if !session.isOver { session.end() }
    session.abandon(Array(open.values))
  }
}

extension FrameClientConnection: FrameSession.Delegate {
  func streamBegins(_ session: FrameSession, id: Int32) -> FrameStream? { nil }

  func streamEnded(_ stream: FrameStream) { open[ObjectIdentifier(stream)] = nil }

  func goingAway(lastStream: Int32) { isGoingAway = true }
}
