import Glibc
import IO
import Primitives
import Security
import Store
import Testing

@testable import Blobs

struct TreeTests {
  private let folder: TemporaryFolder
  private let hooks = HookedDisk(RealDisk())
  private let store: BlobStore
  private var disk: RealDisk { RealDisk() }

  init() async throws {
    folder = try TemporaryFolder()
    let database = try MemoryDatabase()
    try await database.migrate([BlobSchema.schema], at: WallTime(nanoseconds: 0))
    store = BlobStore(database, disk: hooks, folder: folder.file("store"))
    try await store.open()
  }

  private func bytes(_ count: Int, _ seed: Int = 1) -> [UInt8] { KeptBlobs.bytes(count, seed) }

  private func make(_ name: String, _ bytes: [UInt8], mode: UInt32 = 0o644) async throws {
    try FileHandle(path: folder.file(name), .creating(mode: mode)).write(bytes, at: 0)
  }

  private func makeFolder(_ name: String) async throws {
    try await disk.makeFolders(folder.file(name), mode: 0o755)
  }

  private func content(_ name: String) async throws -> [UInt8] {
    try await disk.read(folder.file(name), limit: 64 << 20)
  }

  private func info(_ name: String) async throws -> FileInfo? {
    try await disk.info(folder.file(name))
  }

  /// What is in a folder, as a program sees it that knows nothing of blobs.
  private func look(_ name: String) async throws -> [String] {
    var seen: [String] = []
    for child in try await disk.list(folder.file(name), limit: 1_000) {
      let path = "\(name)/\(child)"
      guard let info = try await info(path) else { continue }
      let mode = String(info.mode & 0o777, radix: 8)
      switch info.kind {
      case .folder: seen += ["\(child)/ \(mode)"] + (try await look(path)).map { "\(child)/\($0)" }
      case .file:
        seen.append("\(child) \(mode) \(Digest.sha256(of: try await content(path)))")
      case .link:
        let target = try FolderHandle(folder.file(name)).link(child)
        seen.append("\(child) -> \(target)")
      case .other: seen.append("\(child) ?")
      }
    }
    return seen
  }

  // MARK: - Files

  @Test(arguments: [
    0, 1, 64 << 10, 64 << 10 | 1, 1 << 20 - 1, 1 << 20, 1 << 20 + 1, 7 << 20 | 5,
  ])
  func `a file comes out as it went in, and a second time moves nothing`(count: Int) async throws {
    let content = bytes(count)
    try await make("in", content, mode: 0o640)
    let added = try await TreeReader(store).add(folder.file("in"))
    #expect(added.size == count && added.files == 1 && added.mode == 0o640)
    let again = try await TreeReader(store).add(folder.file("in"))
    #expect(again.manifest == added.manifest && again.newBytes == 0)
    try await TreeWriter(store).write(added.manifest.id, to: folder.file("out"), mode: 0o751)
    #expect(try await self.content("out") == content)
    #expect(try await info("out")?.mode == 0o751)
  }

  @Test func `bytes that come piece by piece are the same file`() async throws {
    let content = bytes(3 << 20 | 77)
    try await make("in", content)
    let whole = try await TreeReader(store).add(folder.file("in"))
    var pieces = stride(from: 0, to: content.count, by: 333_333).map {
      Array(content[$0..<min(content.count, $0 + 333_333)])
    }
    let added = try await TreeReader(store).add(stream: {
      pieces.isEmpty ? nil : pieces.removeFirst()
    })
    #expect(added.manifest == whole.manifest && added.newBytes == 0)
  }

  @Test func `five gibibytes of nothing are neither read nor written`() async throws {
    let path = folder.file("in")
    let file = try FileHandle(path: path, .creating(mode: 0o600))
    try file.truncate(to: 5 << 30)
    try file.write([1, 2, 3], at: 3 << 30)
    let added = try await TreeReader(store).add(path)
    #expect(added.size == 5 << 30 && added.newBytes <= 2 << 20)
    try await TreeWriter(store).write(added.manifest.id, to: folder.file("out"))
    var status = stat()
    #expect(stat(folder.file("out"), &status) == 0 && status.st_size == 5 << 30)
    #expect(status.st_blocks * 512 <= 2 << 20)
    let out = try FileHandle(path: folder.file("out"), .reading)
    #expect(try out.read(at: 3 << 30 - 1, count: 5) == [0, 1, 2, 3, 0])
  }

  @Test func `a file that somebody writes to is refused`() async throws {
    try await make("in", bytes(6 << 20))
    let path = folder.file("in")
    let error = await #expect(throws: BlobError.self) {
      try await TreeReader(store).add(path) { progress in
        guard progress.bytes == 1 << 20 else { return }
        do {
          try FileHandle(path: path, .writing).write([7], at: 5 << 20)
        } catch {
          Issue.record(error)
        }
      }
    }
    #expect(error?.code == .busy)
    #expect(try await store.blobs(limit: 9).isEmpty)
  }

  // MARK: - Folders

  @Test func `a folder keeps names, modes, links and bytes`() async throws {
    try await makeFolder("in/ü/ -rf *")
    try await makeFolder("in/empty")
    try await make("in/e\u{301}", bytes(10))
    try await make("in/\u{E9}", bytes(11), mode: 0o400)
    try await make("in/ü/ -rf */a\nb", [], mode: 0o755)
    try await make("in/ü/big", bytes(2 << 20 | 9))
    try await make("in/ü/medium", bytes(300_000), mode: 0o604)
    let root = try FolderHandle(folder.file("in"))
    try root.makeLink("link", to: "ü/big")
    try root.folder("ü").makeLink("up", to: "../nowhere")
    try root.folder("empty").setMode(0o500)
    for number in 0..<700 { try await make("in/\(number)", bytes(40 + number % 50, number)) }
    let added = try await TreeReader(store).add(folder.file("in"))
    #expect(added.isFolder && added.files == 705)
    var last = TreeProgress()
    try await TreeWriter(store).writeFolder(added.manifest.id, to: folder.file("out")) { last = $0 }
    #expect(try await look("out") == look("in"))
    #expect(last.files == 705 && last.bytes == added.size)
    let again = try await TreeReader(store).add(folder.file("out"))
    #expect(again.manifest == added.manifest && again.newBytes == 0)
    try await store.remove(added.manifest.id)
    #expect(try await store.collect().bytes > 0)
    #expect(store.bytes == 0)
  }

  @Test(arguments: ["pipe", "/etc/passwd", "../outside", "a/../../x", "socket", "bad name"])
  func `what could lead elsewhere is not taken`(what: String) async throws {
    try await makeFolder("in")
    let path = folder.file("in/x")
    switch what {
    case "pipe": #expect(mkfifo(path, 0o600) == 0)
    case "socket": #expect(mknod(path, S_IFSOCK | 0o600, 0) == 0)
    case "bad name":
      let name = Array("\(folder.path)/in/".utf8CString.dropLast()) + [-1, 0]
      #expect(open(name, O_CREAT | O_WRONLY, 0o600) >= 0)
    default: try FolderHandle(folder.file("in")).makeLink("x", to: what)
    }
    let error = await #expect(throws: BlobError.self) {
      try await TreeReader(store).add(folder.file("in"))
    }
    #expect(error?.code == .refused)
  }

  @Test func `more files than a folder may have are refused`() async throws {
    try await makeFolder("in/sub")
    for number in 0..<3 { try await make("in/sub/\(number)", [1]) }
    var limits = TreeReader.Limits()
    limits.listing.entries = 3
    let reader = TreeReader(store, limits: limits)
    let error = await #expect(throws: BlobError.self) { try await reader.add(folder.file("in")) }
    #expect(error?.code == .refused)
    #expect(try await store.usage().blobs == 0)
  }

  // MARK: - On the way out

  @Test func `what is there already stays, unless it may be replaced`() async throws {
    try await make("in", bytes(10))
    try await make("old", bytes(20))
    try await makeFolder("tree/sub")
    let file = try await TreeReader(store).add(folder.file("in")).manifest.id
    let tree = try await TreeReader(store).add(folder.file("tree")).manifest.id
    let writer = TreeWriter(store)
    let error = await #expect(throws: BlobError.self) {
      try await writer.write(file, to: folder.file("old"))
    }
    #expect(error?.code == .exists)
    #expect(try await content("old").count == 20)
    try await writer.writeFolder(tree, to: folder.file("old"), existing: .replace)
    #expect(try await look("old") == look("tree"))
    try await writer.write(file, to: folder.file("old"), existing: .replace)
    #expect(try await content("old") == bytes(10))
    #expect(try await disk.list(folder.path, limit: 99) == ["in", "old", "store", "tree"])
  }

  @Test func `a link at the place is replaced and not followed`() async throws {
    try await make("in", bytes(10))
    try await make("victim", bytes(20))
    let id = try await TreeReader(store).add(folder.file("in")).manifest.id
    let here = try FolderHandle(folder.path)
    try here.makeLink("out", to: "victim")
    try here.makeLink(".\(id.short).apus-part", to: "victim")
    let writer = TreeWriter(store)
    await #expect(throws: BlobError.self) { try await writer.write(id, to: folder.file("out")) }
    try await writer.write(id, to: folder.file("out"), existing: .replace)
    #expect(try await content("victim").count == 20)
    #expect(try await info("out")?.kind == .file)
  }

  @Test func `a folder that lacks a chunk leaves nothing behind`() async throws {
    try await makeFolder("in/sub")
    try await make("in/a", bytes(10))
    try await make("in/sub/b", bytes(70_000))
    let tree = try await TreeReader(store).add(folder.file("in")).manifest.id
    for name in try await disk.list(folder.file("store"), limit: 9) {
      try FileHandle(path: folder.file("store/\(name)"), .writing).write([9], at: 9)
    }
    let error = await #expect(throws: BlobError.self) {
      try await TreeWriter(store).writeFolder(tree, to: folder.file("out"))
    }
    #expect(error?.code == .damaged)
    #expect(try await disk.list(folder.path, limit: 99) == ["in", "store"])
  }

  // MARK: - Two at once

  private static func outcome(
    _ body: () async throws(BlobError) -> Void
  ) async -> Result<Void, BlobError> {
    do throws(BlobError) { return .success(try await body()) } catch { return .failure(error) }
  }

  /// Writes the blob, and while its bytes are awaited does something else.
  private func write(
    _ id: BlobID, to name: String, meanwhile: @Sendable () async throws -> Void
  ) async throws -> Result<Void, BlobError> {
    let (arrived, release) = (Gate(), Gate())
    let isFirst = Locked(true)
    hooks.ask { step in
      guard case .read = step,
        isFirst.withLock({ first in
          defer { first = false }
          return first
        })
      else { return }
      arrived.open()
      await release.wait()
    }
    let (store, path) = (store, folder.file(name))
    async let writing = Self.outcome { () throws(BlobError) in
      try await TreeWriter(store).write(id, to: path)
    }
    await arrived.wait()
    try await meanwhile()
    release.open()
    return await writing
  }

  @Test func `two that write one blob into one folder do not meet`() async throws {
    let bytes = bytes(3 << 20 | 7)
    try await make("in", bytes)
    let id = try await TreeReader(store).add(folder.file("in")).manifest.id
    try await write(id, to: "a") {
      try await TreeWriter(store).write(id, to: folder.file("b"))
      #expect(try await content("b") == bytes)
    }.get()
    #expect(try await content("a") == bytes)
    #expect(try await disk.list(folder.path, limit: 99) == ["a", "b", "in", "store"])
  }

  @Test func `what another process has made under the name is neither given out nor removed`()
    async throws
  {
    try await make("in", bytes(3 << 20))
    let id = try await TreeReader(store).add(folder.file("in")).manifest.id
    let part = ".\(id.short).apus-part"
    let outcome = try await write(id, to: "a") {
      try await disk.remove(folder.file(part))
      try await make(part, [1, 2, 3])
    }
    #expect(throws: BlobError.self) { try outcome.get() }
    #expect(try await content(part) == [1, 2, 3])
    #expect(try await disk.list(folder.path, limit: 99) == [part, "in", "store"])
  }
}
