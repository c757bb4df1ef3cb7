import HTTP
import Testing

/// What a hostile client sends behind its hello, and what becomes of it.
struct HostileFrames: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let bytes: [UInt8]
  let verdicts: [Verdict]
  /// What becomes of it when the answer has left already.
  let ifLate: [Verdict]
  var limits = ServerLimits.with { $0.floodFrames = 50 }

  init(
    _ name: String, _ bytes: [UInt8], _ verdicts: Verdict..., ifLate: Verdict? = nil,
    isWhole: Bool = false
  ) {
    testDescription = name
    self.bytes = isWhole ? bytes : Raw.hello + bytes
    self.verdicts = verdicts
    self.ifLate = ifLate.map { [$0] } ?? verdicts
  }

  // RFC 9113, section 7.
  private static let protocolError = Verdict.goAway(1)
  private static let flowError = Verdict.goAway(3)
  private static let closedError = Verdict.goAway(5)
  private static let sizeError = Verdict.goAway(6)
  private static let compressionError = Verdict.goAway(9)
  private static let calm = Verdict.goAway(11)
  private static let malformed = Verdict.reset(stream: 1, 1)

  static let all = beginnings + connectionFrames + streamFrames + heads + bodies + limits + floods

  private static let beginnings: [HostileFrames] = [
    HostileFrames("another protocol", Array("GET / HTTP/1.1\r\n\r\n".utf8), .closed, isWhole: true),
    HostileFrames(
      "a wrong byte in the preface", [0x51] + Raw.hello.dropFirst(), .closed, isWhole: true),
    HostileFrames("zeros", [UInt8](repeating: 0, count: 100), .closed, isWhole: true),
    HostileFrames(
      "no SETTINGS behind the preface", Raw.preface + Raw.request(), protocolError, isWhole: true),
    HostileFrames(
      "an ACK behind the preface", Raw.preface + Raw.frame(.settings, Raw.ack), protocolError,
      isWhole: true),
    HostileFrames("a second preface", Raw.preface, sizeError),
  ]

  private static let connectionFrames: [HostileFrames] = [
    HostileFrames(
      "SETTINGS of five bytes", Raw.frame(.settings, 0, on: 0, [0, 1, 0, 0, 0]), sizeError),
    HostileFrames("SETTINGS on a stream", Raw.frame(.settings, on: 1), protocolError),
    HostileFrames(
      "SETTINGS ACK with a payload", Raw.frame(.settings, Raw.ack, on: 0, Raw.setting(1, 1)),
      sizeError),
    HostileFrames(
      "a window beyond 31 bits", Raw.frame(.settings, 0, on: 0, Raw.setting(4, 1 << 31)),
      flowError),
    HostileFrames(
      "a frame size of 100", Raw.frame(.settings, 0, on: 0, Raw.setting(5, 100)), protocolError),
    HostileFrames(
      "a push setting of 2", Raw.frame(.settings, 0, on: 0, Raw.setting(2, 2)), protocolError),
    HostileFrames(
      "33 settings in one frame",
      Raw.frame(.settings, 0, on: 0, (0..<33).flatMap { _ in Raw.setting(1, 4096) }), calm),
    HostileFrames(
      "an unknown setting", Raw.frame(.settings, 0, on: 0, Raw.setting(0xF0, 1)), .ignored),
    HostileFrames(
      "PING of seven bytes", Raw.frame(.ping, 0, on: 0, [UInt8](repeating: 0, count: 7)),
      sizeError),
    HostileFrames(
      "PING on a stream", Raw.frame(.ping, 0, on: 1, [UInt8](repeating: 0, count: 8)), protocolError
    ),
    HostileFrames(
      "GOAWAY on a stream", Raw.frame(.goAway, 0, on: 1, [UInt8](repeating: 0, count: 8)),
      protocolError),
    HostileFrames("GOAWAY of four bytes", Raw.frame(.goAway, 0, on: 0, [0, 0, 0, 0]), sizeError),
    HostileFrames(
      "WINDOW_UPDATE of nothing", Raw.frame(.window, 0, on: 0, Raw.bytes(0)), protocolError),
    HostileFrames(
      "WINDOW_UPDATE of three bytes", Raw.frame(.window, 0, on: 0, [0, 0, 1]), sizeError),
    HostileFrames(
      "WINDOW_UPDATE beyond 31 bits", Raw.frame(.window, 0, on: 0, Raw.bytes(0x7FFF_FFFF)),
      flowError),
    HostileFrames(
      "WINDOW_UPDATE on an idle stream", Raw.frame(.window, 0, on: 9, Raw.bytes(1)), protocolError),
    HostileFrames(
      "RST_STREAM on the connection", Raw.frame(.reset, 0, on: 0, Raw.bytes(8)), protocolError),
    HostileFrames(
      "RST_STREAM on an idle stream", Raw.frame(.reset, 0, on: 9, Raw.bytes(8)), protocolError),
    HostileFrames(
      "RST_STREAM of three bytes", Raw.open() + Raw.frame(.reset, 0, on: 1, [0, 0, 8]), sizeError),
    HostileFrames(
      "a push from a client",
      Raw.open() + Raw.frame(.push, Raw.endHeaders, on: 1, Raw.bytes(2) + Raw.get), protocolError),
    HostileFrames(
      "a frame beyond 16 KiB",
      Raw.frame(.unknown, 0, on: 0, [], length: 16_385) + [UInt8](repeating: 0, count: 16_385),
      sizeError),
    HostileFrames("an unknown frame", Raw.frame(.unknown, 0xFF, on: 77, [1, 2, 3]), .ignored),
    HostileFrames("ALTSVC from a client", Raw.frame(.altService, 0, on: 0, [0, 1, 97]), .ignored),
    HostileFrames(
      "a broken PRIORITY_UPDATE",
      Raw.frame(.priorityUpdate, 0, on: 0, Raw.bytes(1) + Array("u=9,,;=".utf8)), .ignored),
    HostileFrames(
      "PRIORITY_UPDATE of two bytes", Raw.frame(.priorityUpdate, 0, on: 0, [0, 1]), sizeError),
  ]

  private static let streamFrames: [HostileFrames] = [
    HostileFrames("DATA on the connection", Raw.data(0, [1]), protocolError),
    HostileFrames("DATA on an idle stream", Raw.data(1, [1]), protocolError),
    HostileFrames(
      "DATA behind the end of a stream", Raw.request() + Raw.data(1, [1]), closedError,
      ifLate: .answer(200)),
    HostileFrames(
      "DATA behind a reset",
      Raw.open() + Raw.frame(.reset, 0, on: 1, Raw.bytes(8)) + Raw.data(1, [1]), .ignored),
    HostileFrames(
      "DATA padded beyond its end", Raw.open() + Raw.frame(.data, Raw.padded, on: 1, [9, 1, 2]),
      protocolError),
    HostileFrames(
      "HEADERS padded beyond its end",
      Raw.frame(.headers, Raw.padded | Raw.endHeaders, on: 1, [255] + Raw.get), protocolError),
    HostileFrames(
      "padding, rightly",
      Raw.open() + Raw.frame(.data, Raw.padded | Raw.endStream, on: 1, [3, 65, 0, 0, 0]),
      .answer(200)),
    HostileFrames("HEADERS on the connection", Raw.request(0), protocolError),
    HostileFrames("HEADERS on an even stream", Raw.request(2), protocolError),
    HostileFrames("HEADERS on an earlier stream", Raw.request(5) + Raw.request(3), .answer(200)),
    HostileFrames(
      "HEADERS behind the end of a stream",
      Raw.open() + Raw.data(1, [], isLast: true) + Raw.request(), closedError,
      ifLate: .answer(200)),
    HostileFrames(
      "a stream that depends on itself",
      Raw.frame(
        .headers, Raw.endHeaders | Raw.endStream | Raw.hasPriority, on: 1,
        Raw.bytes(1) + [16] + Raw.get), protocolError),
    HostileFrames(
      "PRIORITY on itself", Raw.frame(.priority, 0, on: 3, Raw.bytes(3) + [16]), .ignored),
    HostileFrames(
      "PRIORITY of four bytes", Raw.frame(.priority, 0, on: 3, Raw.bytes(1)), sizeError),
    HostileFrames(
      "PRIORITY on the connection", Raw.frame(.priority, 0, on: 0, Raw.bytes(1) + [16]), .ignored),
    HostileFrames(
      "CONTINUATION of nothing", Raw.frame(.continuation, Raw.endHeaders, on: 1, Raw.get),
      protocolError),
    HostileFrames(
      "a PING inside a head",
      Raw.frame(.headers, 0, on: 1, Raw.get)
        + Raw.frame(.ping, 0, on: 0, [UInt8](repeating: 0, count: 8)), protocolError),
    HostileFrames(
      "CONTINUATION of another stream",
      Raw.frame(.headers, 0, on: 1, Raw.get) + Raw.frame(.continuation, Raw.endHeaders, on: 3),
      protocolError),
    HostileFrames("the reserved bit of a stream", Raw.request(0x8000_0001), .answer(200)),
    HostileFrames(
      "WINDOW_UPDATE of a stream beyond 31 bits",
      Raw.open() + Raw.frame(.window, 0, on: 1, Raw.bytes(0x7FFF_FFFF)), .reset(stream: 1, 3)),
    HostileFrames(
      "trailers that do not end the stream",
      Raw.open() + Raw.frame(.headers, Raw.endHeaders, on: 1, Raw.field("a", "b")), malformed),
    HostileFrames(
      "trailers with a method", Raw.open() + Raw.request(1, Raw.field(":method", "GET")),
      malformed),
  ]

  private static func head(_ fields: [UInt8]...) -> [UInt8] {
    Raw.request(1, fields.flatMap { $0 })
  }
  private static let authority = Raw.field(":authority", "a")
  private static let scheme = Raw.field(":scheme", "http")
  private static let path = Raw.field(":path", "/")
  private static let method = Raw.field(":method", "GET")

  private static let heads: [HostileFrames] = [
    HostileFrames("an upper case name", head(Raw.get, Raw.field("Name", "b")), malformed),
    HostileFrames("a name with a space", head(Raw.get, Raw.field("a b", "c")), malformed),
    HostileFrames("an empty name", head(Raw.get, Raw.field("", "c")), malformed),
    HostileFrames("a line break in a value", head(Raw.get, Raw.field("a", "b\r\nc: d")), malformed),
    HostileFrames("a zero in a value", head(Raw.get, Raw.field("a", "b\0")), malformed),
    HostileFrames("a Connection field", head(Raw.get, Raw.field("connection", "close")), malformed),
    HostileFrames(
      "a Transfer-Encoding field", head(Raw.get, Raw.field("transfer-encoding", "chunked")),
      malformed),
    HostileFrames("an Upgrade field", head(Raw.get, Raw.field("upgrade", "h2c")), malformed),
    HostileFrames("TE other than trailers", head(Raw.get, Raw.field("te", "gzip")), malformed),
    HostileFrames("no method", head(authority, scheme, path), malformed),
    HostileFrames("no path", head(authority, method, scheme), malformed),
    HostileFrames("no authority", head(method, scheme, path), malformed),
    HostileFrames("no scheme", head(authority, method, path), malformed),
    HostileFrames("two methods", head(method, Raw.get), malformed),
    HostileFrames(
      "an empty path", head(authority, method, scheme, Raw.field(":path", "")), malformed),
    HostileFrames(
      "a path without a slash", head(authority, method, scheme, Raw.field(":path", "x")),
      malformed),
    HostileFrames("a status in a request", head(Raw.get, Raw.field(":status", "200")), malformed),
    HostileFrames("an unknown pseudo-field", head(Raw.get, Raw.field(":what", "x")), malformed),
    HostileFrames(
      "a method behind the fields", head(scheme, path, authority, Raw.field("a", "b"), method),
      malformed),
    HostileFrames(
      "CONNECT with a path",
      head(Raw.field(":method", "CONNECT"), Raw.field(":authority", "a"), path), malformed),
    HostileFrames(
      "CONNECT to another protocol",
      head(
        Raw.field(":method", "CONNECT"), scheme, path, Raw.field(":authority", "a"),
        Raw.field(":protocol", "websocket")), malformed),
    HostileFrames("field 0 of the table", Raw.request(1, [0x80]), compressionError),
    HostileFrames("a field beyond the table", Raw.request(1, Raw.get + [0xFE]), compressionError),
    HostileFrames("a name longer than the frame", Raw.request(1, [0, 100, 97]), compressionError),
    HostileFrames(
      "a number without end", Raw.request(1, [UInt8](repeating: 0xFF, count: 40)),
      compressionError),
    HostileFrames(
      "a table beyond its bound", Raw.request(1, [0x3F, 0xFF, 0xFF, 0x7F] + Raw.get),
      compressionError),
    HostileFrames(
      "a broken Huffman code", Raw.request(1, Raw.get + [0, 1, 97, 0x84, 255, 255, 255, 255]),
      compressionError),
  ]

  private static let bodies: [HostileFrames] = [
    HostileFrames(
      "a body longer than declared",
      Raw.open(1, Raw.post + Raw.field("content-length", "2"))
        + Raw.data(1, [1, 2, 3], isLast: true), malformed),
    HostileFrames(
      "a body shorter than declared",
      Raw.open(1, Raw.post + Raw.field("content-length", "4"))
        + Raw.data(1, [1, 2, 3], isLast: true), malformed),
    HostileFrames(
      "no body where one was declared", Raw.request(1, Raw.post + Raw.field("content-length", "4")),
      malformed),
    HostileFrames(
      "two lengths",
      Raw.open(1, Raw.post + Raw.field("content-length", "1") + Raw.field("content-length", "1")),
      malformed),
    HostileFrames(
      "a length that is none", Raw.open(1, Raw.post + Raw.field("content-length", "-1")),
      malformed),
    HostileFrames(
      "a length beyond 64 bits",
      Raw.open(1, Raw.post + Raw.field("content-length", "99999999999999999999")), malformed),
  ]

  private static let limits: [HostileFrames] = [
    HostileFrames(
      "a head of 33 KiB",
      Raw.longHead(1, Raw.get + Raw.field("a", String(repeating: "b", count: 33_000))), .answer(431)
    ),
    HostileFrames("a hundred fields and more", head(Raw.get, hundredFields), .answer(431)),
    HostileFrames(
      "a target of 9 KiB",
      head(
        authority, method, scheme, Raw.field(":path", "/" + String(repeating: "b", count: 9_000))),
      .answer(414)),
    HostileFrames(
      "a field repeated from the table until it fills memory", bomb, .reset(stream: 1, 2)),
    HostileFrames(
      "trailers of 33 KiB",
      Raw.open() + Raw.longHead(1, Raw.field("a", String(repeating: "b", count: 33_000))),
      .reset(stream: 1, 11)),
    HostileFrames(
      "more streams than allowed", streams(257) { Raw.open($0) }, .reset(stream: 513, 7)),
    HostileFrames(
      "a body beyond the window",
      Raw.open() + flood(Raw.data(1, [UInt8](repeating: 0, count: 16_384)), 65),
      .reset(stream: 1, 3)),
  ]

  private static var hundredFields: [UInt8] { (0..<100).flatMap { Raw.field("a\($0)", "b") } }

  /// 4,000 bytes put into the table once, and named 15,000 times: 60 MB.
  private static var bomb: [UInt8] {
    let entry = [0x40] + Raw.string([97]) + Raw.string([UInt8](repeating: 98, count: 3_900))
    return Raw.longHead(1, Raw.get + entry + [UInt8](repeating: 0xBE, count: 15_000))
  }

  private static func flood(_ bytes: [UInt8], _ count: Int = 2_000) -> [UInt8] {
    (0..<count).flatMap { _ in bytes }
  }

  /// What `make` says of each of that many streams.
  private static func streams(_ count: UInt32, _ make: (UInt32) -> [UInt8]) -> [UInt8] {
    (0..<count).flatMap { make($0 * 2 + 1) }
  }

  private static func openAndReset(_ stream: UInt32) -> [UInt8] {
    Raw.open(stream) + Raw.frame(.reset, 0, on: stream, Raw.bytes(8))
  }

  private static func openAndBreak(_ stream: UInt32) -> [UInt8] {
    Raw.open(stream, Raw.post + Raw.field("content-length", "1")) + Raw.data(stream, [1, 2])
  }

  private static func openAndOverflow(_ stream: UInt32) -> [UInt8] {
    Raw.open(stream) + Raw.frame(.window, 0, on: stream, Raw.bytes(0x7FFF_FFFF))
  }

  private static let openHead = Raw.frame(.headers, 0, on: 1, Raw.get)

  private static let floods: [HostileFrames] = [
    HostileFrames("a flood of SETTINGS", flood(Raw.settings), calm),
    HostileFrames(
      "a flood of PINGs", flood(Raw.frame(.ping, 0, on: 0, [UInt8](repeating: 0, count: 8))), calm),
    HostileFrames(
      "a flood of PRIORITY", flood(Raw.frame(.priority, 0, on: 3, Raw.bytes(5) + [16])), calm),
    HostileFrames(
      "a flood of PRIORITY_UPDATE",
      flood(Raw.frame(.priorityUpdate, 0, on: 0, Raw.bytes(1) + Array("u=1".utf8))), calm),
    HostileFrames("a flood of unknown frames", flood(Raw.frame(.unknown, 0, on: 0, [1])), calm),
    HostileFrames("a flood of ALTSVC", flood(Raw.frame(.altService, 0, on: 0, [0, 0])), calm),
    HostileFrames(
      "a flood of WINDOW_UPDATE", flood(Raw.frame(.window, 0, on: 0, Raw.bytes(1))), calm),
    HostileFrames("a flood of empty DATA", Raw.open() + flood(Raw.data(1, [])), calm),
    HostileFrames(
      "a flood of padding", Raw.open() + flood(Raw.frame(.data, Raw.padded, on: 1, [3, 0, 0, 0])),
      calm),
    HostileFrames("a flood of requests and resets", streams(2_000, openAndReset), calm),
    HostileFrames(
      "a flood of malformed requests", streams(2_000) { Raw.request($0, Raw.field("A", "b")) }, calm
    ),
    HostileFrames("a flood of requests that make us reset", streams(2_000, openAndBreak), calm),
    HostileFrames(
      "a flood of requests with a window too far", streams(2_000, openAndOverflow), calm),
    HostileFrames("a flood of refused requests", streams(2_300) { Raw.open($0) }, calm),
    HostileFrames(
      "a flood of CONTINUATION", openHead + flood(Raw.frame(.continuation, 0, on: 1)), calm),
    HostileFrames(
      "a flood of CONTINUATION with fields",
      openHead + flood(Raw.frame(.continuation, 0, on: 1, Raw.field("a", "b"))), calm),
  ]
}
