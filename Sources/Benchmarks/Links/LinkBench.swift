import IO
import Primitives

/// A process that other processes link to.
struct RunningLinkNode: Sendable {
  let process: Int32
  let port: String
  let id: String
}

extension Bench {
  /// Keeps a node of the measurements running, which listens at `relay` where one is named.
  func withLinkNode<Result: Sendable>(
    on core: Int, at relay: RunningLinkNode? = nil,
    _ body: (RunningLinkNode) async throws -> Result
  ) async throws -> Result {
    let words = relay.map { [$0.port, $0.id] } ?? []
    return try await serving([program, "part", "link-node"] + words, on: core) { child in
      let announcement = try await announcement(of: child)
      guard let port = announcement["port"]?.integer, let id = announcement["id"]?.string else {
        throw BenchError("a node did not say where it listens")
      }
      return try await body(
        RunningLinkNode(process: child.process, port: String(port), id: id))
    }
  }
}
