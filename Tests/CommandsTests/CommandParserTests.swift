import Primitives
import Testing

@testable import Commands

private func parse<Wanted: Command>(_ line: String, as type: Wanted.Type) throws -> Wanted {
  let request = try CommandParser(Tool.self).parse(line.split(separator: " ").map(String.init))
  guard case .run(let command as Wanted) = request else { throw Unexpected() }
  return command
}

private func shown(_ line: String) throws -> String {
  let request = try CommandParser(Tool.self).parse(line.split(separator: " ").map(String.init))
  guard case .show(let text) = request else { throw Unexpected() }
  return text
}

private struct Unexpected: Error {}

struct CommandParserTests {
  @Test func `defaults stand where nothing is given`() throws {
    let up = try parse("up", as: Up.self)
    #expect(!up.detach && up.colour && up.cache == nil && up.verbose == 0)
    #expect(up.listen.isEmpty && up.mode == .steady && up.size == .mebibytes(1))
    #expect(up.file == nil && !up.shared.json && up.shared.timeout == nil)
  }

  @Test(arguments: [
    "up --detach --listen a:1 --listen b:2 --mode fast --size 2KiB --json --timeout 5s -vv",
    "up -d -l a:1 -l=b:2 -m=fast --size=2KiB --timeout=5s --json -v --verbose",
    "start -dvvla:1 -lb:2 -mfast --json --timeout 5s --size 2KiB",
    "up -vdvl a:1 -l b:2 -m fast --size 2048 --json --timeout 5s",
  ])
  func `options in every spelling mean the same`(line: String) throws {
    let up = try parse(line, as: Up.self)
    #expect(up.detach && up.listen == ["a:1", "b:2"] && up.mode == .fast && up.verbose == 2)
    #expect(up.size == .kibibytes(2) && up.shared.json && up.shared.timeout == .seconds(5))
  }

  @Test func `an inverse says no, and the last one counts`() throws {
    let up = try parse("up --no-colour --cache --mode fast --mode slow", as: Up.self)
    #expect(!up.colour && up.cache == true && up.mode == .slow)
    #expect(try parse("up --no-colour --colour --no-cache", as: Up.self).colour)
    #expect(try parse("up --no-cache", as: Up.self).cache == false)
  }

  @Test func `words go to arguments in their order, among options`() throws {
    let set = try parse("config set a --reason x -5 slow", as: ConfigTree.Set.self)
    #expect(set.key == "a" && set.value == -5 && set.mode == .slow && set.reason == "x")
    let plain = try parse("config set --reason=--y -- --key 7", as: ConfigTree.Set.self)
    #expect(plain.key == "--key" && plain.value == 7 && plain.reason == "--y")
    #expect(try parse("fail 3 -1 2 3", as: Fail.self).others == [-1, 2, 3])
  }

  @Test func `a default sub-command takes what is there`() throws {
    #expect(try parse("config --origin", as: ConfigTree.Show.self).origin)
    #expect(try !parse("config", as: ConfigTree.Show.self).origin)
  }

  @Test func `what is passed through is left as it is`() throws {
    let first = try parse("exec -u me ls -la --help -- x", as: Execute.self)
    #expect(first.user == "me" && first.command == ["ls", "-la", "--help", "--", "x"])
    let second = try parse("exec -- -u me", as: Execute.self)
    #expect(second.user == nil && second.command == ["-u", "me"])
    #expect(try shown("exec --help").contains("<command> ..."))
  }

  @Test func `values with spaces, equals signs, lone dashes and nothing in them`() throws {
    let request = try CommandParser(Tool.self).parse([
      "up", "--file=a = b", "--listen", "", "-l", "-",
    ])
    guard case .run(let up as Up) = request else { throw Unexpected() }
    #expect(up.file == "a = b" && up.listen == ["", "-"])
  }

  @Test(arguments: [
    ("up --detahc", "unknown option '--detahc'; did you mean '--detach'?"),
    ("up -x", "unknown option '-x'"), ("up -dx", "unknown option '-x'"),
    ("up --no-detach", "unknown option '--no-detach'; did you mean '--detach'?"),
    ("stauts", "unknown command 'stauts'; did you mean 'start'?"),
    ("conifg", "unknown command 'conifg'; did you mean 'config'?"),
    ("bananas", "unknown command 'bananas'"),
    ("--detach up", "unknown option '--detach' before a command; options stand behind it"),
    ("--verison", "unknown option '--verison'; did you mean '--version'?"),
    ("up --detach=yes", "'--detach' takes no value"), ("up -d=1", "'-d' takes no value"),
    ("up --mode", "'--mode' needs a value <mode>"),
    (
      "up --listen --detach",
      "'--listen' needs a value <host:port>; write --listen=--detach when the value "
        + "begins with a dash"
    ),
    ("up -l --", "'-l' needs a value <host:port>; write -l=-- when the value begins with a dash"),
    (
      "up --mode fats",
      "'fats' is no value for --mode: expected one of fast, slow, steady; did you mean 'fast'?"
    ),
    (
      "up --timeout 5",
      "'5' is no value for --timeout: expected a duration such as 250ms, 30s, 5m or 1h30m"
    ),
    (
      "up --size=lots",
      "'lots' is no value for --size: expected a size such as 512, 64KiB, 16MiB or 10GB"
    ),
    ("up extra", "'extra' is one argument too many"),
    ("up --timeout 0", "--timeout is too short"),
    ("config set a", "<value> is missing"), ("config set a 1", "--reason <reason> is missing"),
    ("config set a b --reason x", "'b' is no value for <value>: expected a whole number"),
    ("exec", "<command> is missing"), ("exec --", "<command> is missing"),
    ("help nothing", "unknown command 'nothing'"),
  ])
  func `a mistake says what is wrong and what was meant`(line: String, message: String) {
    let error = #expect(throws: ArgumentError.self) {
      try CommandParser(Tool.self).parse(line.split(separator: " ").map(String.init))
    }
    #expect(error?.message == message)
    #expect(error?.usage.hasPrefix("tool") == true && error?.help.hasSuffix("--help") == true)
  }

  @Test(arguments: [
    "up --help", "up -h", "up -dh", "up --mode fast --help", "help up", "up --wrong --help",
    "start -h",
  ])
  func `help is there however it is asked for`(line: String) throws {
    #expect(try shown(line).hasPrefix("OVERVIEW: Start a node.\n"))
  }

  @Test(arguments: ["", "--help", "-h", "help"])
  func `a command with sub-commands shows them`(line: String) throws {
    let text = try shown(line)
    #expect(
      text.contains("\n  up                      Start a node.\n") && !text.contains("Hidden"))
  }

  @Test func `the version is the root's`() throws {
    #expect(try shown("--version") == "tool 1.2\n")
    #expect(throws: ArgumentError.self) { try shown("up --version") }
  }

  @Test func `help shows names, values, defaults, groups and examples`() throws {
    #expect(
      try shown("help up") == """
        OVERVIEW: Start a node.

        It runs until it is told to stop.

        USAGE: tool up [<options>]

        OPTIONS:
          -d, --detach            Start it in the background.
          --colour, --no-colour   Use colours. (default: yes)
          --cache, --no-cache
          -v, --verbose           Say more.
          -l, --listen <host:port> ...
                                  Where to listen. (environment: TOOL_LISTEN)
          -m, --mode <mode>       How to run. (values: fast, slow, steady; default:
                                  steady)
          --size <size>           Bytes to keep. (default: 1MiB)
          --file <file>           A file.
          -h, --help              Show this help.

        OUTPUT OPTIONS:
          --json                  Print JSON.
          --timeout <timeout>     Give up after this time.

        EXAMPLES:
          tool up --detach
              Start it in the background.

        """)
    #expect(
      try shown("help config set").contains(
        "USAGE: tool config set --reason <reason> <key> <value> [<mode>]\n"))
  }

  @Test(arguments: [40, 60, 100]) func `help fits its width`(width: Int) throws {
    guard case .show(let text) = try CommandParser(Tool.self, width: width).parse(["help", "up"])
    else { throw Unexpected() }
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= width })
  }
}

struct CommandRunnerTests {
  @Test(arguments: [
    ("up", 0, ""), ("fail 7", 7, ""), ("fail 100", 3, "Error: There is no node here.\n"),
    ("fail 101", 2, "Error: These do not fit.\n"), ("fail 102", 1, "Error: a is missing\n"),
    (
      "up -x", 2,
      "Error: unknown option '-x'\nUsage: tool up [<options>]\n  See 'tool up --help'.\n"
    ),
    ("--version", 0, ""),
  ])
  func `a command ends with the number that scripts expect`(
    line: String, code: Int32, complaint: String
  ) async {
    var printed = ""
    var complaints = ""
    let runner = CommandRunner(
      Tool.self, output: { printed += $0 }, complaints: { complaints += $0 })
    let result = await runner.run(line.split(separator: " ").map(String.init))
    #expect(result.rawValue == code && complaints == complaint)
    #expect(printed == (line == "--version" ? "tool 1.2\n" : ""))
  }

  @Test func `two options of one name trap`() async {
    await #expect(processExitsWith: .failure) {
      struct Twice: Command {
        @Flag(name: .short) var all = false
        @Flag(name: .short) var any = false
      }
      _ = try CommandParser(Twice.self).parse([])
    }
  }
}
