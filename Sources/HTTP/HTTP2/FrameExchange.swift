import CNGHTTP2
import IO
import Primitives

/// A request that came over HTTP/2, and its answer. Guard: confinement to its connection's loop.
final class FrameExchange: FrameStream, Exchange, @unchecked Sendable {
  private(set) var request = FrameExchange.noRequest
  private(set) var hasStarted = false
  /// Set when the head broke a limit: the answer to give instead of asking the handler.
  private(set) var refusal: MessageError?
  /// The handler's task in the session's set, once it waits and while it runs.
  private var task: UInt64?
  private var onSuspension: (() -> Void)?
  private var hasHead = false
  private var hasLookedForExpect = false
  /// The answer's head has a body behind it.
  private var sendsBody = false
  private var isHandled = false
  private var keptBytes = 0
  /// Of what the client still sends after it was answered.
  private var drainedBytes = 0
  private var lingering: TimerToken?
  private let begun: Instant
  private static let noRequest = RequestHead(target: "")
  /// A handler may keep an exchange for longer than its connection lives.
  private let owner: FrameServerConnection

  init(session: FrameSession, owner: FrameServerConnection) {
    self.owner = owner
    begun = session.loop.now
    super.init(session: session)
  }

  // MARK: - Events

  override func receivedHeaders(_ assembly: inout HeadAssembly) {
    guard !hasHead else {
      incomingTrailers = assembly.takeHeaders()
      if assembly.refusal != nil { reset(NGHTTP2_ENHANCE_YOUR_CALM) }
      return
    }
    hasHead = true
    request = assembly.takeRequest()
    refusal = assembly.refusal
    owner.arrived(self)
  }

  override func isDiscarding(_ count: Int) -> Bool {
    guard isHandled else { return false }
    drainedBytes += count
    if isDrained { endIfAnswered() }
    return !isDrained
  }

  private var isDrained: Bool { drainedBytes > session.limits.drainBytes }

  override func didClose() {
    if let lingering { session.loop.cancel(lingering) }
    lingering = nil
    if errorCode != 0 || isLost || !hasSentEnd { cancelHandler() }
  }

  override func didSendEnd() { endIfAnswered() }

  override func isStalled(since limit: Duration) -> Bool {
    if hasHead { return super.isStalled(since: limit) }
    return begun.duration(to: session.loop.now) >= session.limits.headTimeout
  }

  /// The handler returned, or was answered for.
  func handled() {
    task = nil
    onSuspension = nil
    isHandled = true
    if keptBytes > 0 {
      session.keptBytes -= keptBytes
      keptBytes = 0
    }
    if sendsBody && !hasOutgoingEnded && !isOver {
      Logger("HTTP").error(
        "a handler began an answer and did not finish it", LogField("target", request.path))
      abort()
    }
    discardIncoming()
    endIfAnswered()
  }

  /// Answered for good, a client that goes on sending is asked to stop (RFC 9113, 8.1): what it
  /// sends would fill the connection's window, with nobody to take it. One that has little left is
  /// heard out, since clients that are told to stop while they send may not look at the answer.
  private func endIfAnswered() {
    guard isHandled && hasSentEnd && !hasIncomingEnded && !isOver else { return }
    if isDrained { return reset(NGHTTP2_NO_ERROR) }
    guard lingering == nil else { return }
    lingering = session.loop.schedule(after: session.limits.lingerTimeout) { [weak self] in
      self?.reset(NGHTTP2_NO_ERROR)
    }
  }

  func whenSuspended(_ body: @escaping () -> Void) {
    if task == nil { onSuspension = body } else { body() }
  }

  /// The handler waits, and this is its task.
  func suspended(in task: UInt64) {
    self.task = task
    guard let body = onSuspension else { return }
    onSuspension = nil
    body()
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

  func completeBody(satisfies condition: ([UInt8]) -> Bool) -> Bool {
    wholeBody(satisfies: condition)
  }

  func keeps(_ bytes: Int) throws(MessageError) {
    guard !isHandled else { return }
    try session.keep(bytes, insteadOf: keptBytes)
    keptBytes = bytes
  }

  func nextBody() async throws -> [UInt8]? {
    sayContinue()
    return try await nextPiece()
  }

  /// Once, and only where the body has not begun to come anyway.
  private func sayContinue() {
    guard !hasLookedForExpect else { return }
    hasLookedForExpect = true
    if !hasStarted, request.headers.contains("expect", token: "100-continue") {
      session.submitResponse(ResponseHead(.continues), of: self, hasBody: false)
    }
  }

  func respond(_ head: ResponseHead, body: [UInt8], trailers: Headers?) {
    precondition(!hasStarted, "an exchange is answered once")
    hasStarted = true
    guard !isOver else { return }
    let sendsBody = !head.status.forbidsBody && request.method != .head
    let head = trailers == nil ? withLength(head, body.count) : head
    guard sendsBody, !body.isEmpty || trailers != nil else {
      session.submitResponse(head, of: self, hasBody: false)
      return
    }
    self.sendsBody = true
    queue(body)
    queueEnd(trailers: trailers)
    session.submitResponse(head, of: self, hasBody: true)
  }

  private func withLength(_ head: ResponseHead, _ count: Int) -> ResponseHead {
    if head.status.forbidsBody || head.headers.contains("content-length") { return head }
    var head = head
    head.headers.append("content-length", String(count))
    return head
  }

  func start(_ head: ResponseHead) {
    precondition(!hasStarted, "an exchange is answered once")
    hasStarted = true
    sendsBody = !head.status.forbidsBody && request.method != .head
    session.submitResponse(head, of: self, hasBody: sendsBody)
  }

  func write(_ bytes: [UInt8]) async throws {
    precondition(hasStarted, "a body needs a head before it")
    if !sendsBody { return }
    try await writePiece(bytes)
  }

  func finish(trailers: Headers?) {
    guard sendsBody, !isOver else { return }
    queueEnd(trailers: trailers)
    resumeOutgoing()
  }

  func abort() { reset(NGHTTP2_INTERNAL_ERROR) }
}
