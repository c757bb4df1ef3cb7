import Calls
import HTTP
import IO
import Primitives
import Simulation
import Testing

@testable import Blobs

struct BlobRoutesTests {
  private static let size = 2 * Manifest.chunkSize + 10

  /// A blob that may be read, as what it was stored.
  private func withBlob(
    _ grant: BlobGrant = BlobGrant(), _ bytes: [UInt8] = content(size),
    _ body: @escaping @Sendable (WebRig, String, [UInt8]) async throws -> Void
  ) async throws {
    let world = WebWorld()
    try await withWeb(world) { rig in
      let id = try await rig.there.add(bytes).id
      world.grants.withLock { $0[id] = grant }
      try await body(rig, "/blobs/\(id)", bytes)
    }
  }

  @Test(arguments: [0, 1, size])
  func `a blob is given whole, and HEAD says how long it is`(count: Int) async throws {
    try await withBlob(BlobGrant(), content(count)) { rig, path, bytes in
      let answer = try await rig.ask(.get, path)
      #expect(answer.status == 200 && answer.body == bytes)
      #expect(answer.headers["etag"] == "\"\(path.dropFirst(7))\"")
      let head = try await rig.ask(.head, path)
      #expect(head.status == 200 && head.body.isEmpty)
      #expect(head.headers["content-length"] == String(count))
    }
  }

  private static let ranges: [(String, Range<Int>?)] = [
    ("bytes=0-0", 0..<1), ("bytes=5-", 5..<size), ("bytes=-3", size - 3..<size),
    ("bytes=1048570-1048580", 1_048_570..<1_048_581),
    ("bytes=1048576-2097151", 1_048_576..<2_097_152),
    ("bytes=0-99999999999999999999", 0..<size), ("bytes=\(size)-", nil), ("bytes=-0", nil),
  ]

  @Test(arguments: ranges)
  func `a range is given alone`(range: String, wanted: Range<Int>?) async throws {
    try await withBlob { rig, path, bytes in
      let answer = try await rig.ask(.get, path, ["range": range])
      if let wanted {
        #expect(answer.status == 206 && answer.body == Array(bytes[wanted]))
        #expect(
          answer.headers["content-range"]
            == "bytes \(wanted.lowerBound)-\(wanted.upperBound - 1)/\(Self.size)")
      } else {
        #expect(answer.status == 416 && answer.body.isEmpty)
        #expect(answer.headers["content-range"] == "bytes */\(Self.size)")
      }
    }
  }

  @Test func `several ranges come as parts, and nonsense is no range`() async throws {
    try await withBlob { rig, path, bytes in
      let answer = try await rig.ask(.get, path, ["range": "bytes=1-2,1048575-1048576"])
      let type = try #require(answer.headers["content-type"])
      #expect(answer.status == 206 && type.hasPrefix("multipart/byteranges; boundary=part-"))
      #expect(answer.headers["content-length"] == String(answer.body.count))
      let boundary = type.split(separator: "=")[1]
      let parts = answer.text.components(behind: "--\(boundary)")
      #expect(parts.count == 4 && parts[3] == "--\r\n")
      #expect(parts[1].contains("content-range: bytes 1-2/\(Self.size)"))
      for nonsense in ["bytes=2-1", "bytes=a-b", "lines=1-2", "bytes=", "bytes 1-2"] {
        let whole = try await rig.ask(.get, path, ["range": nonsense])
        #expect(whole.status == 200 && whole.body.count == Self.size)
      }
    }
  }

  @Test func `conditions are what the RFC says`() async throws {
    try await withBlob { rig, path, _ in
      let tag = "\"\(path.dropFirst(7))\""
      let table: [(Headers, Int)] = [
        (["if-none-match": tag], 304), (["if-none-match": "W/\(tag)"], 304),
        (["if-none-match": "\"x\""], 200), (["if-none-match": "*"], 304),
        (["if-match": tag], 200), (["if-match": "W/\(tag)"], 412), (["if-match": "\"x\""], 412),
        (["if-range": tag, "range": "bytes=0-1"], 206),
        (["if-range": "\"x\"", "range": "bytes=0-1"], 200),
        (["if-range": "Wed, 21 Oct 2015 07:28:00 GMT", "range": "bytes=0-1"], 200),
      ]
      for (headers, status) in table {
        let answer = try await rig.ask(.get, path, headers)
        #expect(answer.status == status, "\(headers)")
      }
    }
  }

  private static let types: [(String?, String, Bool)] = [
    ("image/png", "image/png", true), ("IMAGE/JPEG; q=1", "image/jpeg", true),
    ("text/plain; charset=utf-7", "text/plain; charset=utf-8", true),
    ("text/html", "application/octet-stream", false),
    ("image/svg+xml", "application/octet-stream", false),
    ("application/xhtml+xml", "application/octet-stream", false),
    ("application/pdf", "application/octet-stream", false),
    ("text/plain\r\nx: y", "application/octet-stream", false),
    (nil, "application/octet-stream", false),
  ]

  @Test(arguments: types)
  func `no stored type makes a browser run a blob`(
    stored: String?, given: String, isInline: Bool
  ) async throws {
    try await withBlob(BlobGrant(name: "a \"b\"\r\nü/<.html", type: stored)) { rig, path, _ in
      for headers: Headers in [[:], ["range": "bytes=0-1"], ["if-none-match": "*"]] {
        let answer = try await rig.ask(.get, path, headers)
        if answer.status != 304 { #expect(answer.headers["content-type"] == given) }
        let disposition = answer.headers["content-disposition"] ?? ""
        #expect(disposition.hasPrefix(isInline ? "inline;" : "attachment;"))
        #expect(disposition.hasSuffix("filename*=UTF-8''a%20%22b%22%0D%0A%C3%BC%2F%3C.html"))
        expectGuarded(answer)
      }
    }
  }

  private func expectGuarded(_ answer: WebAnswer) {
    #expect(answer.headers["content-security-policy"] == "sandbox; default-src 'none'")
    #expect(answer.headers["x-content-type-options"] == "nosniff")
    #expect(answer.headers["cross-origin-resource-policy"] == "same-origin")
    #expect(answer.headers["referrer-policy"] == "no-referrer")
    #expect(answer.headers["content-disposition"] != nil)
  }

  @Test func `what may not be read looks like what is not there`() async throws {
    let world = WebWorld()
    try await withWeb(world) { rig in
      let here = try await rig.there.add([1, 2, 3]).id
      let absent = try cut([9]).1.id
      world.grants.withLock { $0[absent] = BlobGrant() }
      var answers: [WebAnswer] = []
      for path in ["/blobs/\(here)", "/blobs/\(absent)", "/blobs/zz"] {
        answers.append(try await rig.ask(.get, path))
        answers.append(try await rig.ask(.get, path, ["range": "bytes=0-0", "if-match": "*"]))
      }
      for answer in answers {
        #expect(answer.status == 404 && answer.body == answers[0].body)
        #expect(answer.headers == answers[0].headers)
        expectGuarded(answer)
      }
    }
  }

  @Test func `whoever decides is told the secret and the principal`() async throws {
    let world = WebWorld()
    try await withWeb(world) { rig in
      let path = "/blobs/\(try cut([9]).1.id)"
      _ = try await rig.ask(.get, path + "?secret=abc")
      _ = try await rig.ask(.get, path, ["authorization": "Bearer xyz"])
      _ = try await rig.ask(.get, path)
      #expect(world.asked.withLock { $0.map(\.secret) } == ["abc", "xyz", nil])
      #expect(world.asked.withLock { $0.allSatisfy { $0.principal == .localOwner } })
    }
  }

  @Test func `a byte that changed on the disk breaks the answer off`() async throws {
    try await withBlob { rig, path, _ in
      let name = try #require(try await rig.there.disk.list("/blobs", limit: 9).first)
      let file = try await rig.there.disk.open("/blobs/\(name)", .writing)
      try await file.write([1, 2, 3], at: Int64(Manifest.chunkSize) + 77)
      await #expect(throws: (any Error).self) { try await rig.ask(.get, path) }
    }
  }

  // MARK: - Whole bodies

  @Test func `a body is stored under its own name alone`() async throws {
    let world = WebWorld()
    try await withWeb(world) { rig in
      let bytes = content(Manifest.chunkSize + 5)
      let id = try cut(bytes).1.id
      let posted = try await rig.ask(
        .post, "/blobs?name=x.txt", ["content-type": "text/plain"], body: bytes)
      #expect(posted.status == 201 && posted.headers["location"] == "/blobs/\(id)")
      #expect(try await rig.there.bytes(of: id) == bytes)
      let arrival = world.arrivals.withLock { $0.first }
      #expect(arrival?.manifest.id == id && arrival?.name == "x.txt")
      #expect(try await rig.ask(.put, "/blobs/\(id)", body: bytes).status == 201)
      #expect(try await rig.ask(.put, "/blobs/\(id)", body: [1]).status == 400)
      #expect(try await rig.there.bytes(of: try cut([1]).1.id) == nil)
      world.mayWrite.withLock { $0 = false }
      #expect(try await rig.ask(.post, "/blobs", body: [2]).status == 403)
      #expect(try await rig.there.bytes(of: try cut([2]).1.id) == nil)
    }
  }
}

extension String {
  /// What stands between occurrences of a mark.
  fileprivate func components(behind mark: String) -> [String] {
    var found: [String] = [""]
    var rest = self[...]
    while !rest.isEmpty {
      if rest.hasPrefix(mark) {
        found.append("")
        rest = rest.dropFirst(mark.count)
      } else {
        found[found.count - 1].append(rest.removeFirst())
      }
    }
    return found
  }
}
