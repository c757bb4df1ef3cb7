import Apus
import Glibc
import IO
import Primitives

/// `apus up`
struct Up: Command {
  static let configuration = CommandConfiguration(
    abstract: "Start this machine's node.",
    discussion: """
      Runs in the foreground until SIGTERM or Ctrl-C, then finishes what is open; a second one \
      ends at once. The first start makes the node's key in the state folder.
      """,
    examples: [
      .init("apus up", "run in the foreground"),
      .init("apus up --detach", "run in the background"),
      .init("apus up --listen 127.0.0.1:0", "on a free port of this machine only"),
      .init("apus up --set log.level=debug", "with any setting changed"),
    ])

  @Flag(name: .shortAndLong, help: "Run in the background; returns once the node serves.")
  var detach = false
  @Option(
    help: ArgumentHelp("An address and port to listen on; may be repeated.", valueName: "host:port")
  )
  var listen: [String] = []
  @Option(help: "The node's name for people.") var name: String?
  @Option(help: "The lowest log level: trace, debug, info, notice, warning or error.")
  var logLevel: String?
  @Option(help: ArgumentHelp("Any setting; may be repeated.", valueName: "section.key=value"))
  var set: [String] = []
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let settings = try await node.settings(flags: try flags())
    detach ? try await startDetached() : try await serve(settings)
  }

  private func flags() throws -> [SettingsInput.Flag] {
    var flags: [SettingsInput.Flag] = []
    if !listen.isEmpty { flags.append(.init("--listen", for: "node.listen", listen)) }
    if let name { flags.append(.init("--name", for: "node.name", [name])) }
    if let logLevel { flags.append(.init("--log-level", for: "log.level", [logLevel])) }
    flags += try set.map { try SettingsInput.Flag(assignment: $0) }
    return flags
  }

  private func serve(_ settings: Settings) async throws {
    var plan = NodePlan(folder: try node.folder(), settings: settings)
    plan.boxProgram = BoxGround.ownProgram
    let terminal = Terminal.detect(2, environment: Surroundings.environment)
    let console = LineSink<DescriptorOutput>(
      console: LogLine.Format(
        settings.logFormat, isTerminal: terminal.isTerminal,
        environment: Surroundings.environment))
    plan.sinks = [console]
    let announcement = Announcement(Output(output, environment: Surroundings.environment))
    do {
      try await Node.run(plan) { announcement.serving($0) }
    } catch {
      await console.flush()
      throw NodeAccess.explained(error)
    }
    await console.flush()
  }

  private func startDetached() async throws {
    guard let loop = EventLoop.current else { preconditionFailure("commands run on a loop") }
    let arguments = CommandLine.arguments.dropFirst().filter { $0 != "--detach" && $0 != "-d" }
    try await Detached(
      folder: try node.folder(), arguments: Array(arguments), loop: loop
    ).start()
    var status = StatusCommand()
    status.node = node
    status.output = output
    try await status.run()
  }
}

/// What `up` says once the node serves.
private struct Announcement: @unchecked Sendable {  // guard: called once, by the runner
  private let output: Output

  init(_ output: Output) { self.output = output }

  func serving(_ node: Node) {
    let status = node.status
    output.show(json: status.json) { terminal in
      """
      Node \(terminal.styled(status.name, .bold)) is up: \(status.id)
        listening on  \(status.listen.map(\.description).joined(separator: ", "))
        web address   \(status.web)
        stop it with  Ctrl-C or `apus down`

      """
    }
  }
}
