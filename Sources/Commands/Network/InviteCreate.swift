import Calls
import Primitives

/// `apus invite create`, which is what `apus invite` does.
struct InviteCreate: Command {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Make an invite and print it.",
    examples: [
      .init("apus invite create --role worker,store", "what the new node may offer"),
      .init("apus invite create --address home.example:4747", "where this node is reached"),
      .init("apus join \"$(ssh desk apus invite)\"", "join from the other machine"),
    ])

  @Option(
    help: "A role the new node may have: worker, store, relay, gateway; all without it.",
    completion: .list(["worker", "store", "relay", "gateway"]))
  var role: [String] = []
  @Option(help: "A permission the new node gets.") var permission: [String] = []
  @Option(help: "How long the invite holds.") var expires = Duration.seconds(86_400)
  @Option(help: "How many machines may use it.") var uses = 1
  @Option(
    help: .init(
      "Where this node is reached, instead of what it knows itself.", valueName: "host:port"))
  var address: [String] = []
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func validate() throws {
    if uses < 1 { throw ValidationError("--uses must be at least 1") }
    if expires < .seconds(1) { throw ValidationError("--expires must be at least a second") }
  }

  mutating func run() async throws {
    let request = NetworkV1.CreateInviteRequest {
      $0.roles = Self.words(role)
      $0.permissions = Self.words(permission)
      $0.expiresAfterSeconds = UInt64(clamping: expires.components.seconds)
      $0.uses = UInt32(clamping: uses)
      $0.addresses = address
    }
    let reply = try await NodeAccess.network(node) {
      try await $0.createInvite(request, options: .within(.seconds(10)))
    }
    Output(output, environment: Surroundings.environment).show(
      InviteReport(reply: reply, uses: uses))
  }

  /// `--role a,b --role c`
  static func words(_ values: [String]) -> [String] {
    values.flatMap { $0.split(separator: ",").map(String.init) }
  }
}

struct InviteReport: Presentable {
  let reply: NetworkV1.CreateInviteReply
  let uses: Int

  private var expires: WallTime { WallTime(nanoseconds: reply.expiresNanoseconds) }

  var json: JSON {
    [
      "invite": .string(reply.invite), "id": .string(reply.id), "expiresAt": expires.json,
      "uses": .integer(Int64(uses)),
    ]
  }

  /// For a script nothing but the invite.
  func text(for terminal: Terminal) -> String {
    guard terminal.isTerminal else { return reply.invite + "\n" }
    let times = uses == 1 ? "once" : "\(uses) times"
    return """
      \(reply.invite)

      It works \(times), until \(expires). On the other machine:
        apus up --detach
        apus join \(reply.invite)
      Take it back with: apus invite withdraw \(reply.id)

      """
  }
}
