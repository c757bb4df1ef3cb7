/// What `run` was asked for.
struct RunOptions: Sendable {
  var suites: [String] = []
  var pairs = 7
  var isQuick = false
  var json = false
  var onlyReports = false
  var root = "."
  /// The program of the node; nil for the one beside ours.
  var apus: String?

  init(_ arguments: ArraySlice<String>) throws {
    var rest = arguments
    func value(of option: String) throws -> String {
      guard let value = rest.popFirst() else {
        throw BenchError("\(option) wants a value", isUsage: true)
      }
      return value
    }
    while let argument = rest.popFirst() {
      switch argument {
      case "--quick":
        isQuick = true
        pairs = min(pairs, 3)
      case "--json": json = true
      case "--report": onlyReports = true
      case "--root": root = try value(of: argument)
      case "--apus": apus = try value(of: argument)
      case "--pairs":
        guard let number = Int(try value(of: argument)), (1...1000).contains(number) else {
          throw BenchError("--pairs wants a number from 1 to 1000", isUsage: true)
        }
        pairs = number
      default:
        guard !argument.hasPrefix("-") else {
          throw BenchError("there is no option \(argument)", isUsage: true)
        }
        suites.append(argument)
      }
    }
  }
}
