import Calls
import Primitives
import Testing

@testable import Commands

/// What the commands of the network take, and what they show.
struct NetworkCommandTests {
  private let terminal = Terminal(isTerminal: true, width: 120)

  private func parse(_ line: String) throws -> CommandRequest {
    try CommandParser(Root.self).parse(line.split(separator: " ").map(String.init))
  }

  private func command<C>(_ type: C.Type, _ line: String) throws -> C {
    guard case .run(let command) = try parse(line), let found = command as? C else {
      throw CommandError("'\(line)' is another command")
    }
    return found
  }

  private func complaint(_ line: String) -> String? {
    do {
      _ = try parse(line)
      return nil
    } catch {
      return "\(error)"
    }
  }

  // MARK: - Words

  @Test func `an invite is made without naming the sub-command`() throws {
    let invite = try command(
      InviteCreate.self, "invite --role worker,store --role relay --expires 2h --uses 3")
    #expect(InviteCreate.words(invite.role) == ["worker", "store", "relay"])
    #expect(invite.expires == .seconds(7_200) && invite.uses == 3)
    #expect(try command(InviteWithdraw.self, "invite withdraw 4f1c").id == "4f1c")
    #expect(try command(InviteCreate.self, "invite").expires == .seconds(86_400))
  }

  @Test func `nodes lists unless it is told something else`() throws {
    let list = try command(NodesList.self, "nodes --sort nearest --where role=worker --json")
    #expect(list.sort == "nearest" && list.filter == "role=worker" && list.output.json)
    let revoke = try command(NodesRevoke.self, "nodes revoke desk --members keep --reason gone")
    #expect(revoke.members == .keep && revoke.member == "desk" && revoke.reason == "gone")
    let label = try command(NodesLabel.self, "nodes label attic a=b c= --remove d")
    #expect(label.labels == ["a=b", "c="] && label.remove == ["d"])
    #expect(NodesLabel.parts("a=b=c")?.value == "b=c" && NodesLabel.parts("c=")?.value == "")
  }

  @Test func `doctor takes a peer or none`() throws {
    #expect(try command(DoctorCommand.self, "doctor").peer == nil)
    #expect(try command(DoctorCommand.self, "doctor attic --timeout 5s").peer == "attic")
  }

  @Test(arguments: [
    ("invite --uses 0", "--uses"), ("invite --expires 1ms", "--expires"), ("join", "invite"),
    ("ping attic -c -1", "--count"), ("ping attic -i 1ms", "--interval"),
    ("ping attic --size 1MiB", "--size"), ("speed attic --time 2m", "--time"),
    ("speed attic --bytes 1TiB", "--bytes"), ("nodes label attic", "key=value"),
    ("nodes label attic room", "key=value"), ("nodes revoke desk --members maybe", "keep"),
    ("topic publish a b --lines", "--lines"), ("topic subscribe a -c -1", "--count"),
    ("doctor attic --timeout 1h", "--timeout"), ("network admn", "admin"),
  ])
  func `what cannot be is said before anybody is asked`(line: String, hint: String) {
    #expect(complaint(line)?.contains(hint) == true, "\(complaint(line) ?? "no complaint")")
  }

  @Test func `every command has help with an example, within its width`() throws {
    let commands = CompletedCommand.all(below: CommandNode(root: Root.self))
    #expect(commands.count > 30)
    for command in commands {
      let line = command.path.dropFirst().joined(separator: " ") + " --help"
      guard case .show(let text) = try parse(line) else {
        Issue.record("\(line) shows no help")
        continue
      }
      #expect(text.contains("OVERVIEW: ") && text.contains(command.spelled), "\(line)")
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(line)")
    }
  }

  @Test func `a shell offers what a sub-command takes that need not be named`() throws {
    let nodes = try #require(
      CompletionScript(Root.self).commands.first { $0.spelled == "apus nodes" })
    let names = nodes.options.flatMap(\.names)
    #expect(names.contains("--sort") && names.contains("--watch") && names.contains("--help"))
    #expect(nodes.children.map(\.name).contains("approve"))
  }

  // MARK: - Showing

  @Test func `a script gets the invite alone, a person what to do with it`() {
    let reply = NetworkV1.CreateInviteReply {
      $0.invite = "apus1-abc"
      $0.id = "4f1c"
    }
    let report = InviteReport(reply: reply, uses: 1)
    #expect(report.text(for: .none) == "apus1-abc\n")
    let text = report.text(for: terminal)
    #expect(text.hasPrefix("apus1-abc\n") && text.contains("apus join apus1-abc"))
    #expect(text.contains("apus invite withdraw 4f1c") && report.json["invite"] == "apus1-abc")
  }

  @Test(arguments: [
    (false, 0, 20, "open"), (false, 1, 20, "used"), (true, 0, 20, "withdrawn"),
    (false, 0, 10, "expired"),
  ])
  func `an invite is open until it is not`(
    isWithdrawn: Bool, used: Int, expires: Int, state: String
  ) {
    let invite = NetworkV1.InviteInfo {
      $0.id = "4f1c"
      $0.uses = 1
      $0.usedBy = Array(repeating: "n", count: used)
      $0.withdrawn = isWithdrawn
      $0.expiresNanoseconds = Int64(expires)
    }
    let report = InvitesReport(invites: [invite], now: WallTime(nanoseconds: 15))
    #expect(report.json.array?.first?["state"]?.string == state)
    #expect(report.text(for: .none).contains(state))
  }

  @Test func `joining says what became of it`() {
    var reply = NetworkV1.JoinNetworkReply {
      $0.network = "net"
      $0.name = "attic-2"
    }
    let joined = JoinReport(reply: reply, wanted: "attic").text(for: .none)
    #expect(joined.contains("attic-2") && joined.contains("attic was taken"))
    reply.wasMember = true
    #expect(JoinReport(reply: reply, wanted: "").text(for: .none).contains("already"))
    reply.pending = true
    #expect(JoinReport(reply: reply, wanted: "").text(for: .none).contains("nodes approve"))
  }

  @Test func `the network shows its admins, who waits and what is to be done`() {
    let reply = NetworkV1.ShowReply {
      $0.network = "net"
      $0.name = "desk"
      $0.remedy = "start an admin's node"
      $0.admins = [
        NetworkV1.AdminInfo {
          $0.name = "old"
          $0.revoked = true
        }
      ]
      $0.waiting = [NetworkV1.WaitingInfo { $0.name = "attic" }]
      $0.revocations = [NetworkV1.RevocationInfo { $0.reason = "sold\u{1B}[2J" }]
    }
    let report = NetworkReport(reply: reply)
    let text = report.text(for: .none)
    for word in ["warning", "start an admin's node", "revoked", "attic", "nodes approve", "sold"] {
      #expect(text.contains(word), "\(word)")
    }
    #expect(!text.contains("\u{1B}"))
    #expect(report.json["admins"]?.array?.first?["revoked"] == true)
  }

  @Test(arguments: [
    ("ok", "", "fine"), ("renew", "", "fine"), ("warn", "start an admin's node", "warning"),
    ("expired", "ask for an invite", "broken"), ("revoked", "ask for an invite", "broken"),
  ])
  func `a membership that lapses is warned of in time`(
    health: String, remedy: String, level: String
  ) {
    let status = NodeV1.StatusReply {
      $0.network = "net"
      $0.zone = "z3"
      $0.peers = 7
      $0.membership = NodeV1.Validity {
        $0.health = health
        $0.remedy = remedy
      }
    }
    let findings = DoctorReport(findings: DoctorCommand.membership(status)).json.array
    #expect(findings?.map { $0["level"]?.string } == [level])
    let report = NodeReport(status)
    let text = report.text(for: .none)
    #expect(text.contains("warning") == !remedy.isEmpty && text.contains(remedy))
    #expect(text.contains("z3") && report.json["membership"]?["health"]?.string == health)
    #expect(DoctorCommand.membership(.init()).isEmpty)
  }
}
