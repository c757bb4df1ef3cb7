import Calls
import IO
import Primitives

/// `apus ping`
struct Ping: Command {
  static let configuration = CommandConfiguration(
    abstract: "Measure the latency to a node, over the link that calls take.",
    discussion: "Ends with 6 when no probe was answered. The node table keeps what was measured.",
    examples: [
      .init("apus ping attic", "until Ctrl-C"),
      .init("apus ping attic -c 5 -i 200ms", "five probes"),
    ])

  @Argument(help: "The node: its name, its id, or enough of the id's beginning.")
  var name: String
  @Option(name: .shortAndLong, help: "So many probes; 0 goes on until Ctrl-C.") var count = 0
  @Option(name: .shortAndLong, help: "From one probe to the next.")
  var interval = Duration.seconds(1)
  @Option(name: .shortAndLong, help: "How long to wait for each answer.")
  var timeout = Duration.seconds(5)
  @Option(help: "The size of a probe.") var size = ByteSize(56)
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func validate() throws {
    if count < 0 { throw ValidationError("--count must not be negative") }
    if interval < .milliseconds(10) {
      throw ValidationError("--interval must be at least 10ms")
    }
    if timeout < .milliseconds(1) { throw ValidationError("--timeout must be at least 1ms") }
    if !(0...65_536).contains(size.bytes) {
      throw ValidationError("--size must be at most 64KiB")
    }
  }

  mutating func run() async throws {
    let request = NodesV1.PingRequest {
      $0.node = name
      $0.count = UInt32(clamping: count)
      $0.intervalMilliseconds = UInt32(clamping: interval.nanoseconds / 1_000_000)
      $0.timeoutMilliseconds = UInt32(clamping: timeout.nanoseconds / 1_000_000)
      $0.bytes = UInt32(clamping: size.bytes)
    }
    let tally = Locked(PingReport(name: name))
    let isJSON = output.json
    let interruption = try await NodeAccess.nodes(node, takesSignals: true) { client in
      try await Interruption.watch {
        try await client.ping(request) { replies in
          while let reply = try await replies.next() {
            let line = tally.withLock { $0.add(reply) }
            if !isJSON { Output.print(line, to: 1) }
          }
        }
      }
    }
    let report = tally.withLock { $0 }
    Output(output, environment: Surroundings.environment).show(report)
    interruption?.raise()
    if report.answered == 0 { throw ExitCode.timedOut }
  }
}

/// Probes and what became of them.
struct PingReport: Presentable {
  private(set) var name: String
  private var id = ""
  private var path = ""
  private var sent = 0
  private var took: [Duration] = []

  init(name: String) { self.name = name }

  var answered: Int { took.count }

  /// The line to show for a reply.
  mutating func add(_ reply: NodesV1.PingReply) -> String {
    name = reply.name
    id = reply.id
    path = reply.path
    let who = "\(TextWidth.printable(name)) (\(id.prefix(10)))"
    let time = reply.nanoseconds.map { Duration.nanoseconds(Int64(clamping: $0)) }
    if reply.number == 0 {
      guard let time else { return "\(who): no connection: \(reply.failure)\n" }
      return "\(who): connected in \(Self.milliseconds(time)), \(path)\n"
    }
    sent += 1
    guard let time else { return "\(who): probe \(reply.number): \(reply.failure)\n" }
    took.append(time)
    return "\(who): probe \(reply.number): \(Self.milliseconds(time)), \(path)\n"
  }

  static func milliseconds(_ time: Duration) -> String {
    Figure.text(Double(time.nanoseconds) / 1e6) + " ms"
  }

  private func percentile(_ share: Double) -> Double? {
    let sorted = took.sorted()
    if sorted.isEmpty { return nil }
    let place = Int((Double(sorted.count) * share).rounded(.up)) - 1
    return Double(sorted[max(place, 0)].nanoseconds) / 1e6
  }

  private var loss: Double { sent == 0 ? 0 : Double(sent - took.count) / Double(sent) }

  private var percentiles: [(String, Double)] {
    [("min", 0), ("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1)].compactMap { name, share in
      percentile(share).map { (name, $0) }
    }
  }

  var json: JSON {
    [
      "id": .string(id), "name": .string(name), "path": path.isEmpty ? .null : .string(path),
      "sent": .integer(Int64(sent)), "answered": .integer(Int64(answered)),
      "loss": .number(loss),
      "latencyMs": .object(
        JSONObject(uniqueNames: percentiles.map { ($0.0, .number($0.1)) })),
    ]
  }

  func text(for terminal: Terminal) -> String {
    var text = "\(sent) probes, \(answered) answered, \(Figure.text(loss * 100)) % lost"
    if !took.isEmpty {
      text += "\n" + percentiles.map { "\($0.0) \(Figure.text($0.1))" }.joined(separator: ", ")
      text += " ms"
    }
    return text + "\n"
  }
}
