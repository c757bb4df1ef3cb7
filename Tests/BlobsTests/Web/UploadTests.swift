import Calls
import HTTP
import IO
import Primitives
import Simulation
import Store
import Testing

@testable import Blobs

struct UploadTests {
  private static let part: Headers = [
    "tus-resumable": "1.0.0", "content-type": "application/offset+octet-stream",
  ]

  private func part(at offset: Int) -> Headers {
    var headers = Self.part
    headers.append("upload-offset", String(offset))
    return headers
  }

  private func begin(_ rig: WebRig, _ length: Int) async throws -> String {
    let created = try await rig.ask(
      .post, "/uploads",
      [
        "tus-resumable": "1.0.0", "upload-length": String(length),
        "upload-metadata": "filename YS50eHQ=,filetype dGV4dC9wbGFpbg==",
      ])
    #expect(created.status == 201 && created.headers["upload-offset"] == "0")
    return try #require(created.headers["location"])
  }

  @Test func `an upload in parts is a blob in the end`() async throws {
    let world = WebWorld()
    try await withWeb(world) { rig in
      let bytes = content(Manifest.chunkSize + 300_000)
      let path = try await begin(rig, bytes.count)
      for (start, end) in [(0, 1), (1, 700_000), (700_000, bytes.count)] {
        let head = try await rig.ask(.head, path)
        #expect(head.headers["upload-offset"] == String(start))
        #expect(head.headers["upload-length"] == String(bytes.count))
        let piece = Array(bytes[start..<end])
        let answer = try await rig.ask(.patch, path, part(at: start), body: piece)
        #expect(answer.status == 204 && answer.headers["upload-offset"] == String(end))
        #expect(answer.headers["upload-expires"] != nil)
      }
      let id = try cut(bytes).1.id
      #expect(try await rig.there.bytes(of: id) == bytes)
      #expect(try await rig.ask(.head, path).headers["content-location"] == "/blobs/\(id)")
      let arrival = world.arrivals.withLock { $0.first }
      #expect(arrival?.name == "a.txt" && arrival?.type == "text/plain")
      #expect(try await rig.there.disk.list("/uploads", limit: 9).isEmpty)
    }
  }

  @Test func `an upload of nothing is complete at once`() async throws {
    try await withWeb { rig in
      let path = try await begin(rig, 0)
      let head = try await rig.ask(.head, path)
      let id = try cut([]).1.id
      #expect(head.headers["content-location"] == "/blobs/\(id)")
      #expect(try await rig.ask(.patch, path, part(at: 0), body: []).status == 409)
    }
  }

  @Test func `what came before a break stays, also over a restart`() async throws {
    let bytes = content(900_000)
    let there = try await TestStore()
    let path = Locked("")
    try await withWeb(on: there) { rig in
      let begun = try await begin(rig, bytes.count)
      path.withLock { $0 = begun }
      let stream = try rig.connection.open(
        RequestHead(method: .patch, target: begun, authority: "node", headers: part(at: 0)),
        endsWithHead: false)
      try await stream.write(Array(bytes[0..<500_000]))
      stream.abort()
      // The broken request notices, and what it had counts.
      while try await rig.ask(.head, begun).headers["upload-offset"] == "0" {
        await rig.loop.yieldTurn()
      }
    }
    // A crash loses what was never said to be there.
    try await there.disk.open("/uploads/\(path.withLock { $0 }.dropFirst(9))", .writing)
      .write([9, 9, 9], at: 600_000)
    try await withWeb(on: there) { rig in
      let path = path.withLock { $0 }
      let offset = Int(try await rig.ask(.head, path).headers["upload-offset"] ?? "") ?? -1
      #expect(0...500_000 ~= offset)
      let answer = try await rig.ask(
        .patch, path, part(at: offset), body: Array(bytes[offset...]))
      #expect(answer.status == 204)
      #expect(try await rig.there.bytes(of: cut(bytes).1.id) == bytes)
    }
  }

  @Test func `an upload that nobody could take is taken when it is finished again`() async throws {
    let world = WebWorld()
    try await withWeb(world) { rig in
      let path = try await begin(rig, 3)
      world.refuses.withLock { $0 = true }
      #expect(try await rig.ask(.patch, path, part(at: 0), body: [1, 2, 3]).status == 429)
      let state = try await rig.ask(.head, path)
      #expect(state.headers["upload-offset"] == "3" && state.headers["etag"] == nil)
      world.refuses.withLock { $0 = false }
      let answer = try await rig.ask(.patch, path, part(at: 3), body: [])
      #expect(answer.status == 204 && answer.headers["etag"] != nil)
      #expect(world.arrivals.withLock { $0.map(\.manifest.size) } == [3])
      #expect(try await rig.ask(.patch, path, part(at: 3), body: []).status == 409)
    }
  }

  @Test func `what is given up goes while nothing new comes`() async throws {
    var limits = UploadBook.Limits()
    limits.lifetime = .milliseconds(1)
    limits.sweep = .milliseconds(5)
    try await withWeb(limits: limits) { rig in
      let path = try await begin(rig, 10)
      let id = try #require(path.split(separator: "/").last)
      _ = try await rig.uploads.store.disk.open(
        "/uploads/\(id)", FileOpening(writes: true, creation: .ifMissing(mode: 0o600)))
      let scope = ComponentScope()
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask(executorPreference: rig.loop) { try await rig.uploads.run(scope) }
        // The sweep is the cause that is waited for.
        while try await rig.uploads.store.disk.info("/uploads/\(id)") != nil {
          await rig.loop.yieldTurn()
        }
        scope.stopGate.open()
        try await group.waitForAll()
      }
      let rows = try await rig.there.database.read { session in
        try session.first("SELECT COUNT(*) FROM blob_uploads", []) { try $0.integer(0) }
      }
      #expect(rows == 0)
    }
  }

  @Test func `what does not fit is refused and changes nothing`() async throws {
    try await withWeb { rig in
      let path = try await begin(rig, 10)
      #expect(try await rig.ask(.patch, path, part(at: 3), body: [1]).status == 409)
      #expect(try await rig.ask(.patch, path, ["upload-offset": "0"], body: [1]).status == 415)
      let long = [UInt8](repeating: 1, count: 11)
      #expect(try await rig.ask(.patch, path, part(at: 0), body: long).status == 400)
      #expect(try await rig.ask(.head, path, ["tus-resumable": "0.2.2"]).status == 412)
      #expect(try await rig.ask(.head, path).headers["upload-offset"] == "0")
      #expect(try await rig.ask(.head, "/uploads/../x").status == 400)
      for length in ["", "-1", "1e3", "99999999999999999999"] {
        let answer = try await rig.ask(.post, "/uploads", ["upload-length": length])
        #expect(answer.status == 400)
      }
      let options = try await rig.ask(.options, "/uploads")
      #expect(options.headers["tus-extension"] == "creation,expiration,termination")
    }
  }

  @Test func `an upload is its owner's alone`() async throws {
    let world = WebWorld()
    try await withWeb(world) { rig in
      let path = try await begin(rig, 10)
      world.principal.withLock { $0 = .user("other") }
      #expect(try await rig.ask(.head, path).status == 404)
      #expect(try await rig.ask(.patch, path, part(at: 0), body: [1]).status == 404)
      #expect(try await rig.ask(.delete, path).status == 404)
      world.principal.withLock { $0 = .localOwner }
      #expect(try await rig.ask(.delete, path).status == 204)
      #expect(try await rig.ask(.head, path).status == 404)
      world.mayWrite.withLock { $0 = false }
      #expect(try await rig.ask(.post, "/uploads", ["upload-length": "1"]).status == 403)
    }
  }

  @Test func `a principal has so many uploads, and old ones go`() async throws {
    var limits = UploadBook.Limits()
    limits.perOwner = 2
    limits.bytesPerOwner = 100
    try await withWeb(limits: limits) { [limits] rig in
      let path = try await begin(rig, 90)
      _ = try await rig.ask(.patch, path, part(at: 0), body: [1])
      #expect(try await rig.ask(.post, "/uploads", ["upload-length": "11"]).status == 429)
      _ = try await begin(rig, 10)
      #expect(try await rig.ask(.post, "/uploads", ["upload-length": "0"]).status == 429)
      let later = WallTime.now().advanced(by: limits.lifetime + .seconds(60))
      try await rig.uploads.removeExpired(now: later)
      #expect(try await rig.ask(.head, path).status == 404)
      #expect(try await rig.there.disk.list("/uploads", limit: 9).isEmpty)
      _ = try await begin(rig, 90)
    }
  }

  @Test func `what has become a blob does not become another one`() async throws {
    try await withWeb { rig in
      let bytes = content(100_000)
      let path = try await begin(rig, bytes.count)
      let begun = try #require(
        try await rig.uploads.find(
          String(path.dropFirst(9)), owner: Principal.localOwner.description, now: .now()))
      var pieces = [bytes]
      let whole = try await rig.uploads.append(to: begun, now: .now()) { pieces.popLast() }
      let id = try await rig.uploads.finish(whole).id
      // Another request was as far before the first one ended.
      let error = await #expect(throws: BlobError.self) {
        try await rig.uploads.append(to: whole, now: .now()) { nil }
      }
      #expect(error?.code == .exists)
      #expect(try await rig.uploads.finish(whole).id == id)
      #expect(try await rig.there.store.blobs(limit: 9).map(\.id) == [id])
    }
  }

  @Test(arguments: [0, 60_000])
  func `what the disk has lost of an upload is not made up`(left: Int64) async throws {
    try await withWeb { rig in
      let bytes = content(100_000)
      let path = try await begin(rig, bytes.count)
      let first = Array(bytes[..<70_000])
      #expect(try await rig.ask(.patch, path, part(at: 0), body: first).status == 204)
      if left == 0 {
        try await rig.there.disk.remove(path)
      } else {
        try await rig.there.disk.open(path, .writing).truncate(to: left)
      }
      let rest = Array(bytes[70_000...])
      let answer = try await rig.ask(.patch, path, part(at: 70_000), body: rest)
      #expect(answer.status == 410)
      #expect(try await rig.there.store.blobs(limit: 9).isEmpty)
    }
  }

  @Test func `uploads share the room that there is for files`() async throws {
    let there = try await TestStore()
    try await withWeb(on: there) { rig in
      func begun(_ length: Int) async throws -> (status: Int, path: String?) {
        let answer = try await rig.ask(.post, "/uploads", ["upload-length": String(length)])
        return (answer.status, answer.headers["location"])
      }
      rig.there.store.quota.node = 100_000
      let old = try await rig.there.add(content(50_000))
      #expect(try await begun(100_001).status == 507)
      #expect(try await rig.there.bytes(of: old.id) != nil)
      // What nobody has pinned makes room.
      let first = try #require(try await begun(60_000).path)
      #expect(try await rig.there.bytes(of: old.id) == nil)
      #expect(try await begun(60_000).status == 507)
      #expect(try await rig.ask(.delete, first).status == 204)
      let second = try #require(try await begun(60_000).path)
      let bytes = content(60_000, seed: 2)
      #expect(try await rig.ask(.patch, second, part(at: 0), body: bytes).status == 204)
      #expect(try await rig.there.bytes(of: cut(bytes).1.id) == bytes)
      #expect(try await begun(40_000).status == 201)
    }
    // After a restart what was begun counts too.
    let store = BlobStore(there.database, disk: there.disk, folder: "/blobs")
    try await store.open()
    store.quota.node = 100_000
    let book = UploadBook(store, folder: "/uploads")
    try await book.open(now: .now())
    try await store.pin(cut(content(60_000, seed: 2)).1.id, "me")
    let error = await #expect(throws: BlobError.self) {
      try await book.create(owner: "me", length: 1, name: nil, type: nil, now: .now())
    }
    #expect(error?.code == .full)
  }

  @Test func `an upload that cannot be read is answered with all that an answer has`() async throws
  {
    try await withWeb { rig in
      let bytes = content(100_000)
      let path = try await begin(rig, bytes.count)
      rig.there.hooks.ask { step throws(SystemError) in
        if step == .read(path) { throw SystemError(.other(errno: 5), "reading \(path)") }
      }
      let answer = try await rig.ask(.patch, path, part(at: 0), body: bytes)
      #expect(answer.status == 500)
      #expect(answer.headers["content-security-policy"] == "sandbox; default-src 'none'")
    }
  }

  @Test func `a full disk is said, and the upload goes on afterwards`() async throws {
    try await withWeb { rig in
      let bytes = content(400_000)
      let path = try await begin(rig, bytes.count)
      rig.there.disk.change { $0.capacity = 100_000 }
      #expect(try await rig.ask(.patch, path, part(at: 0), body: bytes).status == 507)
      rig.there.disk.change { $0.capacity = .max }
      let offset = Int(try await rig.ask(.head, path).headers["upload-offset"] ?? "") ?? -1
      let rest = Array(bytes[offset...])
      #expect(try await rig.ask(.patch, path, part(at: offset), body: rest).status == 204)
      #expect(try await rig.there.bytes(of: cut(bytes).1.id) == bytes)
    }
  }
}
