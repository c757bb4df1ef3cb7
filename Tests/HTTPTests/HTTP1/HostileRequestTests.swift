import HTTP
import IO
import Testing

/// Bytes that must be refused, and how.
struct HostileRequest: Sendable, CustomTestStringConvertible {
  var name: String
  var bytes: String
  var status: Int
  var testDescription: String { name }

  init(_ name: String, _ bytes: String, _ status: Int = 400) {
    self.name = name
    self.bytes = bytes
    self.status = status
  }

  private static func post(_ fields: String, _ body: String = "") -> String {
    "POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n\(body)"
  }

  private static func chunked(_ body: String) -> String {
    post("Transfer-Encoding: chunked", body)
  }

  static let startLines: [HostileRequest] = [
    .init("a bare line feed behind the start line", "GET / HTTP/1.1\nHost: a\n\n"),
    .init("a bare carriage return in the start line", "GET / HTTP/1.1\rHost: a\r\n\r\n"),
    .init("no version", "GET /\r\n\r\n"),
    .init("two blanks before the target", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init("two blanks before the version", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init("a tab for a blank", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init("a blank before the method", " GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init("an empty method", " / HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init("a method with a colon", "GE:T / HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init("a method without end", String(repeating: "A", count: 40), 501),
    .init("a zero byte in the target", "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init("a fragment in the target", "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init("raw UTF-8 in the target", "GET /ä HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init("a target that is no path", "GET a HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init("a target of another scheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init("user information in the target", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init("an asterisk for GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init("CONNECT with a path", "CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init("CONNECT without a port", "CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init("HTTP/2.0 in words", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    .init("HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505),
    .init("HTTP/1.10", "GET / HTTP/1.10\r\nHost: a\r\n\r\n"),
    .init("a version in lower case", "GET / http/1.1\r\nHost: a\r\n\r\n"),
    .init("TLS in the clear", "\u{16}\u{3}\u{1}\u{2}\0\u{1}"),
    .init("two empty lines", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init("a target too long", "GET /\(String(repeating: "a", count: 9_000)) HTTP/1.1\r\n", 414),
  ]

  static let fields: [HostileRequest] = [
    .init("no host", "GET / HTTP/1.1\r\n\r\n"),
    .init("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
    .init("a host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
    .init("a host with a port that is no number", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n"),
    .init("a blank before the colon", post("Content-Length : 1")),
    .init("a folded header", post("X: a\r\n b")),
    .init("a folded first header", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
    .init("a bare line feed behind a header", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"),
    .init("a bare carriage return in a header", post("X: a\rb")),
    .init("a zero byte in a header", post("X: a\0b")),
    .init("a delete byte in a header", post("X: a\u{7F}b")),
    .init("an empty name", post(": a")),
    .init("a name with a slash", post("a/b: c")),
    .init("no colon", post("abc")),
    .init("two lengths", post("Content-Length: 1\r\nContent-Length: 1", "a")),
    .init("two different lengths", post("Content-Length: 1\r\nContent-Length: 2", "a")),
    .init("a list of lengths", post("Content-Length: 1, 1", "a")),
    .init("a signed length", post("Content-Length: +1", "a")),
    .init("a negative length", post("Content-Length: -1")),
    .init("a hexadecimal length", post("Content-Length: 0x1", "a")),
    .init("a blank within a length", post("Content-Length: 1 1", "a")),
    .init("an empty length", post("Content-Length: ")),
    .init("a length beyond counting", post("Content-Length: 99999999999999999999"), 413),
    .init("a length and chunks", post("Content-Length: 3\r\nTransfer-Encoding: chunked", "0")),
    .init("chunks and a length", post("Transfer-Encoding: chunked\r\nContent-Length: 3", "0")),
    .init("another coding", post("Transfer-Encoding: gzip"), 501),
    .init("chunks inside another coding", post("Transfer-Encoding: gzip, chunked"), 501),
    .init("chunks and identity", post("Transfer-Encoding: chunked, identity"), 501),
    .init("a disguised coding", post("Transfer-Encoding: \"chunked\""), 501),
    .init("a coding with a tab inside", post("Transfer-Encoding: chunked\u{B}")),
    .init("two codings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked")),
    .init("chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    .init("an unknown expectation", post("Expect: tea"), 417),
    .init("CONNECT with a body", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na"),
    .init("a header too long", post("X: \(String(repeating: "a", count: 40_000))"), 431),
    .init("a name too long", post(String(repeating: "a", count: 40_000) + ": b"), 431),
    .init("too many headers", post(String(repeating: "a: b\r\n", count: 101) + "a: b"), 431),
  ]

  static let bodies: [HostileRequest] = [
    .init("a chunk without a size", chunked("\r\n")),
    .init("a signed chunk", chunked("+1\r\na\r\n0\r\n\r\n")),
    .init("a chunk in 0x", chunked("0x1\r\na\r\n0\r\n\r\n")),
    .init("a chunk size behind a blank", chunked(" 1\r\na\r\n0\r\n\r\n")),
    .init("a chunk size before a blank", chunked("1 \r\na\r\n0\r\n\r\n")),
    .init("a chunk size beyond counting", chunked("ffffffffffffffffff\r\na")),
    .init("a chunk size with a bare line feed", chunked("1\na\r\n0\r\n\r\n")),
    .init("a chunk longer than it says", chunked("1\r\nab\r\n0\r\n\r\n")),
    .init("a chunk that ends with a bare line feed", chunked("1\r\na\n0\r\n\r\n")),
    .init("a zero byte in an extension", chunked("1;\0\r\na\r\n0\r\n\r\n")),
    .init("an endless extension", chunked("1;\(String(repeating: "a", count: 300))")),
    .init(
      "many extensions",
      chunked(String(repeating: "1;\(String(repeating: "a", count: 200))\r\na\r\n", count: 100))),
    .init("endless leading zeros", chunked(String(repeating: "0", count: 300))),
    .init("a folded trailer", chunked("0\r\na: b\r\n c\r\n\r\n")),
    .init("a trailer with a bare line feed", chunked("0\r\na: b\n\r\n")),
    .init("trailers too long", chunked("0\r\na: \(String(repeating: "b", count: 40_000))"), 431),
    .init("too many trailers", chunked("0\r\n" + String(repeating: "a: b\r\n", count: 101)), 431),
  ]
}

@Suite struct HostileRequestTests {
  @Test(arguments: HostileRequest.startLines + HostileRequest.fields + HostileRequest.bodies)
  func `is refused with its status and the connection ends`(_ hostile: HostileRequest) async throws
  {
    let answer = try await converse([hostile.bytes, "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"])
    #expect(statuses(answer) == [hostile.status])
    #expect(answer.contains("\r\nconnection: close\r\n"))
    #expect(!answer.contains("smuggled"))
  }

  @Test(arguments: HostileRequest.startLines + HostileRequest.fields + HostileRequest.bodies)
  func `is refused one byte at a time as well`(_ hostile: HostileRequest) async throws {
    let answer = try await converse([hostile.bytes], readLimit: 1)
    #expect(statuses(answer) == [hostile.status])
  }

  @Test func `the smallest of each kind is accepted, so that the refusals mean something`()
    async throws
  {
    let answer = try await converse(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na"
        + "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "1;x\r\nb\r\n0\r\nt: 1\r\n\r\n"
        + "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"
        + "\r\nOPTIONS * HTTP/1.1\r\nhost: a\r\nX:\tb \t\r\n\r\n")
    #expect(statuses(answer) == [200, 200, 200, 200])
    #expect(answer.contains("[a]") && answer.contains("[b] t=1"))
  }
}
