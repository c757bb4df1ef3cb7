import HTTP
import IO
import Primitives

/// The server's side of one call: messages in, messages and a status out, over an `Exchange`.
/// Guard: confinement to the loop of the exchange.
final class CallAnswer: MessageStream, @unchecked Sendable {
  var context: CallContext?
  private let exchange: any Exchange
  private let limits: CallServer.Limits
  private let encoding: MessageEncoding
  /// Answers are compressed for those whose requests are.
  private let isCompressed: Bool
  private var parser: FrameParser
  /// Bytes of requests that were said to be kept.
  private var kept = 0
  private var hasEnded = false
  /// How the call ended, once it has.
  private(set) var code = Status.Code.ok
  private var hasExpired = false
  private var timer: TimerToken?

  private static let head = ResponseHead(
    .ok,
    headers: Headers.lasting([
      "content-type": "application/grpc", "grpc-accept-encoding": MessageEncoding.accepted,
    ]))
  private static let okTrailers = Headers.lasting(["grpc-status": "0"])

  init(_ exchange: any Exchange, _ headers: Headers, limits: CallServer.Limits) {
    self.exchange = exchange
    self.limits = limits
    encoding = MessageEncoding(headers["grpc-encoding"])
    isCompressed =
      encoding == .gzip && headers.contains("grpc-accept-encoding", token: "gzip")
    parser = FrameParser(maximumMessageSize: limits.messageBytes)
  }

  /// The whole answer to a call that went well, for one that has nobody to keep its state.
  static func give(_ frame: [UInt8], in context: CallContext, on exchange: any Exchange) {
    guard let metadata = context.takeBoth() else {
      exchange.respond(head, body: frame, trailers: okTrailers)
      return
    }
    var (head, trailers) = (head, okTrailers)
    for (name, value) in metadata.headers.entries { head.headers.append(name, value) }
    for (name, value) in metadata.trailers.entries { trailers.append(name, value) }
    exchange.respond(head, body: frame, trailers: trailers)
  }

  // MARK: - Requests

  /// The only message of a unary call.
  func onlyRequest() async throws -> [UInt8] {
    if let body = exchange.takeCompleteBody() {
      parser.feed(body)
      try keep(body.count)
    }
    guard let request = try await read() else {
      throw Status(.internal, "Expected one request message, found none.")
    }
    guard try await read() == nil else {
      throw Status(.internal, "Expected one request message, found several.")
    }
    return request
  }

  func next() async throws -> [UInt8]? {
    // Who asks for another is done with the last.
    if kept > 0 { try keep(parser.buffered, isAnew: true) }
    return try await read()
  }

  private func read() async throws -> [UInt8]? {
    while true {
      if let frame = try parser.next() {
        let message = try encoding.decode(
          frame, limit: limits.messageBytes, unknownIs: .unimplemented)
        try keep(message.count)
        return message
      }
      do {
        guard let bytes = try await exchange.nextBody() else { break }
        parser.feed(bytes)
      } catch {
        throw interrupted()
      }
      try keep(parser.buffered)
    }
    try parser.finish()
    return nil
  }

  /// What is here of a message counts for as long as it is worked on, once it is large.
  private func keep(_ bytes: Int, isAnew: Bool = false) throws(Status) {
    let bytes = bytes > limits.unaccountedBytes ? bytes : 0
    guard isAnew || bytes > kept else { return }
    do throws(MessageError) {
      try exchange.keeps(bytes)
      kept = bytes
    } catch {
      throw Status(.resourceExhausted, error.message)
    }
  }

  // MARK: - Replies

  func send(_ frame: [UInt8]) async throws {
    guard frame.count - FrameParser.prefixSize <= limits.messageBytes else {
      throw Status(
        .resourceExhausted,
        "The reply is \(frame.count - FrameParser.prefixSize) bytes; at most "
          + "\(limits.messageBytes) are sent.")
    }
    if hasEnded { throw interrupted() }
    let frame = isCompressed ? try MessageEncoding.compress(frame) : frame
    if !exchange.hasStarted { exchange.start(head()) }
    do {
      try await exchange.write(frame)
    } catch {
      throw interrupted()
    }
  }

  /// A server's stream is finished by its status.
  func finish() async throws {}

  /// The only reply of a unary call, with the status `ok`.
  func end(withOnly frame: [UInt8]) {
    guard !hasEnded else { return }
    guard frame.count - FrameParser.prefixSize <= limits.messageBytes else {
      end(
        Status(
          .resourceExhausted, "The reply is larger than the \(limits.messageBytes) bytes allowed."))
      return
    }
    hasEnded = true
    var frame = frame
    // A reply that cannot be compressed goes as it is.
    if isCompressed, let smaller = try? MessageEncoding.compress(frame) { frame = smaller }
    exchange.respond(head(), body: frame, trailers: trailers(Status(.ok)))
  }

  func end(_ status: Status) {
    guard !hasEnded else { return }
    hasEnded = true
    let status = hasExpired ? Self.expired : status
    code = status.code
    if exchange.hasStarted {
      exchange.finish(trailers: trailers(status))
    } else {
      exchange.respond(head(), body: [], trailers: trailers(status))
    }
  }

  // MARK: - The deadline

  /// Ends the call at its deadline, whether or not the handler listens. A handler that answers
  /// without waiting needs no timer.
  func armDeadline(_ deadline: Deadline?) throws(Status) {
    guard let deadline else { return }
    if deadline.hasPassed(now: .now()) { throw Self.expired }
    exchange.whenSuspended { [self] in
      timer = EventLoop.current?.schedule(at: deadline.instant) { [self] in
        hasExpired = true
        end(Self.expired)
        exchange.cancelHandler()
      }
    }
  }

  func disarm() {
    if let timer { EventLoop.current?.cancel(timer) }
  }

  static let expired = Status(
    .deadlineExceeded, "The deadline passed before the call was answered.")

  // MARK: - Helpers

  private func interrupted() -> Status {
    hasExpired ? Self.expired : Status(.cancelled, "The caller is gone.")
  }

  private func head() -> ResponseHead {
    let metadata = context?.takeHeaders()
    guard isCompressed || metadata?.isEmpty == false else { return Self.head }
    var head = Self.head
    if isCompressed { head.headers.append("grpc-encoding", "gzip") }
    for (name, value) in metadata?.entries ?? [] { head.headers.append(name, value) }
    return head
  }

  private func trailers(_ status: Status) -> Headers {
    let metadata = context?.takeTrailers()
    if status.code == .ok, status.message.isEmpty, metadata?.isEmpty ?? true {
      return Self.okTrailers
    }
    var trailers: Headers = ["grpc-status": String(status.code.rawValue)]
    if !status.message.isEmpty {
      let text = StatusText.encode(status.message, limit: limits.statusTextBytes)
      trailers.append("grpc-message", text)
    }
    if let details = status.encodedDetails(), details.count <= limits.statusDetailBytes {
      trailers.append("grpc-status-details-bin", Base64.encode(details))
    }
    for (name, value) in metadata?.entries ?? [] { trailers.append(name, value) }
    return trailers
  }
}
