import Primitives

/// Leads requests to handlers by method and path. Built once, then a value that never changes.
///
/// HEAD is answered by GET's handler and OPTIONS by the list of methods, unless a route says
/// otherwise. gRPC is told apart by its content type before any route.
package struct Router: Handler {
  package typealias Endpoint = @Sendable (Request) async throws -> Response

  private var tree = RouteTree<Endpoint>()
  private var middleware: [any Middleware] = []
  private var calls: (any Handler & AnyObject)?
  private var fallback: Endpoint?
  private var hostGuard: HostGuard?

  package init() {}

  // MARK: - Building

  /// `pattern` consists of literal segments, `:name` for one segment and, last, `*name` for the
  /// rest of the path.
  package mutating func on(_ method: Method, _ pattern: String, _ endpoint: @escaping Endpoint) {
    tree.add(method, pattern, endpoint)
  }

  package mutating func get(_ pattern: String, _ endpoint: @escaping Endpoint) {
    on(.get, pattern, endpoint)
  }

  package mutating func post(_ pattern: String, _ endpoint: @escaping Endpoint) {
    on(.post, pattern, endpoint)
  }

  /// Hands exchanges to `handler` as they are: for upgrades and streams both ways.
  package mutating func mount(
    _ method: Method, _ pattern: String, _ handler: some Handler
  ) {
    on(method, pattern) { request in
      try await handler.handle(request.exchange)
      return Response(body: .sent)
    }
  }

  /// Where requests of content type `application/grpc` go.
  package mutating func calls(to handler: some Handler & AnyObject) {
    calls = handler
  }

  /// Answers what no route does, instead of 404: files of a page.
  package mutating func otherwise(_ endpoint: @escaping Endpoint) { fallback = endpoint }

  /// Wraps every route. The first added is the outermost.
  package mutating func use(_ middleware: some Middleware) { self.middleware.append(middleware) }

  /// Looks at every request, calls included, before anything else does.
  package mutating func admit(by hostGuard: HostGuard) { self.hostGuard = hostGuard }

  // MARK: - Handling

  package func handle(_ exchange: any Exchange) async throws {
    if let refusal = hostGuard?.refusal(of: exchange.request, on: exchange.connection) {
      return try await refusal.send(on: exchange)
    }
    if let calls, Self.isCall(exchange.request.headers) { return try await calls.handle(exchange) }
    let request = Request(exchange)
    let response =
      middleware.isEmpty
      ? try await dispatch(request) : try await run(request, through: middleware[...])
    try await response.send(on: exchange)
  }

  package func answersAtOnce(_ exchange: any Exchange) throws -> Bool {
    guard let calls,
      hostGuard?.refusal(of: exchange.request, on: exchange.connection) == nil
    else { return false }
    return try calls.answersAtOnce(exchange)
  }

  private func run(
    _ request: Request, through rest: ArraySlice<any Middleware>
  ) async throws -> Response {
    guard let first = rest.first else { return try await dispatch(request) }
    return try await first.handle(request) { request in
      try await run(request, through: rest.dropFirst())
    }
  }

  /// Errors become answers here, so that middleware sees those as well.
  private func dispatch(_ request: Request) async throws -> Response {
    do {
      if let endpoint = tree.matchExactly(request.exchange.request) {
        return try await endpoint(request)
      }
      return try await route(request)
    } catch let error as ResponseError where !request.exchange.hasStarted {
      return .error(error.status, error.message, code: error.code)
    } catch let error as MessageError where !request.exchange.hasStarted {
      return .error(error.status, error.message)
    }
  }

  private func route(_ request: Request) async throws -> Response {
    let head = request.head
    if head.target == "*" { return Response(.noContent) }
    if head.method == .connect {
      return .error(.methodNotAllowed, "this server connects to nobody on your behalf")
    }
    guard let segments = Target.segments(head.path) else {
      return .error(.badRequest, "the path is not properly encoded, or not normal")
    }
    guard let match = tree.match(segments) else {
      if let fallback { return try await fallback(request) }
      return .error(.notFound, "there is nothing at \(head.path)")
    }
    let method = head.method == .head && match.endpoints[.head] == nil ? .get : head.method
    guard let route = match.endpoints[method] else { return refuse(head, match) }
    var request = request
    for (name, value) in zip(route.names, match.values) { request.parameters[name] = value }
    return try await route.endpoint(request)
  }

  private func refuse(_ head: RequestHead, _ match: RouteTree<Endpoint>.Match) -> Response {
    var names = Set(match.endpoints.keys.map(\.name)).union(["OPTIONS"])
    if names.contains("GET") { names.insert("HEAD") }
    let allow: Headers = ["allow": names.sorted().joined(separator: ", ")]
    if head.method == .options { return Response(.noContent, headers: allow) }
    return .error(
      .methodNotAllowed, "\(head.method) is not possible here; see the allow header",
      headers: allow)
  }

  private static func isCall(_ headers: borrowing Headers) -> Bool {
    guard let index = headers.firstIndex(of: "content-type"),
      headers.hasValue(at: index, prefix: "application/grpc")
    else { return false }
    let next = headers.valueBytes(at: index).dropFirst(16).first
    return next == nil || next == UInt8(ascii: "+") || next == UInt8(ascii: ";")
  }
}
