import Apus
import Calls
import Primitives

/// `apus boxes log`
struct BoxesLog: Command {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Show what ran in the node's boxes: for whom, when, how it ended, what it used.",
    discussion: "The oldest records go when there are too many. Attempts that were alike and began "
      + "within the same second are one.",
    examples: [
      .init("apus boxes log", "the last hundred"),
      .init("apus boxes log --creator alice --since 1d --count 0", "all of a day, for one creator"),
    ])

  @Option(help: "Only for this creator.") var creator = ""
  @Option(
    help: .init("Only what began since: 2h ago, or at a time.", valueName: "2h|time"))
  var since: String?
  @Option(name: .shortAndLong, help: "At most so many, the latest; 0 is all.") var count = 100
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func validate() throws {
    if count < 0 { throw ValidationError("--count must not be negative") }
    if let since, Self.time(since) == nil {
      throw ValidationError(
        "--since is \(Duration.expectation), or a time such as \(WallTime.now()), not \(since)")
    }
  }

  private static func time(_ text: String) -> WallTime? {
    Duration(text: text).map { WallTime.now().advanced(by: .zero - $0) } ?? WallTime(text)
  }

  mutating func run() async throws {
    let request = BoxesV1.LogRequest {
      $0.creator = creator
      $0.sinceNanoseconds = since.flatMap(Self.time)?.nanoseconds
      $0.limit = UInt32(clamping: count)
    }
    let records = Locked<[BoxesV1.LogRecord]>([])
    try await NodeAccess.boxes(node) { client in
      try await client.log(request, options: .within(.seconds(60))) { replies in
        while let reply = try await replies.next() {
          records.withLock { $0 += reply.records }
        }
      }
    }
    Output(output, environment: Surroundings.environment).show(
      BoxesLogReport(records: records.withLock { $0 }))
  }
}

struct BoxesLogReport: Presentable {
  let records: [BoxesV1.LogRecord]

  var json: JSON {
    .array(
      records.map { record in
        [
          "began": .string(WallTime(nanoseconds: record.beganNanoseconds).description),
          "creator": .string(record.creator), "runtime": .string(record.runtime),
          "program": .string(record.program), "ending": .string(record.ending),
          "status": .integer(Int64(record.status)),
          "why": record.text.isEmpty ? .null : .string(record.text),
          "attempts": .integer(Int64(clamping: record.attempts)),
          "seconds": .number(Double(record.nanoseconds) / 1e9),
          "processorSeconds": .number(Double(record.processorNanoseconds) / 1e9),
          "peakMemoryBytes": record.peakMemoryBytes.map { .integer($0) } ?? .null,
          "outputBytes": .integer(record.outputBytes),
        ]
      })
  }

  func text(for terminal: Terminal) -> String {
    if records.isEmpty { return "Nothing ran.\n" }
    var table = Table([
      .init("began"), .init("creator"), .init("runtime"), .init("program"), .init("ended"),
      .init("attempts", .right), .init("time", .right), .init("processor", .right),
      .init("memory", .right),
    ])
    for record in records {
      table.append(
        WallTime(nanoseconds: record.beganNanoseconds).description, record.creator,
        record.runtime, record.program, Self.ending(record), "\(record.attempts)",
        Self.milliseconds(record.nanoseconds), Self.milliseconds(record.processorNanoseconds),
        record.peakMemoryBytes.map { ByteSize($0).rounded } ?? "")
    }
    return table.text(for: terminal)
  }

  private static func ending(_ record: BoxesV1.LogRecord) -> String {
    switch record.ending {
    case "exited", "signalled": "\(record.ending) \(record.status)"
    default: record.text.isEmpty ? record.ending : "\(record.ending): \(record.text)"
    }
  }

  private static func milliseconds(_ nanoseconds: Int64) -> String {
    Duration.milliseconds(nanoseconds / 1_000_000).text
  }
}
