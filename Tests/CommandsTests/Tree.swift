import Primitives

@testable import Commands

/// A small program to try the parser on.
struct Tool: Command {
  static let configuration = CommandConfiguration(
    commandName: "tool", abstract: "A tool.", version: "tool 1.2",
    subcommands: [Up.self, ConfigTree.self, Execute.self, Fail.self, Secret.self])
}

enum Mode: String, CaseIterable, ArgumentValue {
  case fast, slow, steady
}

struct Shared: ParsableArguments {
  @Flag(help: "Print JSON.") var json = false
  @Option(help: "Give up after this time.") var timeout: Duration?

  mutating func validate() throws {
    if let timeout, timeout < .milliseconds(1) { throw ValidationError("--timeout is too short") }
  }
}

struct Up: Command {
  static let configuration = CommandConfiguration(
    abstract: "Start a node.", discussion: "It runs until it is told to stop.",
    examples: [.init("tool up --detach", "Start it in the background.")], aliases: ["start"])

  @Flag(name: .shortAndLong, help: "Start it in the background.") var detach = false
  @Flag(inversion: .prefixedNo, help: "Use colours.") var colour = true
  @Flag(inversion: .prefixedNo) var cache: Bool?
  @Flag(name: .shortAndLong, help: "Say more.") var verbose: Int
  @Option(
    name: .shortAndLong,
    help: .init("Where to listen.", valueName: "host:port", environment: "TOOL_LISTEN"))
  var listen: [String] = []
  @Option(name: .shortAndLong, help: "How to run.") var mode = Mode.steady
  @Option(help: "Bytes to keep.") var size = ByteSize.mebibytes(1)
  @Option(help: "A file.", completion: .file) var file: String?
  @Option(help: .init("Nobody sees it.", isHidden: true)) var hidden: Int?
  @OptionGroup(title: "Output options") var shared: Shared
}

struct ConfigTree: Command {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Look at the settings.", subcommands: [Show.self, Set.self],
    defaultSubcommand: Show.self)

  struct Show: Command {
    static let configuration = CommandConfiguration(abstract: "Show them: it's [all].")
    @Flag(help: "Say where each came from.") var origin = false
  }

  struct Set: Command {
    static let configuration = CommandConfiguration(abstract: "Change one.")
    @Argument(help: "The setting's name.") var key: String
    @Argument(help: "Its new value.") var value: Int
    @Argument(help: "How.") var mode: Mode?
    @Option(help: "Why.") var reason: String
  }
}

struct Execute: Command {
  static let configuration = CommandConfiguration(
    commandName: "exec", abstract: "Run something.")
  @Option(name: .shortAndLong) var user: String?
  @Argument(parsing: .captureForPassthrough, help: "What to run.") var command: [String]
}

struct Fail: Command {
  static let configuration = CommandConfiguration(abstract: "End badly.")
  @Argument var code = 1
  @Argument var others: [Int] = []

  mutating func run() async throws {
    switch code {
    case 100: throw CommandError("There is no node here.", code: .noNode)
    case 101: throw ValidationError("These do not fit.")
    case 102: throw JSONError(path: "a", message: "is missing")
    default: throw ExitCode(Int32(code))
    }
  }
}

struct Secret: Command {
  static let configuration = CommandConfiguration(abstract: "Hidden.", shouldDisplay: false)
}
