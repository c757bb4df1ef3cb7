import IO
import Primitives
import Testing

@testable import Apus

@Suite(.timeLimit(.minutes(5))) struct NodeFilesTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func options(_ name: String) -> Node.Options {
    Node.Options(
      stateFolder: folder.path + "/" + name,
      settings: [
        "node.listen": "127.0.0.1:0", "node.name": name, "node.loops": "1",
        "network.discovery": "false", "network.port-mapping": "false",
        "network.loopback": "true", "log.file": "false",
      ])
  }

  private final class Started: Sendable {
    let node = Locked<Node?>(nil)
    let isServing = Gate()
  }

  private final class Told: Sendable {
    let text = Locked("")
    let left = Locked(3)
  }

  /// Runs a node for as long as `body` takes.
  private func withNode(_ name: String, _ body: @Sendable @escaping (Node) async throws -> Void)
    async throws
  {
    let started = Started()
    let options = options(name)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { started.isServing.open() }
        try await Node.run(options) { node in
          started.node.withLock { $0 = node }
          started.isServing.open()
        }
      }
      group.addTask {
        await started.isServing.wait()
        guard let node = started.node.withLock({ $0 }) else { return }
        defer { node.requestStop() }
        try await body(node)
      }
      try await group.waitForAll()
    }
  }

  private func write(_ name: String, _ bytes: [UInt8]) async throws -> String {
    let path = folder.path + "/" + name
    try await RealDisk().replace(path, with: bytes, mode: 0o600)
    return path
  }

  @Test func `a program adds files, finds them, reads them and removes them`() async throws {
    let path = try await write("letter.txt", Array("dear all".utf8))
    try await withNode("solo") { node in
      let added = try await node.add(path, tags: ["mail"])
      #expect(added.name == "letter.txt" && added.type == "text/plain" && added.owner == node.id)
      #expect(try await node.files(words: ["letter"], tags: ["mail"]) == [added])
      var search = Node.Search()
      (search.prefix, search.words, search.owner) = ("let", ["mail"], node.id)
      search.sizes = 8...8
      #expect(try await node.files(search) == [added])
      search.sizes = 9...10
      #expect(try await node.files(search).isEmpty)
      try await node.pin(added.id)
      #expect(try await node.holders(of: added.id) == [node.id])
      #expect(try await node.repair().isEmpty)
      try await node.unpin("letter.txt")
      let address = try #require(try await node.share("letter.txt", uses: 1).first)
      #expect(address.contains("/s/") && address.contains("/letter.txt#"))
      try await node.unshare(address)
      let gone = await #expect(throws: NodeError.self) { try await node.unshare(address) }
      #expect(gone?.code == .refused)
      let told = Told()
      try await node.read(added.id, from: 5) { bytes in
        told.text.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
      }
      #expect(told.text.withLock { $0 } == "all")
      try await node.remove("letter.txt")
      let error = await #expect(throws: NodeError.self) { try await node.remove("letter.txt") }
      #expect(error?.code == .refused)
    }
  }

  @Test func `a program fetches from another node what that one was given piece by piece`()
    async throws
  {
    let target = folder.path + "/out"
    let piece = [UInt8](repeating: 7, count: 700_000)
    try await withNode("one") { one in
      let told = Told()
      try await one.add(named: "pieces") {
        let number = told.left.withLock { left in
          left -= 1
          return left
        }
        return number < 0 ? nil : piece
      }
      let invite = try await one.invite()
      try await withNode("two") { two in
        try await two.join(invite)
        let path = try await two.get("one/pieces", to: target)
        #expect(path == target)
      }
    }
    let bytes = try await RealDisk().read(target, limit: 4 << 20, followsLinks: false)
    #expect(bytes == piece + piece + piece)
  }
}
