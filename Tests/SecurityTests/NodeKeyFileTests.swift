import Foundation
import Primitives
import Testing

@testable import Security

struct NodeKeyFileTests {
  @Test func `the first start makes a key and later ones find it`() throws {
    let folder = try TemporaryFolder()
    let file = NodeKeyFile(folder: folder.path)
    #expect(try file.load()?.id == nil)
    let made = try file.loadOrCreate()
    #expect(try file.loadOrCreate().id == made.id)
    #expect(try folder.mode("node.key") == 0o600)
    #expect(try folder.names() == ["node.key"])
  }

  @Test(arguments: [0o640, 0o604, 0o620, 0o601, 0o666])
  func `a key that others can reach is refused with the way to mend it`(mode: Int) throws {
    let folder = try TemporaryFolder()
    let file = NodeKeyFile(folder: folder.path)
    _ = try file.loadOrCreate()
    let secret = try folder.read("node.key").suffix(30)
    try folder.write("node.key", try folder.read("node.key"), mode: mode)
    do {
      _ = try file.loadOrCreate()
      Issue.record("it was accepted")
    } catch {
      #expect(error.code == .exposedKeyFile)
      #expect(error.message.contains("chmod 600 \(file.path)"))
      #expect(!everythingShown(error).contains(secret))
    }
  }

  @Test func `a key of another user is refused`() throws {
    if geteuid() != 0 { return }  // Only root can give files away.
    let folder = try TemporaryFolder()
    let file = NodeKeyFile(folder: folder.path)
    _ = try file.loadOrCreate()
    #expect(chown(file.path, 12345, 12345) == 0)
    #expect(TrustError.code { _ = try file.loadOrCreate() } == .exposedKeyFile)
  }

  @Test(arguments: ["link", "folder", "pipe"])
  func `what is no regular file is refused`(kind: String) throws {
    let folder = try TemporaryFolder()
    let file = NodeKeyFile(folder: folder.path)
    switch kind {
    case "link":
      let other = try TemporaryFolder()
      _ = try NodeKeyFile(folder: other.path).loadOrCreate()
      #expect(symlink(NodeKeyFile(folder: other.path).path, file.path) == 0)
    case "folder": #expect(mkdir(file.path, 0o700) == 0)
    default: #expect(mkfifo(file.path, 0o600) == 0)
    }
    #expect(TrustError.code { _ = try file.loadOrCreate() } == .exposedKeyFile)
  }

  @Test func `a file cut anywhere is called damaged and stays as it is`() throws {
    let folder = try TemporaryFolder()
    let file = NodeKeyFile(folder: folder.path)
    _ = try file.loadOrCreate()
    let text = try folder.read("node.key")
    for count in 0..<text.count {
      try folder.write("node.key", String(text.prefix(count)))
      #expect(TrustError.code { _ = try file.loadOrCreate() } == .invalidKeyFile, "cut at \(count)")
      #expect(try folder.read("node.key").count == count)
    }
  }

  @Test func `a changed seed, id or version is noticed`() throws {
    let folder = try TemporaryFolder()
    let file = NodeKeyFile(folder: folder.path)
    _ = try file.loadOrCreate()
    let text = try folder.read("node.key")
    let last = text.dropLast().last == "0" ? "1" : "0"
    for changed in [
      text.dropLast(2) + "\(last)\n", text.replacing("key 1", with: "key 2"),
      text.replacing("id ", with: "id a"), text + "\n", text + text,
    ] {
      try folder.write("node.key", String(changed))
      #expect(TrustError.code { _ = try file.load() } == .invalidKeyFile)
    }
  }

  @Test func `a missing state folder is an error that names it`() throws {
    let file = NodeKeyFile(folder: "/nonexistent/apus")
    #expect(TrustError.code { _ = try file.loadOrCreate() } == .keyFileFailed)
  }

  @Test(arguments: NodeKeyFile.Step.allCases)
  func `a process killed at any step leaves a folder that starts`(
    step: NodeKeyFile.Step
  ) async throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    let number = step.rawValue
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [path = path as String, number = number as Int] in
      _ = try NodeKeyFile(folder: path).loadOrCreate { reached in
        if reached.rawValue == number { kill(getpid(), SIGKILL) }
      }
    }
    let left = try folder.names()
    #expect(left.contains("node.key") == (number >= NodeKeyFile.Step.renamed.rawValue))
    let key = try NodeKeyFile(folder: path).loadOrCreate()
    #expect(try NodeKeyFile(folder: path).load()?.id == key.id)
    #expect(try folder.names() == ["node.key"])
    #expect(try folder.mode("node.key") == 0o600)
  }

  @Test func `starts at the same time end with one key`() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    let ids = try await withThrowingTaskGroup(of: NodeID.self) { group in
      for _ in 0..<8 {
        group.addTask { try NodeKeyFile(folder: path).loadOrCreate().id }
      }
      return try await group.reduce(into: Set<NodeID>()) { $0.insert($1) }
    }
    #expect(ids.count == 1)
    #expect(try folder.names() == ["node.key"])
  }
}
