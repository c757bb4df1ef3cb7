import IO
import Primitives

extension Bench {
  /// A node on one loop, as its peers have one worker.
  static let oneLoop = ["--set", "node.loops=1"]

  /// Runs a real node in a fresh state folder, or in `home`.
  func withNode<Result: Sendable>(
    _ flags: [String], on core: Int? = nil, home: String? = nil,
    _ body: (RunningServer) async throws -> Result
  ) async throws -> Result {
    let home = home ?? "\(scratch)/node-\(Instant.now().nanoseconds)"
    let command = [apus, "up", "--home", home, "--listen", "127.0.0.1:0", "--json"] + flags
    return try await serving(command, on: core) { child in
      let status = try await announcement(of: child)
      guard let text = status["listen"]?.array?.first?.string,
        let port = SocketAddress(text)?.port, let id = status["id"]?.string
      else { throw BenchError("the node did not say where it listens: \(status.text)") }
      return try await body(
        RunningServer(name: "apus", process: child.process, port: port, id: id, home: home))
    }
  }
}
