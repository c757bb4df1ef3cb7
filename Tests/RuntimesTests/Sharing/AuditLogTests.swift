import Foundation
import Glibc
import Primitives
import Testing

@testable import Runtimes

struct AuditLogTests {
  final class Folder {
    let path = "/tmp/apus-audit-\(UUID().uuidString)"
    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  let folder = Folder()

  private func record(
    _ creator: String, _ second: Int64, _ ending: Ending = .exited(status: 0), program: String = "p"
  ) -> AuditRecord {
    var result = AttemptResult(ending)
    result.usage.time = .seconds(2)
    result.usage.userTime = .seconds(1)
    result.usage.peakMemory = second
    result.usage.outputBytes = 5
    return AuditRecord(
      Attempt(.wasm, creator: creator, program),
      began: WallTime(nanoseconds: second * 1_000_000_000), result)
  }

  @Test(arguments: [
    Ending.exited(status: -1), .signalled(9), .timedOut, .outOfMemory, .outputLimit,
    .trapped(code: "c", text: "\"\n\u{1}é"), .killed(reason: "late"),
    .refused(RuntimeError(.busy, "why")),
  ])
  func `every ending comes back as it was`(_ ending: Ending) throws {
    let log = AuditLog(folder: folder.path)
    let written = record("al\nice", 7, ending, program: "a \"b\"")
    log.add(written)
    #expect(AuditLog(folder: folder.path).records() == [])
    #expect(log.records() == [written])
    #expect(AuditLog(folder: folder.path).records() == [written])
  }

  @Test func `those of one creator, since a time, the latest`() throws {
    let log = AuditLog(folder: folder.path)
    for second in 0..<10 {
      log.add(record(second % 2 == 0 ? "alice" : "bob", Int64(second)))
      try log.flush()
    }
    #expect(log.records(creator: "bob").count == 5)
    let since = WallTime(nanoseconds: 6_000_000_000)
    #expect(log.records(since: since).map(\.creator) == ["alice", "bob", "alice", "bob"])
    #expect(log.records(creator: "alice", limit: 1).map(\.peakMemory) == [8])
    #expect(!log.hasWork)
  }

  @Test func `attempts that are alike and began within a second share a record`() {
    let log = AuditLog(folder: folder.path)
    for _ in 0..<1000 { log.add(record("alice", 5)) }
    log.add(record("alice", 5, .exited(status: 1)))
    // It ended with them, and began long before.
    log.add(record("alice", 4))
    let records = log.records()
    #expect(records.map(\.attempts).sorted() == [1, 1, 1000])
    let many = records.first { $0.attempts == 1000 }
    #expect(many?.time == .seconds(2000) && many?.peakMemory == 5)
    #expect(many?.began == WallTime(nanoseconds: 5_000_000_000))
    #expect(log.records(since: WallTime(nanoseconds: 5_000_000_000)).count == 2)
  }

  @Test func `it never grows beyond its bound, and keeps the latest`() throws {
    var limits = AuditLog.Limits()
    limits.fileBytes = 2000
    limits.files = 3
    let log = AuditLog(folder: folder.path, limits: limits)
    for second in 0..<200 {
      log.add(record("alice", Int64(second)))
      try log.flush()
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(Set(names).isSubset(of: ["attempts.log", "attempts.1.log", "attempts.2.log"]))
    let bytes = names.reduce(0) {
      $0 + (FileManager.default.contents(atPath: "\(folder.path)/\($1)")?.count ?? 0)
    }
    #expect(bytes < 3 * 2500)
    let times = log.records().compactMap(\.peakMemory)
    #expect(times == Array(times[0]...199) && times.count > 8)
  }

  @Test func `kinds beyond the bound are dropped, not kept waiting`() throws {
    var limits = AuditLog.Limits()
    limits.waiting = 3
    let log = AuditLog(folder: folder.path, limits: limits)
    for number in 0..<10 { log.add(record("creator\(number)", 1)) }
    #expect(log.records().count == 3)
    log.add(record("later", 1))
    #expect(log.records().count == 4)
  }

  @Test func `whoever runs much makes nobody else's past go`() throws {
    var limits = AuditLog.Limits()
    limits.fileBytes = 4000
    limits.files = 3
    let log = AuditLog(folder: folder.path, limits: limits)
    for second in 0..<3 { log.add(record("alice", Int64(second))) }
    for second in 0..<500 {
      log.add(record("bob", 10 + Int64(second), program: "p\(second)"))
      try log.flush()
    }
    #expect(log.records(creator: "alice").map(\.peakMemory) == [0, 1, 2])
    #expect(log.records(creator: "bob").last?.program == "p499")
    let sizes = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .map { FileManager.default.contents(atPath: "\(folder.path)/\($0)")?.count ?? 0 }
    #expect(sizes.count == 3 && sizes.allSatisfy { $0 < 4000 * 2 })
    // What is more than a share goes, the oldest of it first.
    for second in 0..<500 {
      log.add(record("alice", 1000 + Int64(second)))
      try log.flush()
    }
    #expect(log.records(creator: "alice").first?.peakMemory ?? 0 > 1000)
    #expect(log.records(creator: "bob").last?.program == "p499")
  }

  @Test func `one creator's kinds leave room for those of others`() {
    var limits = AuditLog.Limits()
    limits.waitingOfOne = 5
    limits.waiting = 10
    let log = AuditLog(folder: folder.path, limits: limits)
    for number in 0..<1000 {
      log.add(record("bob", Int64(number), .exited(status: Int32(number)), program: "p\(number)"))
    }
    log.add(record("alice", 5))
    let records = log.records()
    #expect(log.lost == 0 && records.filter { $0.creator == "bob" }.count == 6)
    let rest = records.first { $0.program == "various" }
    #expect(rest?.attempts == 995 && rest?.ending == "various" && rest?.time == .seconds(1990))
    #expect(records.filter { $0.creator == "alice" }.map(\.attempts) == [1])
  }

  @Test func `a torn line costs that line alone`() throws {
    let log = AuditLog(folder: folder.path)
    log.add(record("alice", 1))
    try log.flush()
    let path = "\(folder.path)/attempts.log"
    let whole = try #require(FileManager.default.contents(atPath: path))
    for cut in stride(from: 1, to: whole.count, by: 7) {
      try (whole + whole.prefix(cut)).write(to: URL(fileURLWithPath: path))
      log.add(record("bob", 2))
      let creators = log.records().map(\.creator)
      #expect(creators == (cut == whole.count - 1 ? ["alice", "alice", "bob"] : ["alice", "bob"]))
    }
    try Data("null\n{}\n[1]\n\u{1}\n{\"creator\":1}\n".utf8).write(to: URL(fileURLWithPath: path))
    #expect(log.records() == [])
  }

  @Test func `what cannot be written waits, is read, and is written once`() throws {
    #expect(FileManager.default.createFile(atPath: folder.path, contents: nil))
    var limits = AuditLog.Limits()
    limits.waiting = 2
    let log = AuditLog(folder: folder.path, limits: limits)
    log.add(record("alice", 1))
    log.add(record("bob", 2))
    #expect(throws: RuntimeError.self) { try log.flush() }
    log.add(record("carol", 3))
    log.add(record("bob", 2))
    #expect(log.records().map(\.creator) == ["alice", "bob"] && log.lost == 1)
    #expect(log.records().map(\.attempts) == [1, 2])
    try FileManager.default.removeItem(atPath: folder.path)
    #expect(log.records().map(\.attempts) == [1, 2] && !log.hasWork && log.lost == 0)
  }

  /// Holds a disk of one page.
  final class FullDisk {
    let path = "/tmp/apus-audit-\(UUID().uuidString)"
    let isThere: Bool
    init() {
      isThere =
        mkdir(path, 0o700) == 0 && mount("apus", path, "tmpfs", 0, "size=4k,nr_inodes=9") == 0
    }
    deinit {
      umount2(path, Int32(MNT_DETACH))
      rmdir(path)
    }
  }

  @Test(.enabled(if: FullDisk().isThere, "no disk can be mounted here"))
  func `a full disk gets no half of a record, and loses none`() throws {
    let disk = FullDisk()
    let log = AuditLog(folder: "\(disk.path)/audit")
    log.add(record("alice", 1))
    try log.flush()
    for number in 0..<40 { log.add(record("creator\(number)", 2)) }
    #expect(throws: RuntimeError.self) { try log.flush() }
    let bytes = FileManager.default.contents(atPath: "\(disk.path)/audit/attempts.log")
    #expect(bytes?.last == 10 && AuditLog(folder: "\(disk.path)/audit").records().count == 1)
    #expect(log.records().count == 41)
  }

  @Test func `one flush of many turns files over as many of few do`() throws {
    var limits = AuditLog.Limits()
    limits.fileBytes = 2000
    limits.files = 3
    let log = AuditLog(folder: folder.path, limits: limits)
    for second in 0..<200 { log.add(record("creator\(second)", Int64(second))) }
    try log.flush()
    let size = FileManager.default.contents(atPath: "\(folder.path)/attempts.1.log")?.count ?? 0
    #expect(2000...2500 ~= size)
    #expect(log.records().last?.creator == "creator199")
  }

  @Test(arguments: [
    ("e", "\u{301}", 200_000, 255), ("", "\u{1F600}", 65, 256), ("", "é", 300, 256),
    ("x", "\u{1F600}", 65, 253), ("", "x", 256, 256), ("", "x", 257, 256),
  ])
  func `words are bounded in bytes, and cut between characters`(
    _ first: String, _ rest: String, _ count: Int, _ bytes: Int
  ) {
    let word = first + String(repeating: rest, count: count)
    let cut = record("alice", 1, .trapped(code: "", text: word), program: word)
    #expect(cut.program.utf8.count == bytes && word.utf8.starts(with: cut.program.utf8))
    #expect(cut.text == cut.program && !cut.text.contains("\u{FFFD}"))
  }

  @Test func `a link in place of the file is not followed`() throws {
    try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    #expect(symlink("/dev/null", "\(folder.path)/attempts.log") == 0)
    let log = AuditLog(folder: folder.path)
    log.add(record("alice", 1))
    #expect(throws: RuntimeError.self) { try log.flush() }
  }
}
