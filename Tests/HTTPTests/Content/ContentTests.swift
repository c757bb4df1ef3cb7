import HTTP
import Primitives
import Testing

@Suite struct GzipTests {
  @Test(arguments: [0, 1, 1_000, 300_000])
  func `what was compressed in pieces comes back in pieces`(_ size: Int) throws {
    var random = SplitMix(seed: 7)
    let bytes = (0..<size).map { _ in UInt8.random(in: 0...15, using: &random) }
    var compressor = try GzipCompressor(level: 5)
    var packed = try compressor.compress(Array(bytes[..<(size / 2)]), flushes: true)
    packed += try compressor.compress(Array(bytes[(size / 2)...]))
    packed += try compressor.finish()
    var decompressor = try GzipDecompressor(limit: size)
    var out: [UInt8] = []
    for start in stride(from: 0, to: packed.count, by: 777) {
      out += try decompressor.decompress(Array(packed[start..<min(start + 777, packed.count)]))
    }
    try decompressor.finish()
    #expect(out == bytes)
  }

  @Test func `a bomb stops at the limit`() throws {
    let bomb = try Gzip.compress([UInt8](repeating: 0, count: 50_000_000), level: 9)
    #expect(bomb.count < 100_000)
    let error = #expect(throws: MessageError.self) {
      try Gzip.decompress(bomb, limit: 1_000_000)
    }
    #expect(error?.code == .tooLarge)
  }

  @Test func `cut, broken and continued streams are refused`() throws {
    let good = try Gzip.compress(Array("hello, hello, hello".utf8))
    for bad in [Array(good.dropLast()), [1, 2, 3], good + [0], [], Array(good[..<10])] {
      #expect(throws: MessageError.self) { try Gzip.decompress(bad, limit: 100) }
    }
    var random = SplitMix(seed: 3)
    for _ in 0..<500 {
      var bytes = good
      bytes[Int.random(in: 0..<bytes.count, using: &random)] ^=
        1 << UInt8.random(in: 0..<8, using: &random)
      // Any outcome but a trap or more bytes than allowed.
      if let out = try? Gzip.decompress(bytes, limit: 100) { #expect(out.count <= 100) }
    }
  }
}

@Suite struct ConditionTests {
  private static let modified = HTTPDate.parse("Sun, 06 Nov 1994 08:49:37 GMT")
  private static let current = Validators(tag: EntityTag("v1"), modified: modified)

  static let table: [(Method, Headers, Conditions.Verdict)] = [
    (.get, [:], .proceed),
    (.get, ["if-none-match": "\"v1\""], .notModified),
    (.get, ["if-none-match": "W/\"v1\""], .notModified),
    (.get, ["if-none-match": "\"v0\", \"v1\""], .notModified),
    (.get, ["if-none-match": "\"v0,\", \"v,1\""], .proceed),
    (.get, ["if-none-match": "*"], .notModified),
    (.get, ["if-none-match": "v1"], .proceed),
    (.put, ["if-none-match": "*"], .failed),
    (.put, ["if-match": "\"v1\""], .proceed),
    (.put, ["if-match": "W/\"v1\""], .failed),
    (.put, ["if-match": "\"v0\""], .failed),
    (.put, ["if-match": "*"], .proceed),
    (.get, ["if-modified-since": "Sun, 06 Nov 1994 08:49:37 GMT"], .notModified),
    (.get, ["if-modified-since": "Sun, 06 Nov 1994 08:49:36 GMT"], .proceed),
    (.get, ["if-modified-since": "yesterday"], .proceed),
    (.put, ["if-modified-since": "Sun, 06 Nov 1994 08:49:37 GMT"], .proceed),
    (.put, ["if-unmodified-since": "Sun, 06 Nov 1994 08:49:36 GMT"], .failed),
    // Tags outrank dates.
    (
      .get, ["if-none-match": "\"v0\"", "if-modified-since": "Sun, 06 Nov 1994 08:49:37 GMT"],
      .proceed
    ),
    (
      .put, ["if-match": "\"v1\"", "if-unmodified-since": "Sun, 06 Nov 1994 08:49:36 GMT"],
      .proceed
    ),
  ]

  @Test(arguments: table.indices)
  func `is judged in the order of the RFC`(_ index: Int) {
    let (method, headers, verdict) = Self.table[index]
    let head = RequestHead(method: method, target: "/", headers: headers)
    #expect(Conditions.evaluate(head, Self.current) == verdict)
  }

  @Test func `dates are read as they are written`() throws {
    for seconds in [0, 784_111_777, 951_782_400, 4_102_444_799] as [Int64] {
      let time = WallTime(nanoseconds: seconds * 1_000_000_000)
      #expect(HTTPDate.parse(time.httpDate) == time)
    }
    for bad in [
      "", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC",
      "Sun, 06 Nov 1994 24:49:37 GMT", "Xxx, 06 Nov 1994 08:49:37 GMT",
      "Sunday, 06-Nov-94 08:49:37 GMT",
    ] {
      #expect(HTTPDate.parse(bad) == nil)
    }
  }

  @Test func `dates that no clock here reaches are the last one and the first`() {
    for (year, nanoseconds) in [("3988", Int64.max), ("9999", .max), ("0000", .min)] {
      let date = HTTPDate.parse("Sun, 06 Nov \(year) 08:49:37 GMT")
      #expect(date == WallTime(nanoseconds: nanoseconds))
      #expect(date?.httpDate.hasSuffix("GMT") == true)
    }
  }
}

@Suite struct ByteRangeTests {
  static let table: [(String?, ByteRanges)] = [
    (nil, .whole), ("bytes=0-0", .parts([0..<1])), ("bytes=0-", .parts([0..<10])),
    ("bytes=-3", .parts([7..<10])), ("bytes=-30", .parts([0..<10])),
    ("bytes=5-99", .parts([5..<10])), ("Bytes=1-2, 4-5", .parts([1..<3, 4..<6])),
    ("bytes=10-", .unsatisfiable), ("bytes=-0", .unsatisfiable),
    ("bytes=50-60,70-80", .unsatisfiable),
    ("bytes=0-1,50-60", .parts([0..<2])),
    ("bytes=2-1", .whole), ("bytes=a-b", .whole), ("bytes=--1", .whole), ("bytes=1", .whole),
    ("bytes=+1-2", .whole), ("items=0-1", .whole), ("bytes=", .whole),
    ("bytes=0-9,0-9", .whole),
    ("bytes=99999999999999999999-", .unsatisfiable),
    ("bytes=0-99999999999999999999", .parts([0..<10])),
    (
      "bytes=" + Array(repeating: "0-0", count: 10).joined(separator: ","),
      .parts(Array(repeating: 0..<1, count: 10))
    ),
    ("bytes=" + Array(repeating: "0-0", count: 11).joined(separator: ","), .whole),
  ]

  @Test(arguments: table.indices)
  func `reads each form over ten bytes`(_ index: Int) {
    let (header, expected) = Self.table[index]
    #expect(ByteRanges(header, length: 10) == expected)
  }
}

@Suite struct TargetTests {
  @Test(arguments: [
    "/a/../b", "/a/./b", "/..", "/%2e%2e/a", "/a%2fb", "/a%5cb", "/a\\b", "/a%00", "/a%", "/a%4",
    "/a%zz", "//a", "/a//b", "a/b", "", "/%ff", "/a%0d",
  ])
  func `a path that may mean another one is refused`(_ path: String) {
    #expect(Target.normalised(path) == nil)
  }

  @Test func `a normal path is decoded once`() {
    #expect(Target.normalised("/a%20b/%C3%A4/%252e") == "/a b/ä/%2e")
    #expect(Target.segments("/a/") == ["a", ""] && Target.segments("/") == [""])
    #expect(Target.decode(Target.encode("ä /?&=+%")) == "ä /?&=+%")
  }

  @Test func `queries are read in order, within their limits`() throws {
    let read = try Target.query("a=1&b=&c&&a=%2B+2")
    #expect(read.map(\.name) == ["a", "b", "c", "a"] && read.map(\.value) == ["1", "", "", "+ 2"])
    for bad in [
      "a=%", "a=%00", String(repeating: "a&", count: 101), String(repeating: "a", count: 9_000),
    ] {
      #expect(throws: MessageError.self) { try Target.query(bad) }
    }
  }
}

@Suite struct StaticFileTests {
  private func files() throws -> StaticFiles {
    let page = Array(String(repeating: "<p>hello</p>", count: 100).utf8)
    return try StaticFiles(
      [
        .init(path: "/index.html", bytes: page),
        .init(path: "/dot.png", bytes: [1, 2, 3, 4, 5], cacheControl: "max-age=60"),
      ], hash: { "h\($0.count)" })
  }

  private func get(_ path: String, _ headers: Headers = [:]) throws -> Response? {
    try files().answer(RequestHead(target: path, headers: headers))
  }

  @Test(arguments: [
    ("gzip", true), ("gzip;q=0", false), ("identity, gzip;q=0.5", false), ("*", true), ("", false),
    ("br, GZIP;q=0.8, identity;q=0.1", true), ("gzip;q=nonsense", false), ("deflate", false),
  ])
  func `the packed form is sent to those who want it`(_ accept: String, _ isPacked: Bool) throws {
    let response = try #require(try get("/", ["accept-encoding": accept]))
    #expect((response.headers["content-encoding"] == "gzip") == isPacked)
    #expect(response.headers["vary"] == "accept-encoding")
    #expect(response.headers["etag"] == (isPacked ? "\"h1200-gzip\"" : "\"h1200\""))
  }

  @Test func `conditions and ranges are answered`() throws {
    let same = try #require(try get("/dot.png", ["if-none-match": "\"h5\""]))
    #expect(same.status == .notModified && same.headers["cache-control"] == "max-age=60")
    let part = try #require(try get("/dot.png", ["range": "bytes=1-2"]))
    #expect(part.status == .partialContent && part.headers["content-range"] == "bytes 1-2/5")
    let stale = try #require(try get("/dot.png", ["range": "bytes=1-2", "if-range": "\"old\""]))
    #expect(stale.status == .ok)
    let beyond = try #require(try get("/dot.png", ["range": "bytes=9-"]))
    #expect(beyond.status == .rangeNotSatisfiable && beyond.headers["content-range"] == "bytes */5")
  }

  @Test func `several ranges come as parts with their place`() throws {
    let response = try #require(try get("/dot.png", ["range": "bytes=0-0,3-4"]))
    guard case .bytes(let body) = response.body else { return }
    #expect(response.headers["content-type"] == "multipart/byteranges; boundary=part-h5")
    #expect(
      body
        == Array(
          ("--part-h5\r\ncontent-type: image/png\r\ncontent-range: bytes 0-0/5\r\n\r\n\u{1}\r\n"
            + "--part-h5\r\ncontent-type: image/png\r\ncontent-range: bytes 3-4/5\r\n\r\n"
            + "\u{4}\u{5}\r\n--part-h5--\r\n").utf8))
  }

  @Test func `what is not there and what is not read is said so`() throws {
    #expect(try get("/nothing") == nil)
    #expect(try get("/../index.html") == nil)
    let posted = try files().answer(RequestHead(method: .post, target: "/"))
    #expect(posted?.status == .methodNotAllowed && posted?.headers["allow"] == "GET, HEAD")
  }
}
