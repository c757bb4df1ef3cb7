import HTTP
import IO
import Primitives
import Testing

@Suite struct LineSplitTests {
  static let requests = [
    "GET /a?b=c HTTP/1.1\r\nHost: example.org:80\r\nAccept: */*\r\n\r\n",
    "POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\nx-empty:\r\n\r\nhello",
    "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      + "5;ext=1\r\nhello\r\n1\r\n!\r\n0\r\nDigest: x\r\nOther: y\r\n\r\n",
    "GET http://b:81?q HTTP/1.1\r\nHost: a\r\nX:  padded\tvalue  \r\n\r\n",
    "GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "\r\nDELETE /last HTTP/1.1\r\nHost: [::1]:8080\r\nConnection: close\r\n\r\n",
  ]

  @Test func `every split of pipelined requests gives the same answers`() async throws {
    let stream = Self.requests.joined()
    let whole = undated(try await converse([stream]))
    #expect(statuses(whole).count == Self.requests.count)
    for cut in 1..<stream.utf8.count {
      let bytes = Array(stream.utf8)
      let head = String(decoding: bytes[..<cut], as: UTF8.self)
      let tail = String(decoding: bytes[cut...], as: UTF8.self)
      let answer = undated(try await converse([head, tail]))
      #expect(answer == whole, "cut at \(cut)")
    }
  }

  @Test(arguments: 1...9)
  func `any size of read gives the same answers`(_ size: Int) async throws {
    let stream = Self.requests.joined()
    let whole = undated(try await converse([stream]))
    let answer = undated(try await converse([stream], readLimit: size))
    #expect(answer == whole)
  }

  @Test(arguments: [1, 2, 3, 4])
  func `mutated requests never trap and never lose the end of the connection`(
    _ seed: UInt64
  ) async throws {
    var random = SplitMix(seed: seed)
    for _ in 0..<150 {
      var bytes = Array(Self.requests.shuffled(using: &random).joined().utf8)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let position = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[position] = UInt8.random(in: 0...127, using: &random)
        case 1: bytes.remove(at: position)
        default: bytes.insert(UInt8.random(in: 0...127, using: &random), at: position)
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      let whole = statuses(try await converse([text]))
      let split = statuses(
        try await converse([text], readLimit: Int.random(in: 1...7, using: &random)))
      #expect(whole == split, "seed \(seed): \(text.debugDescription)")
    }
  }
}
