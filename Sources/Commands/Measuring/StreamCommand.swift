import Calls
import IO
import Primitives

/// `apus stream`
struct StreamCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "stream",
    abstract: "Keep bytes flowing to a node and back, and check each of them.",
    discussion: "One stream, both ways, until Ctrl-C: it shows how long the link stands still "
      + "while its path changes. Ends with 1 when the stream broke or a byte was wrong.",
    examples: [
      .init("apus stream attic", "a line each second; now unplug something"),
      .init("apus stream attic --time 1m --json", "for programs: a line of JSON each second"),
    ])

  @Argument(help: "The node: its name, its id, or enough of the id's beginning.")
  var name: String
  @Option(help: "For so long; 0s goes on until Ctrl-C.") var time = Duration.zero
  @Option(help: "From one piece to the next, each way.") var interval = Duration.milliseconds(10)
  @Option(help: "The size of a piece.") var size = ByteSize(4096)
  @Option(help: "From one line to the next.") var every = Duration.seconds(1)
  @Option(help: "What the bytes are drawn from.") var seed = 1
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func validate() throws {
    if time < .zero || time > .seconds(2_000_000) {
      throw ValidationError("--time must be from 0s to 23 days")
    }
    if !(Duration.milliseconds(1)...Duration.seconds(60)).contains(interval) {
      throw ValidationError("--interval must be from 1ms to 60s")
    }
    if !(Duration.milliseconds(10)...Duration.seconds(3600)).contains(every) {
      throw ValidationError("--every must be from 10ms to 1h")
    }
    if !(1...65_536).contains(size.bytes) {
      throw ValidationError("--size must be from 1 to 64KiB")
    }
    if seed < 0 { throw ValidationError("--seed must not be negative") }
  }

  mutating func run() async throws {
    let request = NodesV1.StreamRequest {
      $0.node = name
      $0.milliseconds = Self.milliseconds(time)
      $0.intervalMilliseconds = Self.milliseconds(interval)
      $0.bytes = UInt32(clamping: size.bytes)
      $0.seed = UInt64(clamping: seed)
      $0.reportMilliseconds = Self.milliseconds(every)
    }
    let wrong = Locked(UInt64(0))
    let isJSON = output.json
    let interruption = try await NodeAccess.nodes(node, takesSignals: true) { client in
      try await Interruption.watch {
        try await client.stream(request) { replies in
          let output = Output(isJSON: isJSON)
          while let reply = try await replies.next() {
            let line = StreamReport(reply)
            wrong.withLock { $0 = line.wrongBytes }
            output.show(line)
          }
        }
      }
    }
    interruption?.raise()
    if wrong.withLock({ $0 }) > 0 { throw ExitCode.failure }
  }

  private static func milliseconds(_ time: Duration) -> UInt32 {
    UInt32(clamping: time.nanoseconds / 1_000_000)
  }
}

/// A line about both directions.
struct StreamReport: Presentable {
  let reply: NodesV1.StreamReply

  init(_ reply: NodesV1.StreamReply) { self.reply = reply }

  private var upload: NodesV1.StreamReply.Direction { reply.upload ?? .init() }
  private var download: NodesV1.StreamReply.Direction { reply.download ?? .init() }

  var wrongBytes: UInt64 { upload.wrongBytes &+ download.wrongBytes }

  var json: JSON {
    [
      "id": .string(reply.id), "name": .string(reply.name),
      "path": reply.path.isEmpty ? .null : .string(reply.path),
      "seconds": .number(Double(reply.nanoseconds) / 1e9),
      "upload": Self.json(upload), "download": Self.json(download),
    ]
  }

  private static func json(_ direction: NodesV1.StreamReply.Direction) -> JSON {
    [
      "checkedBytes": .integer(Int64(clamping: direction.checkedBytes)),
      "wrongBytes": .integer(Int64(clamping: direction.wrongBytes)),
      "stallMs": .number(Double(direction.stallNanoseconds) / 1e6),
    ]
  }

  func text(for terminal: Terminal) -> String {
    let path = reply.path.isEmpty ? "no connection" : reply.path
    let wrong = wrongBytes == 0 ? "" : ", \(wrongBytes) BYTES WRONG"
    return "\(TextWidth.printable(reply.name)) (\(reply.id.prefix(10))): \(path), "
      + "\(Self.text(upload)) to it, \(Self.text(download)) from it\(wrong)\n"
  }

  private static func text(_ direction: NodesV1.StreamReply.Direction) -> String {
    let size = ByteSize(Int64(clamping: direction.checkedBytes)).rounded
    let stall = Figure.text(Double(direction.stallNanoseconds) / 1e6)
    return "\(size) (longest wait \(stall) ms)"
  }
}
