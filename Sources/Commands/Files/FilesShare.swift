import Calls
import Primitives

/// `apus files share`
struct FilesShare: Command {
  static let configuration = CommandConfiguration(
    commandName: "share",
    abstract: "Make a link under which anybody can read a file or a folder, member or not.",
    discussion: """
      The link carries a secret that is shown this once. It can be opened in a browser through \
      this node, until it expires, was used so often, or is taken back with `apus files unshare`. \
      A folder comes as an archive (tar).
      """,
    examples: [
      .init("apus files share film.mkv", "for a week"),
      .init("apus files share film.mkv --expires 1h --uses 3", "for an hour, and three reads"),
    ])

  @Argument(help: "Its name, its id, or enough of the id's beginning.") var file: String
  @Option(help: "How long the link holds.") var expires = Duration.seconds(7 * 86_400)
  @Option(help: "How often it may be read; 0 for as often as wanted.") var uses = 0
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func validate() throws {
    if expires < .seconds(1) { throw ValidationError("--expires must be at least a second") }
    if uses < 0 { throw ValidationError("--uses must not be negative") }
  }

  mutating func run() async throws {
    let request = FilesV1.CreateLinkRequest {
      $0.file = file
      $0.life = expires.nanoseconds
      $0.uses = UInt32(clamping: uses)
    }
    let reply = try await NodeAccess.connect(node) {
      try await FilesV1.FilesClient($0).createLink(request, options: .within(.seconds(30)))
    }
    guard let link = reply.link else { throw CommandError("the node ended without an answer") }
    Output(output, environment: Surroundings.environment).show(
      NewLinkReport(link: link, addresses: reply.addresses))
  }
}

struct NewLinkReport: Presentable {
  let link: FilesV1.LinkInfo
  let addresses: [String]

  var json: JSON {
    guard case .object(var members) = LinkReport(link).json else { return .null }
    members["addresses"] = .array(addresses.map { .string($0) })
    return .object(members)
  }

  /// For a script nothing but the addresses.
  func text(for terminal: Terminal) -> String {
    let lines = addresses.map { $0 + "\n" }.joined()
    guard terminal.isTerminal else { return lines }
    let times = link.uses == 0 ? "" : link.uses == 1 ? "once, " : "\(link.uses) times, "
    return lines + "\nIt works \(times)until \(WallTime(nanoseconds: link.expires)). "
      + "Take it back with: apus files unshare \(LinkReport(link).id)\n"
  }
}
