package import Calls
import HTTP
package import IO
import Primitives

/// The way to the node of a state folder: its Unix socket, where the caller is the local owner.
package enum LocalNode {
  /// Connects, runs `body` with a client, and closes the connection.
  package static func call<Answer: Sendable>(
    in folder: StateFolder, on loop: EventLoop, timeout: Duration = .seconds(10),
    _ body: @Sendable (CallClient) async throws -> Answer
  ) async throws -> Answer {
    try await loop.run {
      let transport = try await connect(folder, loop, timeout)
      let connection = try FrameClientConnection(transport: transport, isSecure: false)
      return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask(executorPreference: loop) { await connection.run() }
        let client = CallClient(connection, on: loop, authority: "localhost")
        let result = await outcome { try await body(client) }
        connection.close()
        try await group.waitForAll()
        return try result.get()
      }
    }
  }

  private static func outcome<Answer>(
    _ body: () async throws -> Answer
  ) async -> Result<Answer, any Error> {
    do { return .success(try await body()) } catch { return .failure(error) }
  }

  private static func connect(
    _ folder: StateFolder, _ loop: EventLoop, _ timeout: Duration
  ) async throws -> SocketTransport {
    do {
      return try await SocketTransport.connect(
        to: SocketAddress(.unix(path: folder.socket)), on: loop,
        deadline: Instant.now().advanced(by: timeout))
    } catch {
      switch error.code {
      case .notFound, .unreachable:
        throw NodeError(
          .notRunning,
          "no node runs on the state folder \(folder.path); start one with `apus up`")
      case .timedOut: throw NodeError(.timedOut, error.message)
      default: throw error
      }
    }
  }
}
