import Primitives

/// What a client sees of an error: a JSON body before the answer has begun, a broken answer after.
/// Only `MessageError`s are shown; others are ours, and go to the log.
package enum ErrorAnswer {
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
      ResponseHead(status, headers: ["content-type": type]),
      body: body(status: status, message: message))
  }

  static let type = "application/json"

  static func body(status: StatusCode, message: String) -> [UInt8] {
    body(code: code(for: status), message: message)
  }

  package static func body(code: String, message: String) -> [UInt8] {
    var out: [UInt8] = Array("{\"error\":{\"code\":".utf8)
    appendString(code, to: &out)
    out.append(contentsOf: ",\"message\":".utf8)
    appendString(message, to: &out)
    out.append(contentsOf: "}}\n".utf8)
    return out
  }

  /// The reason as one word: `notFound`.
  static func code(for status: StatusCode) -> String {
    let words = status.reason.split(separator: " ").map { $0.filter(\.isLetter) }
    guard let first = words.first else { return "unknown" }
    return words.dropFirst().reduce(first.lowercased()) {
      $0 + $1.prefix(1).uppercased() + $1.dropFirst().lowercased()
    }
  }

  private static func appendString(_ text: String, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        out.append(UInt8(ascii: "\\"))
        out.append(byte)
      case 0..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        out.append(contentsOf: "\\u00".utf8)
        out.append(digits[Int(byte >> 4)])
        out.append(digits[Int(byte & 15)])
      default: out.append(byte)
      }
    }
    out.append(UInt8(ascii: "\""))
  }
}
