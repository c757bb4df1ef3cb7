import CNGHTTP2
import IO

/// A request that came over HTTP/2, and its answer. Guard: confinement to its connection's loop.
final class FrameExchange: FrameStream, Exchange, @unchecked Sendable {
  private(set) var request = RequestHead(target: "")
  private(set) var hasStarted = false
  /// Set when the head broke a limit: the answer to give instead of asking the handler.
  private(set) var refusal: MessageError?
  /// The handler's task in the session's set, while it runs.
  var task: UInt64?
  private var hasHead = false
  /// The answer is complete, though it may not have left yet.
  private var hasAnswered = false
  private var owesContinue = false
  /// Keeps the session, which keeps this stream for as long as it is open.
  private unowned(unsafe) let owner: FrameServerConnection

  init(session: FrameSession, owner: FrameServerConnection) {
    self.owner = owner
    super.init(session: session)
  }

  // MARK: - Events

  override func receivedHeaders(_ assembly: HeadAssembly) {
    guard !hasHead else {
      incomingTrailers = assembly.request.headers
      return
    }
    hasHead = true
    request = assembly.request
    refusal = assembly.refusal
    if request.authority.isEmpty, let host = request.headers["host"] { request.authority = host }
    owesContinue = request.headers.contains("expect", token: "100-continue")
    owner.arrived(self)
  }

  override func didClose() {
    if errorCode != 0 || isLost || !hasAnswered { cancelHandler() }
  }

  func cancelHandler() {
    if let task { session.tasks.cancel(task) }
    // A wait for bytes does not notice by itself.
    wake()
  }

  // MARK: - Exchange

  var connection: ConnectionInfo { owner.info }

  var requestTrailers: Headers { incomingTrailers }

  func takeCompleteBody() -> [UInt8]? { takeWholeBody() }

  func nextBody() async throws -> [UInt8]? {
    if owesContinue {
      owesContinue = false
      session.submitResponse(ResponseHead(.continues), of: self, hasBody: false)
    }
    return try await nextPiece()
  }

  func respond(_ head: ResponseHead, body: [UInt8], trailers: Headers?) {
    precondition(!hasStarted, "an exchange is answered once")
    hasStarted = true
    hasAnswered = true
    guard !isOver else { return }
    var head = head
    let sendsBody = !head.status.forbidsBody && request.method != .head
    if trailers == nil && !head.status.forbidsBody && !head.headers.contains("content-length") {
      head.headers.append("content-length", String(body.count))
    }
    guard sendsBody, !body.isEmpty || trailers != nil else {
      session.submitResponse(head, of: self, hasBody: false)
      refuseTheRest()
      return
    }
    queue(body)
    queueEnd(trailers: trailers)
    session.submitResponse(head, of: self, hasBody: true)
    refuseTheRest()
  }

  func start(_ head: ResponseHead) {
    precondition(!hasStarted, "an exchange is answered once")
    hasStarted = true
    let sendsBody = !head.status.forbidsBody && request.method != .head
    session.submitResponse(head, of: self, hasBody: sendsBody)
  }

  func write(_ bytes: [UInt8]) async throws {
    precondition(hasStarted, "a body needs a head before it")
    if request.method == .head { return }
    try await writePiece(bytes)
  }

  func finish(trailers: Headers?) {
    hasAnswered = true
    guard !isOver else { return }
    queueEnd(trailers: trailers)
    resumeOutgoing()
    refuseTheRest()
  }

  /// RFC 9113, 8.1: once the answer is out, a request whose rest nobody reads is cut short, or it
  /// would hold its stream and our window for as long as the client likes.
  private func refuseTheRest() {
    if !hasIncomingEnded { session.resetOnceAnswered(self) }
  }

  func abort() { reset(NGHTTP2_INTERNAL_ERROR) }
}
