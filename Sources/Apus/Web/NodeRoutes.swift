import Calls
import HTTP
import IO
import Primitives
import Security

/// Everything on the node's sockets: gRPC goes to the calls, the rest to a few pages.
enum NodeRoutes {
  static func router(
    calls: CallServer, node: Node, settings: Settings, files: NodeFiles
  ) throws -> Router {
    var router = Router()
    router.admit(by: HostGuard(names: names(settings)))
    router.calls(to: calls)
    router.get("/healthz") { _ in status("ok\n") }
    router.get("/readyz") { readiness(of: node, for: $0.connection, calls) }
    router.get("/metrics") { try metrics(for: $0.connection, calls) }
    files.addRoutes(to: &router, calls: calls)
    let pages = try StaticFiles([.init(path: "/index.html", bytes: Array(front.utf8))]) {
      Digest.sha256(of: $0).description
    }
    // Only what a browser shows needs its guard: a probe every few milliseconds does not.
    let guarding = SecurityHeaders(
      policy: "default-src 'none'; frame-ancestors 'none'; base-uri 'none'")
    router.otherwise { request in
      try await guarding.handle(request) { request in
        guard [.get, .head].contains(request.method), let page = pages.answer(request.head) else {
          throw ResponseError(.notFound, code: "notFound", "there is nothing at this address")
        }
        return page
      }
    }
    return router
  }

  /// What this node goes by on its own machine, beside localhost.
  private static func names(_ settings: Settings) -> [String] {
    settings.httpHosts.names + [settings.nodeName, settings.nodeName + ".local"]
      + settings.nodeListen.endpoints.map(\.host)
  }

  /// Ready or not is said to everybody; why only to those who may know.
  private static func readiness(
    of node: Node, for caller: ConnectionInfo, _ calls: CallServer
  ) -> Response {
    let state = node.status
    let isReady = state.isReady && !state.isStopping
    let code: StatusCode = isReady ? .ok : .unavailable
    guard calls.allows(caller, .readiness) else {
      return status(isReady ? "ready\n" : "not ready\n", code)
    }
    let json: JSON = [
      "ready": .bool(isReady), "started": .bool(state.isReady),
      "stopping": .bool(state.isStopping), "version": .string(Version.current),
    ]
    var response = Response.json(Array((json.text + "\n").utf8), status: code)
    response.headers.set("cache-control", "no-store")
    return response
  }

  private static func metrics(
    for caller: ConnectionInfo, _ calls: CallServer
  ) throws -> Response {
    guard calls.allows(caller, .metrics) else {
      throw ResponseError(
        .forbidden, code: "forbidden",
        "this caller may not read the metrics; the setting loopback.metrics opens them to this "
          + "machine")
    }
    return Response(
      .ok,
      headers: [
        "content-type": MetricRegistry.prometheusType, "cache-control": "no-store",
      ], body: .bytes(Array(MetricRegistry.shared.prometheusText.utf8)))
  }

  private static func status(_ text: String, _ code: StatusCode = .ok) -> Response {
    var response = Response.text(text, status: code)
    response.headers.set("cache-control", "no-store")
    return response
  }

  private static let front = """
    <!doctype html><html lang="en"><meta charset="utf-8">
    <meta name="viewport" content="width=device-width"><title>Apus node</title>
    <h1>An Apus node</h1>
    <p>This node speaks gRPC, HTTP/1.1 and HTTP/2 on this port.
    <p><a href="/healthz">Health</a>, <a href="/readyz">readiness</a>,
    <a href="/metrics">metrics</a>.
    </html>

    """
}
