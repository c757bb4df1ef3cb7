import Apus
import Calls
import IO
import Primitives

/// `apus doctor`
struct DoctorCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Find what is wrong with the node and say how to mend it.",
    discussion: "Works without a running node too. Ends with 1 when something is broken, or the "
      + "peer was not reached.",
    examples: [
      .init("apus doctor", "check everything"),
      .init("apus doctor attic", "why is attic not reached, or only over a relay"),
    ])

  @Argument(help: "A node: tries every way to it, and says why each that fails does.")
  var peer: String?
  @Option(help: "How long to try the ways to a peer.") var timeout = Duration.seconds(30)
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func validate() throws {
    if !(Duration.seconds(1)...Duration.seconds(120)).contains(timeout) {
      throw ValidationError("--timeout must be from 1s to 2m")
    }
  }

  mutating func run() async throws {
    if let peer { return try await explain(peer) }
    var findings: [Doctor.Finding] = []
    var settings: Settings?
    do throws(CommandError) {
      settings = try await node.settings()
      findings.append(.init("settings", .fine, "the settings are in order"))
    } catch {
      findings.append(
        .init(
          "settings", .broken, error.message,
          remedy: "Mend the places named; `apus config "
            + "template` shows every setting."))
    }
    findings += try await running(settings)
    findings += await Doctor(
      folder: try node.folder(), settings: settings, boxProgram: BoxGround.ownProgram
    ).examine()
    Output(output, environment: Surroundings.environment).show(DoctorReport(findings: findings))
    if findings.contains(where: { $0.level == .broken }) { throw ExitCode.failure }
  }

  private func explain(_ peer: String) async throws {
    let request = NodesV1.ExplainRequest {
      $0.node = peer
      $0.timeoutMilliseconds = UInt32(clamping: timeout.nanoseconds / 1_000_000)
    }
    let options = CallOptions.within(timeout + .seconds(10))
    let reply = try await NodeAccess.nodes(node) {
      try await $0.explain(request, options: options)
    }
    let report = PeerReport(reply: reply)
    Output(output, environment: Surroundings.environment).show(report)
    if !report.isReached { throw ExitCode.failure }
  }

  /// Before a membership lapses somebody has to do something.
  static func membership(_ reply: NodeV1.StatusReply) -> [Doctor.Finding] {
    guard let membership = reply.membership else { return [] }
    let until = WallTime(nanoseconds: membership.expiresNanoseconds)
    let level: Doctor.Finding.Level =
      switch membership.health {
      case "ok", "renew": .fine
      case "warn": .warning
      default: .broken
      }
    return [
      .init(
        "membership", level,
        level == .fine
          ? "this node is a member until \(until)"
          : membership.health == "warn"
            ? "the membership ends at \(until)" : "the membership has ended (\(membership.health))",
        remedy: membership.remedy)
    ]
  }

  private func running(_ settings: Settings?) async throws -> [Doctor.Finding] {
    do throws(CommandError) {
      let reply = try await NodeAccess.call(node) {
        try await $0.status(.init(), options: .within(.seconds(5)))
      }
      let found = Doctor.Finding(
        "node", .fine,
        "the node runs as process \(reply.pid) on \(reply.listen.joined(separator: ", "))")
      let findings = [found] + Self.membership(reply)
      guard let settings else { return findings }
      return findings + (try await web(reply.listen, settings))
    } catch {
      return [
        error.code == .noNode
          ? Doctor.Finding("node", .warning, "no node is running", remedy: "Start it: apus up")
          : Doctor.Finding(
            "node", .broken, "the node does not answer: \(error.message)",
            remedy: "Look at `apus logs`, then restart it: apus down, apus up.")
      ]
    }
  }

  /// Asks the node's own port for its health, over each address.
  private func web(
    _ addresses: [String], _ settings: Settings
  ) async throws(CommandError) -> [Doctor.Finding] {
    guard let loop = EventLoop.current else { preconditionFailure("commands run on a loop") }
    let folder = try node.folder()
    var findings: [Doctor.Finding] = []
    for address in addresses.compactMap({ SocketAddress($0) }) {
      do {
        let how = try await NodeWeb.health(
          at: address, settings: settings, folder: folder, on: loop)
        guard let how else { continue }
        findings.append(.init("web", .fine, "\(address) answers over \(how)"))
      } catch {
        findings.append(
          .init(
            "web", .broken, "\(address) does not answer: \(error)",
            remedy: "Look at `apus logs`; a firewall may stand between, or web.pem is not the "
              + "running node's: then restart it."))
      }
    }
    return findings
  }
}

struct DoctorReport: Presentable {
  let findings: [Doctor.Finding]

  var json: JSON {
    .array(
      findings.map { finding in
        [
          "check": .string(finding.check), "level": .string(finding.level.rawValue),
          "summary": .string(finding.summary), "remedy": .string(finding.remedy),
        ]
      })
  }

  func text(for terminal: Terminal) -> String {
    var text = ""
    for finding in findings {
      let (word, style): (String, Terminal.Style) =
        switch finding.level {
        case .fine: ("ok      ", .green)
        case .warning: ("warning ", .yellow)
        case .broken: ("broken  ", .red)
        }
      text += terminal.styled(word, style) + "\(finding.check): \(finding.summary)\n"
      if !finding.remedy.isEmpty { text += "        \(finding.remedy)\n" }
    }
    let broken = findings.count { $0.level == .broken }
    let warnings = findings.count { $0.level == .warning }
    return text + "\(findings.count) checks, \(warnings) warnings, \(broken) broken\n"
  }
}
