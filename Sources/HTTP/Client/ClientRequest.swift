/// A request of ours.
package struct ClientRequest: Sendable {
  package enum Body: Sendable {
    case none
    /// Can be sent again when a connection turns out to be closed.
    case bytes([UInt8])
    /// Written by the closure, at the same time as the answer is awaited; returns the trailers.
    case stream(@Sendable (any ClientStream) async throws -> Headers?)
  }

  package var origin: Origin
  /// An empty authority stands for the origin's.
  package var head: RequestHead
  package var body: Body
  /// For the whole exchange, the body of its answer included; nil is the client's default.
  package var timeout: Duration?
  /// Asks for gzip and expands it; the limit is on the expanded bytes.
  package var expandsUpTo: Int?

  package init(
    _ method: Method = .get, _ origin: Origin, _ target: String = "/", headers: Headers = [:],
    body: Body = .none
  ) {
    self.origin = origin
    head = RequestHead(method: method, target: target, headers: headers)
    self.body = body
  }

  /// As it is sent.
  var completeHead: RequestHead {
    var head = head
    if head.authority.isEmpty { head.authority = origin.authority }
    if case .bytes(let bytes) = body { head.headers.set("content-length", String(bytes.count)) }
    if expandsUpTo != nil { head.headers.set("accept-encoding", "gzip") }
    return head
  }

  var isReplayable: Bool {
    switch body {
    case .none, .bytes: true
    case .stream: false
    }
  }
}

/// A whole answer.
package struct ClientAnswer: Sendable {
  package var head: ResponseHead
  package var body: [UInt8]
  package var trailers: Headers

  package var status: StatusCode { head.status }
  package var headers: Headers { head.headers }
}
