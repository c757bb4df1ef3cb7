import Apus
import Calls
import IO
import Primitives

/// `apus boxes top`
struct BoxesTop: Command {
  static let configuration = CommandConfiguration(
    commandName: "top",
    abstract: "Show the boxes again and again, with what each takes of the processors.")

  @Option(name: .shortAndLong, help: "From one list to the next.")
  var interval = Duration.seconds(1)
  @Option(name: .shortAndLong, help: "So many lists; 0 goes on until Ctrl-C.") var count = 0
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func validate() throws {
    if !(Duration.milliseconds(100)...Duration.seconds(3600)).contains(interval) {
      throw ValidationError("--interval must be from 100ms to 1h")
    }
    if count < 0 { throw ValidationError("--count must not be negative") }
  }

  mutating func run() async throws {
    guard let loop = EventLoop.current else { preconditionFailure("commands run on a loop") }
    let (isJSON, count, interval) = (output.json, count, interval)
    try await NodeAccess.boxes(node) { client in
      let output = Output(isJSON: isJSON)
      var before: [String: Int64] = [:]
      var last = Instant.now()
      var shown = 0
      while true {
        let boxes = try await client.list(.init(), options: .within(.seconds(10))).boxes
        let now = Instant.now()
        let elapsed = Double(max(1, last.duration(to: now).nanoseconds))
        let shares = boxes.map { box in
          before[box.name].map { Double(box.processorNanoseconds - $0) / elapsed }
        }
        if output.terminal.isTerminal && !output.isJSON {
          Output.print("\u{1B}[H\u{1B}[2J", to: 1)
        }
        output.show(BoxesReport(boxes, shares: shares, now: .now()))
        shown += 1
        if shown == count { return }
        before = Dictionary(uniqueKeysWithValues: boxes.map { ($0.name, $0.processorNanoseconds) })
        last = now
        try await loop.sleep(for: interval)
      }
    }
  }
}
