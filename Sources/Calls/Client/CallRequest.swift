import HTTP
import Primitives

/// What a call says before its messages.
struct CallRequest: Sendable {
  let method: MethodDescription
  let options: CallOptions
  let authority: String

  private static let fixedHeaders: Headers = [
    "te": "trailers", "content-type": "application/grpc", "user-agent": "apus",
    "grpc-accept-encoding": MessageEncoding.accepted,
  ]

  /// Made anew for every attempt: the deadline has come nearer.
  func head(now: Instant) -> RequestHead {
    var headers = Self.fixedHeaders
    if let deadline = options.deadline {
      headers.append("grpc-timeout", deadline.timeout(now: now))
    }
    let trace = options.trace ?? .random()
    headers.append("traceparent", trace.traceparent)
    if let state = trace.state { headers.append("tracestate", state) }
    if options.isCompressed { headers.append("grpc-encoding", "gzip") }
    for (name, value) in options.metadata.entries { headers.append(name, value) }
    return RequestHead(
      method: .post, target: method.path, authority: authority, headers: headers)
  }
}
