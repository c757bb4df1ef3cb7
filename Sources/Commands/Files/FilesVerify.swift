import Apus
import Calls
import Primitives

/// `apus files verify`
struct FilesVerify: Command {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Read all that this node keeps and check every byte.",
    discussion: "Ends with 1 when something is damaged; `apus files repair` mends it.",
    examples: [
      .init("apus files verify", "everything"), .init("apus files verify film.mkv", "one"),
    ])

  @Argument(help: "Its name, its id, or enough of the id's beginning.") var file: String?
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let request = FilesV1.VerifyRequest { $0.file = file ?? "" }
    let report = try await VerifyReport.follow("verifying", node, isJSON: output.json) {
      try await $0.verify(request, $1)
    }
    Output(output, environment: Surroundings.environment).show(report)
    if report.open > 0 { throw ExitCode.failure }
  }
}

/// `apus files repair`
struct FilesRepair: Command {
  static let configuration = CommandConfiguration(
    commandName: "repair",
    abstract: "Check all that this node keeps, and fetch what is damaged from others.",
    discussion: "Ends with 1 when something stays damaged.",
    examples: [.init("apus files repair", "everything")])

  @Argument(help: "Its name, its id, or enough of the id's beginning.") var file: String?
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let request = FilesV1.RepairRequest { $0.file = file ?? "" }
    let report = try await VerifyReport.follow("repairing", node, isJSON: output.json) {
      try await $0.repair(request, $1)
    }
    Output(output, environment: Surroundings.environment).show(report)
    if report.open > 0 { throw ExitCode.failure }
  }
}

/// What was found, and what was done about it.
struct VerifyReport: Presentable {
  let last: FilesV1.VerifyProgress
  let damages: [FilesV1.DamageInfo]

  /// Damages that are not mended.
  var open: Int { damages.count { !$0.isRepaired } }

  static func follow(
    _ title: String, _ node: NodeOptions, isJSON: Bool,
    _ call:
      @escaping @Sendable (
        FilesV1.FilesClient, (MessageReader<FilesV1.VerifyProgress>) async throws -> VerifyReport?
      ) async throws -> VerifyReport?
  ) async throws -> VerifyReport {
    let terminal =
      isJSON ? Terminal.none : Terminal.detect(2, environment: Surroundings.environment)
    let report = try await NodeAccess.connect(node) { caller in
      try await call(FilesV1.FilesClient(caller)) { replies in
        var display = ProgressDisplay(
          ProgressLine(title, .bytes, total: nil, now: .now()), on: terminal)
        var damages: [FilesV1.DamageInfo] = []
        var last: FilesV1.VerifyProgress?
        while let progress = try await replies.next() {
          damages += progress.damages
          last = progress
          if terminal.isTerminal {
            display.update(done: progress.bytes, total: progress.total, now: .now())
          }
        }
        if terminal.isTerminal { display.finish(now: .now()) }
        return last.map { VerifyReport(last: $0, damages: damages) }
      }
    }
    guard let report, report.last.isDone else {
      throw CommandError("the node ended before it had looked at everything")
    }
    return report
  }

  var json: JSON {
    [
      "bytes": .integer(last.bytes), "chunks": .integer(Int64(last.chunks)),
      "repaired": .integer(Int64(clamping: last.repaired)),
      "damages": .array(
        damages.map { damage in
          [
            "blob": .string(Hex.encode(damage.blob)), "chunk": .integer(Int64(damage.chunk)),
            "files": .array(damage.names.map { .string($0) }),
            "isRepaired": .bool(damage.isRepaired),
          ]
        }),
    ]
  }

  func text(for terminal: Terminal) -> String {
    let size = ByteSize(last.bytes).rounded
    if damages.isEmpty { return "\(last.chunks) chunks, \(size): all are what they should be\n" }
    let lines = damages.map { damage in
      let names = damage.names.map(TextWidth.printable).joined(separator: ", ")
      let state =
        damage.isRepaired ? terminal.styled("mended", .green) : terminal.styled("damaged", .red)
      return
        "  \(state)  chunk \(damage.chunk) of \(names.isEmpty ? Hex.encode(damage.blob) : names)\n"
    }
    return
      "\(last.chunks) chunks, \(size): \(damages.count) damaged, \(damages.count - open) mended\n"
      + lines.joined()
  }
}
