import Apus
import Calls
import IO
import Primitives

/// `apus down`
struct Down: Command {
  static let configuration = CommandConfiguration(
    abstract: "Stop the node: it finishes what is open, then ends.",
    examples: [
      .init("apus down", "stop and wait until it has ended"),
      .init("apus down --timeout 5s", "wait no longer than that"),
    ])

  @Option(help: "How long to wait for the end.") var timeout = Duration.seconds(60)
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let reply = try await NodeAccess.call(node) {
      try await $0.stop(.init(), options: .within(.seconds(10)))
    }
    let end = NodeEnd(folder: try node.folder(), timeout: timeout)
    guard try await end.wait() else {
      throw CommandError(
        "the node (process \(reply.pid)) is still finishing what is open after \(timeout.text); "
          + "`kill \(reply.pid)` ends it at once", code: .timedOut)
    }
    Output(output, environment: Surroundings.environment).show(
      json: ["pid": .integer(Int64(reply.pid)), "stopped": true]
    ) { _ in "The node (process \(reply.pid)) has stopped.\n" }
  }
}

/// The end of the node of a state folder: when its lock is free. The process number would not
/// do: one that nobody reaps keeps its number for ever.
private struct NodeEnd {
  let folder: StateFolder
  let timeout: Duration
  private let interval = Duration.milliseconds(10)

  /// False when it did not come in time.
  func wait() async throws -> Bool {
    let deadline = Instant.now().advanced(by: timeout)
    while Instant.now() < deadline {
      if try await isOver() { return true }
      try await EventLoop.current?.sleep(for: interval)
    }
    return false
  }

  private func isOver() async throws(SystemError) -> Bool {
    do throws(SystemError) {
      try await RealDisk().lock(folder.lock).release()
      return true
    } catch {
      if case .locked = error.code { return false }
      throw error
    }
  }
}
