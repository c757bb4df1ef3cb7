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
    try await waitForEnd(of: Int32(reply.pid))
    Output(output, environment: Surroundings.environment).show(
      json: ["pid": .integer(Int64(reply.pid)), "stopped": true]
    ) { _ in "The node (process \(reply.pid)) has stopped.\n" }
  }

  private func waitForEnd(of process: Int32) async throws {
    guard let loop = EventLoop.current else { preconditionFailure("commands run on a loop") }
    let deadline = Instant.now().advanced(by: timeout)
    while isRunning(process) {
      if Instant.now() >= deadline { throw stillRunning(process) }
      try await loop.sleep(for: .milliseconds(10))
    }
  }

  private func isRunning(_ process: Int32) -> Bool { kill(process, 0) == 0 }

  private func stillRunning(_ process: Int32) -> CommandError {
    CommandError(
      "the node (process \(process)) is still finishing what is open after \(timeout.text); "
        + "`kill \(process)` ends it at once", code: .timedOut)
  }
}
