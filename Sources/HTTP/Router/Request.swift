/// A request on its way through the router.
package struct Request: Sendable {
  package let exchange: any Exchange
  /// What `:name` and `*name` of the route's pattern stand for, decoded.
  package internal(set) var parameters: [String: String] = [:]
  /// What middleware found out, such as who asks. Keys are types.
  package var context = RequestContext()

  package init(_ exchange: any Exchange) { self.exchange = exchange }

  package var head: RequestHead { exchange.request }
  package var method: Method { exchange.request.method }
  package var headers: Headers { exchange.request.headers }
  package var connection: ConnectionInfo { exchange.connection }

  /// The parameter of that name; a pattern without it is a mistake in our own code.
  package func parameter(_ name: String) -> String {
    guard let value = parameters[name] else {
      preconditionFailure("the route has no parameter named \(name)")
    }
    return value
  }

  /// The parameters of the query, in order.
  package func query() throws(MessageError) -> [(name: String, value: String)] {
    try Target.query(head.query ?? "")
  }

  /// The first parameter of that name in the query.
  package func query(_ name: String) throws(MessageError) -> String? {
    try query().first { $0.name == name }?.value
  }

  /// The whole body; larger ones are answered 413. Compressed ones are expanded within the same
  /// limit.
  package func body(limit: Int) async throws -> [UInt8] {
    let body = try await exchange.collectBody(limit: limit)
    guard let coding = headers["content-encoding"]?.lowercased(), coding != "identity" else {
      return body
    }
    guard coding == "gzip" else {
      throw MessageError(
        .malformed, "the only content-encoding known here is gzip", status: .unsupportedMediaType)
    }
    return try Gzip.decompress(body, limit: limit)
  }
}

/// Values by their type, handed from middleware to handlers.
package struct RequestContext: Sendable {
  private var values: [ObjectIdentifier: any Sendable] = [:]

  package init() {}

  package subscript<Value: Sendable>(_ type: Value.Type) -> Value? {
    get { values[ObjectIdentifier(type)] as? Value }
    set { values[ObjectIdentifier(type)] = newValue }
  }
}
