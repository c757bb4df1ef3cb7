import Primitives

/// What a client sees of an error: a JSON body before the answer has begun, a broken answer after.
/// Only `MessageError`s are shown; others are ours, and go to the log.
enum ErrorAnswer {
  private static let log = Logger("HTTP")

  static func send(_ error: any Error, on exchange: any Exchange) {
    let shown = error as? MessageError
    if shown == nil && !(error is CancellationError) {
      log.error("a handler failed", LogField("error", String(describing: error)))
    }
    if exchange.hasStarted {
      exchange.abort()
      return
    }
    let status = shown?.status ?? .internalError
    let message = shown?.message ?? "the server failed; its log says why"
    exchange.respond(
      ResponseHead(status, headers: ["content-type": "application/json"]),
      body: body(status: status, message: message))
  }

  static func body(status: StatusCode, message: String) -> [UInt8] {
    var text = #"{"error":{"code":"#
    text += "\(status.number)" + #","message":""#
    for scalar in message.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case _ where scalar.value < 0x20: text += " "
      default: text.unicodeScalars.append(scalar)
      }
    }
    return Array((text + "\"}}\n").utf8)
  }
}
