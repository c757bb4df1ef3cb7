package import HTTP
import IO
package import Primitives
import Synchronization

/// Answers gRPC calls over HTTP/2: finds the method, asks whether the caller may, runs the
/// handler, and turns how it ended into a status. Every call passes through `handle`, and the
/// permission check in it is the only one there is.
package final class CallServer: Handler {
  package struct Limits: Sendable {
    /// One message, either way, after decompression.
    package var messageBytes = 16 << 20
    /// Smaller messages do not count to what a connection's calls keep together.
    package var unaccountedBytes = 16 * 1024
    /// Calls under way at a time; further ones are told to try elsewhere.
    package var concurrentCalls = 10_000
    /// For unary calls that bring no deadline; nil lets them run. Streams may last.
    package var defaultDeadline: Duration?
    /// Of a status: its text, percent-encoded, and its details. Many clients take 8 KiB of
    /// trailers in all; longer text is cut, and longer details are left out.
    package var statusTextBytes = 2_048
    package var statusDetailBytes = 4_096
    package init() {}
  }

  private let methods: MethodTable
  private let limits: Limits
  private let permissions: Locked<Permissions>
  private let identify: @Sendable (ConnectionInfo) -> Principal
  private let running = Atomic<Int>(0)
  private let served = Atomic<UInt64>(0)
  private let log = Logger("Calls")

  /// `identify` says on whose behalf a connection speaks.
  package init(
    _ handlers: [MethodHandler], permissions: Permissions, limits: Limits = Limits(),
    registry: MetricRegistry = .shared, identify: @escaping @Sendable (ConnectionInfo) -> Principal
  ) {
    methods = MethodTable(handlers, in: registry)
    methods.remember(permissions)
    self.permissions = Locked(permissions)
    self.limits = limits
    self.identify = identify
  }

  /// Calls answered since the start, whatever their status.
  package var callsServed: UInt64 { served.load(ordering: .relaxed) }

  /// Calls whose handlers have not ended.
  package var callsOpen: Int { running.load(ordering: .relaxed) }

  /// Replaces what is granted; calls under way keep what they had.
  package func grant(_ permissions: Permissions) {
    self.permissions.withLock {
      $0 = permissions
      methods.remember(permissions)
    }
  }

  /// The one check, also for what is no gRPC (a REST handler, `/metrics`).
  package func allows(_ connection: ConnectionInfo, _ permission: Permission) -> Bool {
    let principal = identify(connection)
    return permissions.withLock { $0.allows(principal, permission) }
  }

  /// On whose behalf a connection speaks.
  package func principal(of connection: ConnectionInfo) -> Principal { identify(connection) }

  package static func speaksTo(_ headers: borrowing Headers) -> Bool {
    guard let index = headers.firstIndex(of: "content-type"),
      headers.hasValue(at: index, prefix: "application/grpc")
    else { return false }
    return headers.valueLength(at: index) == 16
      || headers.hasValue(at: index, prefix: "application/grpc+proto")
      || headers.hasValue(at: index, prefix: "application/grpc;")
  }

  // MARK: - Calls that wait for nothing

  /// Answers an immediate method whose request is here as one plain message.
  package func answersAtOnce(_ exchange: any Exchange) throws -> Bool {
    let request = exchange.request
    let headers = request.headers
    guard Self.speaksTo(headers), let method = methods[request.target],
      case .immediate(let body) = method.body, request.method == .post,
      !headers.contains("grpc-encoding"),
      exchange.completeBody(satisfies: FrameParser.isOneMessage)
    else { return false }
    let begin = EventLoop.current?.now ?? .now()
    var code = Status.Code.ok
    do {
      let deadline = try givenDeadline(headers)
      if let deadline, deadline.hasPassed(now: .now()) { throw CallAnswer.expired }
      let context = try admit(request, method, exchange.connection, deadline, beside: callsOpen)
      CallAnswer.give(
        try reply(to: exchange, with: body, context), in: context, on: exchange)
    } catch {
      report(error, exchange)
      let answer = CallAnswer(exchange, headers, limits: limits)
      answer.end(Status(answering: error))
      code = answer.code
    }
    served.wrappingAdd(1, ordering: .relaxed)
    method.metrics.count(code, from: begin, to: .now())
    return true
  }

  private func reply(
    to exchange: any Exchange, with body: MethodHandler.Immediate, _ context: CallContext
  ) throws -> [UInt8] {
    guard let frame = exchange.takeCompleteBody() else {
      throw Status(.internal, "The request is gone.")
    }
    try checkSize(frame.count - FrameParser.prefixSize, of: "message")
    let reply = try body(frame, FrameParser.prefixSize, context)
    try checkSize(reply.count - FrameParser.prefixSize, of: "reply")
    return reply
  }

  private func checkSize(_ size: Int, of what: String) throws(Status) {
    guard size <= limits.messageBytes else {
      throw Status(
        .resourceExhausted,
        "The \(what) is \(size) bytes; at most \(limits.messageBytes) are allowed.")
    }
  }

  // MARK: - Calls that may wait

  package func handle(_ exchange: any Exchange) async throws {
    guard exchange.request.method == .post, Self.speaksTo(exchange.request.headers) else {
      throw MessageError(
        .malformed, "gRPC calls are POST requests of type application/grpc",
        status: exchange.request.method == .post ? .unsupportedMediaType : .methodNotAllowed)
    }
    let others = running.wrappingAdd(1, ordering: .relaxed).oldValue
    defer { running.wrappingSubtract(1, ordering: .relaxed) }
    let begin = Instant.now()
    let request = exchange.request
    let answer = CallAnswer(exchange, request.headers, limits: limits)
    let method = methods[request.target]
    do {
      guard let method else { throw Self.unknown(request) }
      let deadline = try givenDeadline(request.headers) ?? defaultDeadline(of: method.description)
      let context = try admit(request, method, exchange.connection, deadline, beside: others)
      try await run(method, context, answer)
    } catch {
      let reason = error is Status || !Task.isCancelled ? error : CancellationError()
      report(reason, exchange)
      answer.end(Status(answering: reason))
    }
    served.wrappingAdd(1, ordering: .relaxed)
    method?.metrics.count(answer.code, from: begin, to: .now())
  }

  private static func unknown(_ request: RequestHead) -> Status {
    Status(
      .unimplemented,
      "There is no method \(request.path.prefix(200)) here; reflection lists those that are.")
  }

  /// Every call passes here before anything of it is looked at.
  private func admit(
    _ request: RequestHead, _ method: ServedMethod, _ connection: ConnectionInfo,
    _ deadline: Deadline?, beside others: Int
  ) throws(Status) -> CallContext {
    let principal = identify(connection)
    let permission = method.description.permission
    guard
      method.everybody.includes(principal)
        || permissions.withLock({ $0.allows(principal, permission) })
    else {
      throw Status(
        .permissionDenied,
        "\(principal) may not call \(method.description): it needs the permission "
          + "\(permission?.name ?? "of the local owner").")
    }
    guard others < limits.concurrentCalls else {
      throw Status(
        .resourceExhausted,
        "The node is busy with \(limits.concurrentCalls) calls; try again or try another node.")
    }
    return CallContext(
      method: method.description, principal: principal, head: request, deadline: deadline)
  }

  private func defaultDeadline(of method: MethodDescription) -> Deadline? {
    guard method.kind == .unary, let limit = limits.defaultDeadline else { return nil }
    return Deadline(Instant.now().advanced(by: limit))
  }

  private func givenDeadline(_ headers: borrowing Headers) throws(Status) -> Deadline? {
    guard let index = headers.firstIndex(of: "grpc-timeout") else { return nil }
    let timeout = headers.value(at: index)
    guard let given = Deadline(timeout: timeout, now: .now()) else {
      throw Status(
        .invalidArgument,
        "Expected grpc-timeout as up to eight digits and a unit (H M S m u n), found "
          + "\(timeout.prefix(40).debugDescription).")
    }
    return given
  }

  private func run(
    _ method: ServedMethod, _ context: CallContext, _ answer: CallAnswer
  ) async throws {
    answer.context = context
    try answer.armDeadline(context.deadline)
    defer { answer.disarm() }
    switch method.body {
    case .immediate(let body):
      answer.end(withOnly: try body(try await answer.onlyRequest(), 0, context))
    case .unary(let body):
      let reply = try await body(try await answer.onlyRequest(), context)
      answer.end(withOnly: reply)
    case .streaming(let body):
      try await body(answer, context)
      answer.end(Status(.ok))
    }
  }

  /// What the caller is not told goes to the log.
  private func report(_ error: any Error, _ exchange: any Exchange) {
    switch error {
    case let status as Status where status.code != .ok: break
    case is DecodingFailure, is CancellationError, is MessageError: break
    default:
      log.error(
        "a call's handler failed", LogField("method", exchange.request.path),
        LogField("error", String(describing: error)))
    }
  }
}
