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

  private struct Method: Sendable {
    let handler: MethodHandler
    let metrics: CallMetrics
  }

  private let methods: [String: Method]
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
    methods = Dictionary(
      handlers.map {
        let metrics = CallMetrics($0.description, in: registry)
        return ($0.description.path, Method(handler: $0, metrics: metrics))
      },
      uniquingKeysWith: { _, _ in preconditionFailure("two handlers for one method") })
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
    self.permissions.withLock { $0 = permissions }
  }

  /// The one check, also for what is no gRPC (a REST handler, `/metrics`).
  package func allows(_ connection: ConnectionInfo, _ permission: Permission) -> Bool {
    let principal = identify(connection)
    return permissions.withLock { $0.allows(principal, permission) }
  }

  package static func speaksTo(_ request: RequestHead) -> Bool {
    guard let type = request.headers["content-type"] else { return false }
    return type.hasPrefix("application/grpc")
      && (type.utf8.count == 16 || type.hasPrefix("application/grpc+proto")
        || type.hasPrefix("application/grpc;"))
  }

  package func handle(_ exchange: any Exchange) async throws {
    guard exchange.request.method == .post, Self.speaksTo(exchange.request) else {
      throw MessageError(
        .malformed, "gRPC calls are POST requests of type application/grpc",
        status: exchange.request.method == .post ? .unsupportedMediaType : .methodNotAllowed)
    }
    running.wrappingAdd(1, ordering: .relaxed)
    defer { running.wrappingSubtract(1, ordering: .relaxed) }
    let begin = Instant.now()
    let request = exchange.request
    let answer = CallAnswer(exchange, request.headers, limits: limits)
    let method = methods[request.target]
    do {
      let (handler, context) = try admit(request, method?.handler, exchange.connection)
      try await run(handler, context, answer)
    } catch {
      let reason = error is Status || !Task.isCancelled ? error : CancellationError()
      report(reason, exchange)
      answer.end(Status(answering: reason))
    }
    served.wrappingAdd(1, ordering: .relaxed)
    method?.metrics.count(answer.code, after: begin.duration(to: .now()))
  }

  private func admit(
    _ request: RequestHead, _ handler: MethodHandler?, _ connection: ConnectionInfo
  ) throws(Status) -> (MethodHandler, CallContext) {
    guard let handler else {
      throw Status(
        .unimplemented,
        "There is no method \(request.path.prefix(200)) here; reflection lists those "
          + "that are."
      )
    }
    let principal = identify(connection)
    guard permissions.withLock({ $0.allows(principal, handler.description.permission) }) else {
      throw Status(
        .permissionDenied,
        "\(principal) may not call \(handler.description): it needs the permission "
          + "\(handler.description.permission?.name ?? "of the local owner").")
    }
    guard running.load(ordering: .relaxed) <= limits.concurrentCalls else {
      throw Status(
        .resourceExhausted,
        "The node is busy with \(limits.concurrentCalls) calls; try again or try another node.")
    }
    return (handler, try context(of: request.headers, for: handler.description, principal))
  }

  private func context(
    of headers: Headers, for method: MethodDescription, _ principal: Principal
  ) throws(Status) -> CallContext {
    var deadline: Deadline?
    if let timeout = headers["grpc-timeout"] {
      guard let given = Deadline(timeout: timeout, now: .now()) else {
        throw Status(
          .invalidArgument,
          "Expected grpc-timeout as up to eight digits and a unit (H M S m u n), found "
            + "\(timeout.prefix(40).debugDescription).")
      }
      deadline = given
    } else if method.kind == .unary {
      deadline = limits.defaultDeadline.map { Deadline(Instant.now().advanced(by: $0)) }
    }
    return CallContext(
      method: method, principal: principal, headers: headers, deadline: deadline)
  }

  private func run(
    _ handler: MethodHandler, _ context: CallContext, _ answer: CallAnswer
  ) async throws {
    answer.context = context
    try answer.armDeadline(context.deadline)
    defer { answer.disarm() }
    switch handler.body {
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
