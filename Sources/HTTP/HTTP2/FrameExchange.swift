import CNGHTTP2
import IO

/// A request that came over HTTP/2, and its answer.
final class FrameExchange: FrameStream, Exchange, @unchecked Sendable {
  let connection: ConnectionInfo
  private(set) var request = RequestHead(target: "")
  private(set) var hasStarted = false
  /// Set when the head broke a limit: the answer to give instead of asking the handler.
  private(set) var refusal: MessageError?
  /// The handler's task in the session's set, while it runs.
  var task: UInt64?
  /// What the head may still take.
  private var headBudget: Int
  private var fieldBudget: Int
  private var hasHead = false
  private var asked100 = false
  private unowned let owner: FrameServerConnection

  init(session: FrameSession, owner: FrameServerConnection) {
    self.owner = owner
    connection = owner.info
    headBudget = session.limits.headBytes
    fieldBudget = session.limits.headFields
    super.init(session: session)
  }

  // MARK: - Events

  override func receiveField(
    name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    headBudget -= name.count + value.count + 32  // RFC 9113, 6.5.2 counts 32 per field.
    fieldBudget -= 1
    guard headBudget >= 0, fieldBudget >= 0 else {
      refusal = MessageError(
        .tooLarge, "the request's head is larger than \(session.limits.headBytes) bytes or has "
          + "more than \(session.limits.headFields) fields", status: .headersTooLarge)
      // Far beyond the limit even the answer is not worth decoding for.
      return headBudget > -4 * session.limits.headBytes
    }
    if hasHead {
      incomingTrailers.append(name: name, value: value)
    } else if name.first == UInt8(ascii: ":") {
      receivePseudoField(name, value)
    } else {
      request.headers.append(name: name, value: value)
    }
    return true
  }

  private func receivePseudoField(
    _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>
  ) {
    // nghttp2 has checked that each is known, comes once and first, and holds legal bytes.
    switch name[1] {
    case UInt8(ascii: "m"): request.method = Method(String(decoding: value, as: UTF8.self))
    case UInt8(ascii: "p"):
      if value.count > session.limits.targetBytes {
        refusal = MessageError(
          .tooLarge, "the request target is longer than \(session.limits.targetBytes) bytes",
          status: .uriTooLong)
      } else {
        request.target = String(decoding: value, as: UTF8.self)
      }
    case UInt8(ascii: "a"): request.authority = String(decoding: value, as: UTF8.self)
    default: break
    }
  }

  override func receivedHeaders(endsStream: Bool) {
    guard !hasHead else { return }
    hasHead = true
    if request.authority.isEmpty, let host = request.headers["host"] { request.authority = host }
    asked100 = request.headers.contains("expect", token: "100-continue")
    owner.arrived(self)
  }

  override func didClose() {
    if let task { session.tasks.cancel(task) }
  }

  // MARK: - Exchange

  var requestTrailers: Headers { incomingTrailers }

  func nextBody() async throws -> [UInt8]? {
    if asked100 {
      asked100 = false
      session.submitResponse(ResponseHead(.continues), of: self, hasBody: false)
    }
    return try await nextPiece()
  }

  func respond(_ head: ResponseHead, body: [UInt8], trailers: Headers?) {
    precondition(!hasStarted, "an exchange is answered once")
    hasStarted = true
    guard !isClosed else { return }
    var head = head
    let sendsBody = !head.status.forbidsBody && request.method != .head
    if trailers == nil && !head.status.forbidsBody && !head.headers.contains("content-length") {
      head.headers.append("content-length", String(body.count))
    }
    guard sendsBody, !body.isEmpty || trailers != nil else {
      session.submitResponse(head, of: self, hasBody: false)
      return
    }
    queue(body)
    queueEnd(trailers: trailers)
    session.submitResponse(head, of: self, hasBody: true)
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
    guard !isClosed else { return }
    queueEnd(trailers: trailers)
    resumeOutgoing()
  }

  func abort() { reset(NGHTTP2_INTERNAL_ERROR) }
}
