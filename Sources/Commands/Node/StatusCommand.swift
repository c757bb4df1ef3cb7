import Apus
import Calls
import IO
import Primitives

/// `apus status`
struct StatusCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show the running node.",
    examples: [
      .init("apus status", "once"),
      .init("apus status --watch", "again every second"),
      .init("apus status --json", "for programs"),
    ])

  @Flag(name: .shortAndLong, help: "Show it again and again, until Ctrl-C.") var watch = false
  @Option(help: "How often with --watch.") var interval = Duration.seconds(1)
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let output = Output(self.output, environment: Surroundings.environment)
    repeat {
      let reply = try await NodeAccess.call(node) {
        try await $0.status(.init(), options: .within(.seconds(10)))
      }
      if watch && output.terminal.isTerminal && !output.isJSON {
        Output.print("\u{1B}[H\u{1B}[2J", to: 1)
      }
      output.show(NodeReport(reply))
      if watch { try await EventLoop.current?.sleep(for: interval) }
    } while watch
  }
}

/// A node's status as people and programs read it.
struct NodeReport: Presentable {
  private let reply: NodeV1.StatusReply

  init(_ reply: NodeV1.StatusReply) { self.reply = reply }

  private var uptime: Duration { .milliseconds(Int64(clamping: reply.uptimeMilliseconds)) }

  var json: JSON {
    [
      "id": .string(reply.id), "name": .string(reply.name), "version": .string(reply.version),
      "network": reply.network.isEmpty ? .null : .string(reply.network),
      "roles": reply.roles.json, "listen": reply.listen.json, "web": .string(reply.web),
      "pid": .integer(Int64(reply.pid)), "uptime": uptime.json,
      "residentBytes": .integer(Int64(clamping: reply.residentBytes)),
      "openConnections": .integer(Int64(clamping: reply.openConnections)),
      "callsServed": .integer(Int64(clamping: reply.callsServed)),
      "zone": reply.zone.isEmpty ? .null : .string(reply.zone), "isAdmin": .bool(reply.isAdmin),
      "peers": .integer(Int64(reply.peers)), "membership": reply.membership.map(json) ?? .null,
      "joining": reply.joining.map(json) ?? .null,
    ]
  }

  private func json(_ joining: NodeV1.Joining) -> JSON {
    [
      "network": .string(joining.network), "name": .string(joining.name),
      "since": WallTime(nanoseconds: joining.sinceNanoseconds).json,
    ]
  }

  private func json(_ membership: NodeV1.Validity) -> JSON {
    [
      "expiresAt": WallTime(nanoseconds: membership.expiresNanoseconds).json,
      "health": .string(membership.health), "remedy": .string(membership.remedy),
    ]
  }

  func text(for terminal: Terminal) -> String {
    var rows = [
      ("id", reply.id), ("version", reply.version),
      ("network", reply.network.isEmpty ? "none" : reply.network),
      ("roles", reply.roles.isEmpty ? "none" : reply.roles.joined(separator: ", ")),
      ("listening on", reply.listen.joined(separator: ", ")), ("web address", reply.web),
      ("process", String(reply.pid)), ("up for", Duration.seconds(uptime.components.seconds).text),
      ("memory", ByteSize(Int64(clamping: reply.residentBytes)).rounded),
      ("connections", String(reply.openConnections)), ("calls served", String(reply.callsServed)),
    ]
    if let membership = reply.membership {
      let zone = reply.zone.isEmpty ? [] : [("zone", reply.zone)]
      let until = WallTime(nanoseconds: membership.expiresNanoseconds).description
      let member = [
        ("member until", until + (reply.isAdmin ? ", admin" : "")), ("peers", String(reply.peers)),
      ]
      rows.insert(contentsOf: zone + member, at: 4)
    }
    return terminal.styled("Node \(TextWidth.printable(reply.name))", .bold) + "\n"
      + Rows.text(rows) + warning(for: terminal) + joining(for: terminal)
  }

  private func joining(for terminal: Terminal) -> String {
    guard let joining = reply.joining else { return "" }
    let since = WallTime(nanoseconds: joining.sinceNanoseconds)
    return terminal.styled("waiting", .yellow)
      + " since \(since) to be let into the network \(joining.network): an admin runs `apus nodes "
      + "approve \(TextWidth.printable(joining.name))`; `apus leave` gives it up\n"
  }

  private func warning(for terminal: Terminal) -> String {
    guard let remedy = reply.membership?.remedy, !remedy.isEmpty else { return "" }
    return terminal.styled("warning", .yellow) + " \(remedy)\n"
  }
}
