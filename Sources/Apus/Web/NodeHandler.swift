import Calls
import HTTP
import Primitives

/// Everything on the node's sockets: gRPC goes to the calls, the rest to a few pages.
struct NodeHandler: Handler {
  private let calls: CallServer
  private let node: Node

  init(calls: CallServer, node: Node) {
    self.calls = calls
    self.node = node
  }

  func handle(_ exchange: any Exchange) async throws {
    if CallServer.speaksTo(exchange.request) {
      try await calls.handle(exchange)
      return
    }
    guard [.get, .head].contains(exchange.request.method) else {
      refuseMethod(exchange)
      return
    }
    switch exchange.request.path {
    case "/": front(exchange)
    case "/healthz": text("ok\n", on: exchange)
    case "/readyz": readiness(exchange)
    case "/metrics": try metrics(exchange)
    default:
      throw MessageError(.misuse, "there is nothing at this address", status: .notFound)
    }
  }

  /// RFC 9110, 15.5.6: the answer has to name the methods there are.
  private func refuseMethod(_ exchange: any Exchange) {
    exchange.respond(
      ResponseHead(
        .methodNotAllowed, headers: ["allow": "GET, HEAD", "content-type": "application/json"]),
      body: ErrorAnswer.body(
        code: "methodNotAllowed", message: "only GET and HEAD are answered here"))
  }

  /// Ready or not is said to everybody; why only to those who may know.
  private func readiness(_ exchange: any Exchange) {
    let status = node.status.withLock { $0 }
    let isReady = status.isReady && !status.isStopping
    guard calls.allows(exchange.connection, .readiness) else {
      text(isReady ? "ready\n" : "not ready\n", on: exchange, isReady ? .ok : .unavailable)
      return
    }
    let json: JSON = [
      "ready": .bool(isReady), "started": .bool(status.isReady),
      "stopping": .bool(status.isStopping), "version": .string(Version.current),
    ]
    exchange.respond(
      ResponseHead(
        isReady ? .ok : .unavailable,
        headers: ["content-type": "application/json", "cache-control": "no-store"]),
      body: Array((json.text + "\n").utf8))
  }

  private func metrics(_ exchange: any Exchange) throws {
    guard calls.allows(exchange.connection, .metrics) else {
      throw MessageError(
        .misuse, "this caller may not read the metrics; the setting loopback.metrics opens them "
          + "to this machine", status: .forbidden)
    }
    exchange.respond(
      ResponseHead(
        .ok,
        headers: [
          "content-type": "text/plain; version=0.0.4; charset=utf-8", "cache-control": "no-store",
        ]),
      body: Array(MetricRegistry.shared.prometheusText.utf8))
  }

  private func text(_ text: String, on exchange: any Exchange, _ status: StatusCode = .ok) {
    exchange.respond(
      ResponseHead(
        status,
        headers: ["content-type": "text/plain; charset=utf-8", "cache-control": "no-store"]),
      body: Array(text.utf8))
  }

  private func front(_ exchange: any Exchange) {
    let page = """
      <!doctype html><html lang="en"><meta charset="utf-8">
      <meta name="viewport" content="width=device-width"><title>Apus node</title>
      <h1>An Apus node</h1>
      <p>This node speaks gRPC, HTTP/1.1 and HTTP/2 on this port.
      <p><a href="/healthz">Health</a>, <a href="/readyz">readiness</a>,
      <a href="/metrics">metrics</a>.
      </html>

      """
    exchange.respond(
      ResponseHead(
        .ok,
        headers: [
          "content-type": "text/html; charset=utf-8", "x-content-type-options": "nosniff",
          "content-security-policy": "default-src 'none'", "referrer-policy": "no-referrer",
        ]),
      body: Array(page.utf8))
  }
}
