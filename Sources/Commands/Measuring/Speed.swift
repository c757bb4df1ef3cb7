import Calls
import IO
import Primitives

/// `apus speed`
struct Speed: Command {
  static let configuration = CommandConfiguration(
    abstract: "Measure the bandwidth to a node and back.",
    discussion: "Each way ends when its time is up or its bytes are through. The node table keeps "
      + "the result.",
    examples: [
      .init("apus speed attic", "five seconds each way, 256 MiB at most"),
      .init("apus speed attic --time 20s --bytes 4GiB", "for a fast link"),
      .init("apus speed attic --bytes 1MiB", "for one that costs money"),
    ])

  @Argument(help: "The node: its name, its id, or enough of the id's beginning.")
  var name: String
  @Option(help: "At most so long each way; up to 60s.") var time = Duration.seconds(5)
  @Option(help: "At most so much each way; up to 16GiB.") var bytes = ByteSize.mebibytes(256)
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func validate() throws {
    if !(Duration.milliseconds(1)...Duration.seconds(60)).contains(time) {
      throw ValidationError("--time must be from 1ms to 60s")
    }
    if !(1...16 << 30).contains(bytes.bytes) {
      throw ValidationError("--bytes must be from 1 to 16GiB")
    }
  }

  mutating func run() async throws {
    let request = NodesV1.SpeedRequest {
      $0.node = name
      $0.milliseconds = UInt32(clamping: max(1, time.nanoseconds / 1_000_000))
      $0.bytes = UInt64(clamping: bytes.bytes)
    }
    let terminal =
      output.json ? Terminal.none : Terminal.detect(2, environment: Surroundings.environment)
    let last = try await NodeAccess.nodes(node) { client in
      try await client.speed(request) { replies in
        var progress = SpeedProgress(on: terminal)
        defer { progress.finish() }
        var last: NodesV1.SpeedReply?
        while let reply = try await replies.next() {
          progress.show(reply)
          last = reply
        }
        return last
      }
    }
    guard let last, let result = last.result else {
      throw CommandError("the node ended the test without a result")
    }
    Output(output, environment: Surroundings.environment).show(
      SpeedReport(reply: last, result: result))
  }
}

/// A line for each direction.
private struct SpeedProgress {
  let terminal: Terminal
  var direction = NodesV1.SpeedReply.Direction.unspecified
  var display: ProgressDisplay?

  init(on terminal: Terminal) { self.terminal = terminal }

  mutating func show(_ reply: NodesV1.SpeedReply) {
    // Elsewhere than on a terminal a few seconds of progress are of no use.
    guard terminal.isTerminal, reply.result == nil else { return }
    if reply.direction != direction {
      display?.finish(now: .now())
      direction = reply.direction
      let title = direction == .upload ? "sending" : "fetching"
      display = ProgressDisplay(
        ProgressLine(title, .bytes, total: nil, now: .now()), on: terminal)
    }
    display?.update(done: Int64(clamping: reply.bytes), now: .now())
  }

  mutating func finish() { display?.finish(now: .now()) }
}

struct SpeedReport: Presentable {
  let reply: NodesV1.SpeedReply
  let result: NodesV1.SpeedResult

  var json: JSON {
    [
      "id": .string(reply.id), "name": .string(reply.name),
      "path": reply.path.isEmpty ? .null : .string(reply.path),
      "uploadMbps": .number(result.uploadMbps), "downloadMbps": .number(result.downloadMbps),
      "uploadedBytes": .integer(Int64(clamping: result.uploadedBytes)),
      "downloadedBytes": .integer(Int64(clamping: result.downloadedBytes)),
    ]
  }

  func text(for terminal: Terminal) -> String {
    let name = TextWidth.printable(reply.name)
    let path = reply.path.isEmpty ? "" : ", \(reply.path)"
    let up = NodesReport.rate(result.uploadMbps)
    let down = NodesReport.rate(result.downloadMbps)
    return "\(terminal.styled(name, .bold)) (\(reply.id.prefix(10)))\(path): \(up) to it, "
      + "\(down) from it\n"
  }
}
