import Calls
import Primitives

/// `apus leave`
struct Leave: Command {
  static let configuration = CommandConfiguration(
    abstract: "Take this machine's node out of its network.",
    discussion: """
      First it hands over what others rely on: files of which they have not got enough copies. \
      Then it is a network of one again. When that takes longer than --timeout, or nobody takes \
      them, it stays as it was.
      """,
    examples: [
      .init("apus leave", "once everything is handed over"),
      .init("apus leave --force", "at once, whatever only this node has"),
    ])

  /// For what comes after the handing over.
  private static let goodbye = Duration.seconds(30)

  @Flag(help: "Leave at once, and hand nothing over.") var force = false
  @Option(help: "How long handing over may take.") var timeout = Duration.seconds(600)
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let request = NetworkV1.LeaveRequest {
      $0.force = force
      $0.patience = max(1, timeout.nanoseconds)
    }
    let options = CallOptions.within(timeout + Self.goodbye)
    let terminal =
      output.json ? Terminal.none : Terminal.detect(2, environment: Surroundings.environment)
    let reply = try await NodeAccess.network(node) { client in
      try await client.leave(request, options: options) { replies in
        try await Self.follow(replies, on: terminal)
      }
    }
    guard !reply.network.isEmpty else {
      throw CommandError("the node ended without an answer")
    }
    Output(output, environment: Surroundings.environment).show(
      json: [
        "network": .string(reply.network), "handedOver": .integer(Int64(clamping: reply.files)),
      ]
    ) { _ in "This node has left; it is a network of one now: \(reply.network)\n" }
  }

  /// Returns the last one.
  private static func follow(
    _ replies: MessageReader<NetworkV1.LeaveReply>, on terminal: Terminal
  ) async throws -> NetworkV1.LeaveReply {
    var last = NetworkV1.LeaveReply()
    var display: ProgressDisplay?
    defer { display?.finish(now: .now()) }
    while let reply = try await replies.next() {
      last = reply
      // Elsewhere than on a terminal it is quiet until the end.
      guard terminal.isTerminal, reply.files > 0 else { continue }
      let total = Int64(clamping: reply.files)
      if display == nil {
        display = ProgressDisplay(
          ProgressLine("handing over", .things("files"), total: total, now: .now()), on: terminal)
      }
      display?.update(
        done: total - Int64(clamping: reply.filesLeft), total: total, now: .now())
    }
    return last
  }
}
