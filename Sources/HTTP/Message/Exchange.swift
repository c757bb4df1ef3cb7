package import IO
package import Primitives

/// One request and its answer, whichever version of HTTP carries it. Confined to the loop of its
/// connection; the handler's task prefers that loop and is cancelled when the client goes away.
package protocol Exchange: AnyObject, Sendable {
  var request: RequestHead { get }
  var connection: ConnectionInfo { get }

  /// The next piece of the request's body, nil at its end. While nobody asks, the client is
  /// held back. Asking answers `Expect: 100-continue`.
  func nextBody() async throws -> [UInt8]?

  /// The whole body when all of it is here already, as it is for a small request; nil otherwise,
  /// and then nothing was taken.
  func takeCompleteBody() -> [UInt8]?

  /// Whether the whole body is here and is as wanted; nothing is taken.
  func completeBody(satisfies condition: ([UInt8]) -> Bool) -> Bool

  /// Says how much of the request the handler keeps by now, until it is done: what was taken
  /// holds the client back no longer. Throws when it is too much, together with what the other
  /// requests of the connection keep; then the handler should give up.
  func keeps(_ bytes: Int) throws(MessageError)

  /// Filled once `nextBody` returned nil.
  var requestTrailers: Headers { get }

  /// A whole answer at once. The body's length is declared unless trailers follow.
  func respond(_ head: ResponseHead, body: [UInt8], trailers: Headers?)

  /// Begins an answer whose body comes in pieces.
  func start(_ head: ResponseHead)

  /// Waits while the client is slow; throws when it is gone.
  func write(_ bytes: [UInt8]) async throws

  /// Ends an answer that `start` began.
  func finish(trailers: Headers?)

  /// Breaks the answer off: the client sees an error, never a short body.
  func abort()

  var hasStarted: Bool { get }

  /// Runs `body` once the handler waits for something, on the loop; never when it does not. For
  /// what only matters to a handler that takes time, such as a deadline.
  func whenSuspended(_ body: @escaping () -> Void)

  /// Cancels the task that handles this exchange, as when the client is gone.
  func cancelHandler()
}

extension Exchange {
  package func respond(_ head: ResponseHead, body: [UInt8] = []) {
    respond(head, body: body, trailers: nil)
  }

  package func finish() { finish(trailers: nil) }

  package func takeCompleteBody() -> [UInt8]? { nil }

  package func completeBody(satisfies condition: ([UInt8]) -> Bool) -> Bool { false }

  /// One exchange at a time keeps what its handler allows.
  package func keeps(_ bytes: Int) throws(MessageError) {}

  package func whenSuspended(_ body: @escaping () -> Void) { body() }

  /// One exchange at a time has no task of its own to cancel.
  package func cancelHandler() {}

  /// The whole body, up to a limit.
  package func collectBody(limit: Int) async throws -> [UInt8] {
    var body: [UInt8] = []
    if let complete = takeCompleteBody() {
      body = complete
      try keeps(body.count)
    } else {
      while body.count <= limit, let more = try await nextBody() {
        body.append(contentsOf: more)
        try keeps(body.count)
      }
    }
    guard body.count <= limit else {
      throw MessageError(
        .tooLarge, "the body is larger than the \(limit) bytes allowed here",
        status: .contentTooLarge)
    }
    return body
  }
}

/// Answers exchanges. A handler that throws before it answered is answered for: with the status
/// of a `MessageError`, else 500; afterwards the answer is broken off.
package protocol Handler: Sendable {
  func handle(_ exchange: any Exchange) async throws

  /// Answers here and now where nothing has to be waited for: that spares the exchange a task.
  /// False, and nothing is done, where it would have to wait.
  func answersAtOnce(_ exchange: any Exchange) throws -> Bool
}

extension Handler {
  package func answersAtOnce(_ exchange: any Exchange) throws -> Bool { false }
}

/// Who is at the other end of a connection, and how. Asked for with each request, so it is one
/// reference.
package final class ConnectionInfo: Sendable {
  package enum Version: String, Sendable { case http1 = "HTTP/1.1", http2 = "HTTP/2" }

  package let version: Version
  package let peer: SocketAddress
  package let isSecure: Bool
  /// The node key proven by TLS under ALPN `apus/1`; nil for everybody else.
  package let peerKey: NodeID?
  /// The user at the other end of a Unix socket; nil for everybody else.
  package let localUser: UInt32?

  package init(
    version: Version, peer: SocketAddress, isSecure: Bool, peerKey: NodeID? = nil,
    localUser: UInt32? = nil
  ) {
    self.version = version
    self.peer = peer
    self.isSecure = isSecure
    self.peerKey = peerKey
    self.localUser = localUser
  }
}
