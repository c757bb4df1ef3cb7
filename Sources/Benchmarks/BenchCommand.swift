import IO
import Primitives

// # The measurements
//
// A *suite* starts the servers it compares, makes the same load on each and gives figures. Two
// contenders are measured in turn, pair after pair, and a ratio is the median of the pairs'
// ratios: what else the machine does then meets both sides. A *part* is this program in another
// role, started by a suite: one end of a connection whose processor time is to be known alone.
// docs/benchmarks.md says what is compared with what, and holds the thresholds that are read here.

/// The command line of the program.
enum BenchCommand {
  static let usage = """
    Benchmarks list                     the suites
    Benchmarks run [suite...]           measure; without a name, all but those that take long
      --pairs N     alternating pairs per comparison (7)
      --quick       3 pairs of short runs, to see that it works
      --report      exit 0 even when a threshold is missed
      --json        print JSON
      --root PATH   the repository (the current folder)
      --apus PATH   the node's program (beside this one)

    """

  static func main(_ arguments: [String]) async -> Int32 {
    do {
      switch arguments.first {
      case "list":
        for suite in Suites.all { print("\(padded(suite.name, 18))\(suite.abstract)") }
        return 0
      case "run":
        return try await run(try RunOptions(arguments.dropFirst()))
      case "part":
        try await Parts.run(Array(arguments.dropFirst()))
        return 0
      default:
        print(usage, terminator: "")
        return arguments.isEmpty || arguments.first == "--help" ? 0 : 2
      }
    } catch let error as BenchError {
      complain(error.message)
      return error.isUsage ? 2 : 1
    } catch {
      complain("\(error)")
      return 1
    }
  }

  private static func run(_ options: RunOptions) async throws -> Int32 {
    let thresholds = try await Thresholds.load(root: options.root)
    let suites = try Suites.named(options.suites)
    var reports: [SuiteReport] = []
    for suite in suites {
      let report = try await Bench.running(options) { bench in
        bench.note("\(suite.name): \(suite.abstract)")
        return try await suite.run(bench)
      }
      reports.append(try thresholds.judge(report))
      if !options.json { print(reports[reports.count - 1].text) }
    }
    if options.json {
      print(JSON.object(["machine": Machine.json, "suites": .array(reports.map(\.json))]).pretty)
    }
    let missed = reports.flatMap(\.figures).filter { $0.verdict?.isMet == false }
    if !options.json, !missed.isEmpty {
      print("missed: \(missed.map(\.name).joined(separator: ", "))")
    }
    return missed.isEmpty || options.onlyReports ? 0 : 1
  }

  private static func complain(_ text: String) { Machine.note("Benchmarks: \(text)") }
}

/// To this many columns; longer text keeps one space behind it.
func padded(_ text: String, _ columns: Int) -> String {
  text + String(repeating: " ", count: max(1, columns - text.count))
}

struct BenchError: Error {
  var message: String
  var isUsage = false

  init(_ message: String, isUsage: Bool = false) {
    self.message = message
    self.isUsage = isUsage
  }
}
