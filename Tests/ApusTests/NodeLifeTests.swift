import IO
import Mesh
import Primitives
import Testing

@testable import Apus

@Suite(.serialized) struct NodeLifeTests {
  private final class Seen: Sendable {
    let node = Locked(Weak<Node>())
    let network = Locked(Weak<Network>())
  }

  @Test func `a node that has stopped is freed, and its network with it`() async throws {
    let folder = try TemporaryFolder()
    for round in 0..<2 {
      let seen = Seen()
      try await Node.run(
        Node.Options(
          stateFolder: folder.file("node"),
          settings: ["node.listen": "127.0.0.1:0", "network.discovery": "false"])
      ) { node in
        seen.node.withLock { $0.object = node }
        seen.network.withLock { $0.object = node.network.withLock { $0 } }
        node.requestStop()
      }
      // Threads of loops end a moment later, and hold their last job until then.
      let deadline = Instant.now().advanced(by: .seconds(5))
      while Instant.now() < deadline,
        seen.node.withLock({ $0.object }) != nil || seen.network.withLock({ $0.object }) != nil
      { await Task.yield() }
      #expect(seen.node.withLock { $0.object } == nil, "round \(round)")
      #expect(seen.network.withLock { $0.object } == nil, "round \(round)")
    }
  }
}
