import Apus
import Calls
import Glibc
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
    guard let loop = EventLoop.current else { preconditionFailure("commands run on a loop") }
    let watch = ProcessWatch(process: Int32(reply.pid), loop: loop)
    guard try await watch.hasEnded(by: Instant.now().advanced(by: timeout)) else {
      throw CommandError(
        "the node (process \(reply.pid)) is still finishing what is open after \(timeout.text); "
          + "`kill \(reply.pid)` ends it at once", code: .timedOut)
    }
    Output(output, environment: Surroundings.environment).show(
      json: ["pid": .integer(Int64(reply.pid)), "stopped": true]
    ) { _ in "The node (process \(reply.pid)) has stopped.\n" }
  }
}

/// Waits for a process that is not a child of ours.
private struct ProcessWatch {
  let process: Int32
  let loop: EventLoop
  var poll = Duration.milliseconds(10)

  private var isRunning: Bool { kill(process, 0) == 0 }

  /// False when it still runs at the deadline.
  func hasEnded(by deadline: Instant) async throws -> Bool {
    while isRunning {
      if Instant.now() >= deadline { return false }
      try await loop.sleep(for: poll)
    }
    return true
  }
}
