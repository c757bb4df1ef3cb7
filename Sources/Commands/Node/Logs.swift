import Apus
import Calls
import IO
import Primitives

/// `apus logs`
struct Logs: Command {
  static let configuration = CommandConfiguration(
    abstract: "Read the node's log.",
    discussion: "Without a running node, the end of the log file is shown.",
    examples: [
      .init("apus logs", "the latest records"),
      .init("apus logs -f", "and those that come"),
      .init("apus logs --level warning --module HTTP", "some of them"),
    ])

  @Flag(name: .shortAndLong, help: "Go on with new records, until Ctrl-C.") var follow = false
  @Option(name: .shortAndLong, help: "So many of the latest records.") var number = 100
  @Option(help: "Only records of this level and above.") var level = LogLevel.trace
  @Option(help: "Only records of this module.") var module: String?
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func validate() throws {
    if number < 0 { throw ValidationError("--number must not be negative") }
  }

  mutating func run() async throws {
    let format = self.format
    let request = NodeV1.LogsRequest {
      $0.follow = follow
      $0.tail = UInt32(clamping: number)
      $0.minimumLevel = NodeV1.LogLevel(rawValue: Int32(level.rawValue + 1))
      $0.module = module ?? ""
    }
    do throws(CommandError) {
      try await NodeAccess.call(node) { client in
        try await client.logs(request) { records in
          while let record = try await records.next() {
            Output.print(
              String(decoding: LogLine.text(record.record, format), as: UTF8.self), to: 1)
          }
        }
      }
    } catch {
      guard error.code == .noNode, !follow else { throw error }
      try await showFile(format)
    }
  }

  private var format: LogLine.Format {
    let terminal = Terminal.detect(1, environment: Surroundings.environment)
    return output.json ? .json : .human(colours: terminal.usesColours)
  }

  private func showFile(_ format: LogLine.Format) async throws {
    let path = try node.folder().log
    let records: [LogRecord]
    do throws(SystemError) {
      records = try await LogFileTail.read(path)
    } catch {
      throw CommandError(
        "no node is running, and there is no log file: \(error.message)", code: .noNode)
    }
    let wanted = records.filter { $0.level >= level && (module == nil || $0.module == module) }
    for record in wanted.suffix(number) {
      Output.print(String(decoding: LogLine.text(record, format), as: UTF8.self), to: 1)
    }
  }
}

extension NodeV1.LogRecord {
  var record: LogRecord {
    LogRecord(
      time: WallTime(nanoseconds: timeNanoseconds),
      level: Primitives.LogLevel(rawValue: Int(level.rawValue) - 1) ?? .info, module: module,
      message: message,
      fields: fields.sorted { $0.key < $1.key }.map { LogField($0.key, $0.value) })
  }
}
