import Calls
import Primitives

/// `apus nodes list`, which is what `apus nodes` does.
struct NodesList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the nodes of the network.",
    examples: [
      .init("apus nodes list --sort least-loaded --where state=alive", "who has time"),
      .init("apus nodes list --watch --json", "a line of JSON after every change"),
    ])

  @Option(
    name: .shortAndLong,
    help: "In which order: name, nearest, fastest, least-loaded, cores, memory, zone or state.",
    completion: .list([
      "name", "nearest", "fastest", "least-loaded", "cores", "memory", "zone", "state",
    ]))
  var sort = "name"
  @Option(
    name: .customLong("where"),
    help: .init("Only nodes that fit, as 'role=worker,latency<50'.", valueName: "conditions"))
  var filter = ""
  @Flag(name: .shortAndLong, help: "Show it again after every change, until Ctrl-C.")
  var watch = false
  @Option(help: "At least so long between two lists of --watch.")
  var interval = Duration.seconds(1)
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let output = Output(self.output, environment: Surroundings.environment)
    let (sort, filter) = (self.sort, self.filter)
    if watch { return try await follow() }
    let rows = try await NodeAccess.nodes(node) { client in
      let request = NodesV1.ListRequest {
        $0.sort = sort
        $0.where = filter
      }
      return try await client.list(request, options: .within(.seconds(30))) { replies in
        try await NodesReport.rows(replies)
      }
    }
    output.show(try NodesReport(rows ?? []))
  }

  private func follow() async throws {
    let request = NodesV1.WatchRequest {
      $0.sort = sort
      $0.where = filter
      $0.intervalMilliseconds = UInt32(clamping: interval.nanoseconds / 1_000_000)
    }
    let isJSON = output.json
    try await NodeAccess.nodes(node) { client in
      try await client.watch(request) { replies in
        let output = Output(isJSON: isJSON)
        while let rows = try await NodesReport.rows(replies) {
          if output.terminal.isTerminal && !output.isJSON {
            Output.print("\u{1B}[H\u{1B}[2J", to: 1)
          }
          output.show(try NodesReport(rows))
        }
      }
    }
  }
}

extension Output {
  /// To standard output.
  init(isJSON: Bool) {
    self.init(
      isJSON: isJSON, terminal: Terminal.detect(1, environment: Surroundings.environment),
      write: { Self.print($0, to: 1) })
  }
}
