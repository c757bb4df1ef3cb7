import Apus
import Calls
import IO
import Primitives

/// Calls the running node, and says in the command line's terms what went wrong.
enum NodeAccess {
  static func call<Answer: Sendable>(
    _ options: NodeOptions, timeout: Duration = .seconds(10),
    _ body: @Sendable (NodeV1.NodeClient) async throws -> Answer
  ) async throws(CommandError) -> Answer {
    try await connect(options, timeout: timeout) { try await body(NodeV1.NodeClient($0)) }
  }

  /// For the other services of the node. Unlike a node, a command that asks one ends at once when
  /// it is interrupted, unless it watches for signals itself.
  static func connect<Answer: Sendable>(
    _ options: NodeOptions, timeout: Duration = .seconds(10), takesSignals: Bool = false,
    _ body: @Sendable (CallClient) async throws -> Answer
  ) async throws(CommandError) -> Answer {
    if !takesSignals { Signals.unblock() }
    let folder = try options.folder()
    guard let loop = EventLoop.current else { preconditionFailure("commands run on a loop") }
    do {
      return try await LocalNode.call(in: folder, on: loop, timeout: timeout, body)
    } catch {
      throw explained(error)
    }
  }

  static func network<Answer: Sendable>(
    _ options: NodeOptions, _ body: @Sendable (NetworkV1.NetworkAdminClient) async throws -> Answer
  ) async throws(CommandError) -> Answer {
    try await connect(options) { try await body(NetworkV1.NetworkAdminClient($0)) }
  }

  static func nodes<Answer: Sendable>(
    _ options: NodeOptions, takesSignals: Bool = false,
    _ body: @Sendable (NodesV1.NodesClient) async throws -> Answer
  ) async throws(CommandError) -> Answer {
    try await connect(options, takesSignals: takesSignals) {
      try await body(NodesV1.NodesClient($0))
    }
  }

  static func explained(_ error: any Error) -> CommandError {
    switch error {
    case let error as CommandError: error
    case let error as NodeError: CommandError(error.message, code: code(of: error.code))
    case let status as Status: CommandError(status.message, code: code(of: status.code))
    default: CommandError("\(error)")
    }
  }

  private static func code(of code: NodeError.Code) -> ExitCode {
    switch code {
    case .alreadyRunning, .refused: .refused
    case .notRunning: .noNode
    case .unusable, .failed: .failure
    case .timedOut: .timedOut
    }
  }

  private static func code(of code: Status.Code) -> ExitCode {
    switch code {
    case .permissionDenied, .unauthenticated, .failedPrecondition, .alreadyExists: .refused
    case .notFound: .notFound
    case .deadlineExceeded: .timedOut
    case .invalidArgument: .validationFailure
    default: .failure
    }
  }
}

extension CallOptions {
  /// With a deadline that far ahead.
  static func within(_ timeout: Duration) -> CallOptions {
    var options = CallOptions()
    options.deadline = Deadline(Instant.now().advanced(by: timeout))
    return options
  }
}
