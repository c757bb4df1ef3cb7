import Calls
import Primitives

/// `apus files links`
struct FilesLinks: Command {
  static let configuration = CommandConfiguration(
    commandName: "links",
    abstract: "List the links that this node has made.",
    examples: [.init("apus files links film.mkv", "of one file")])

  @Argument(help: "Its name, its id, or enough of the id's beginning.") var file: String?
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let request = FilesV1.LinksRequest { $0.file = file ?? "" }
    let reply = try await NodeAccess.connect(node) {
      try await FilesV1.FilesClient($0).links(request, options: .within(.seconds(10)))
    }
    Output(output, environment: Surroundings.environment).show(LinksReport(links: reply.links))
  }
}

/// `apus files unshare`
struct FilesUnshare: Command {
  static let configuration = CommandConfiguration(
    commandName: "unshare",
    abstract: "Take a link back: from now on it leads nowhere.",
    examples: [.init("apus files unshare 4f1d2c3b4a596877", "by the id that `links` shows")])

  @Argument(help: "The id of the link, or the link.") var link: String
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let request = FilesV1.RevokeLinkRequest { $0.link = link }
    let reply = try await NodeAccess.connect(node) {
      try await FilesV1.FilesClient($0).revokeLink(request, options: .within(.seconds(10)))
    }
    guard let link = reply.link else { throw CommandError("the node ended without an answer") }
    Output(output, environment: Surroundings.environment).show(json: LinkReport(link).json) { _ in
      "the link \(LinkReport(link).id) leads nowhere now\n"
    }
  }
}

struct LinkReport: Sendable {
  let link: FilesV1.LinkInfo

  init(_ link: FilesV1.LinkInfo) { self.link = link }

  var id: String { Hex.encode(link.id) }

  var json: JSON {
    [
      "id": .string(id), "file": link.share.map { ShareReport($0).json } ?? .null,
      "createdAt": WallTime(nanoseconds: link.created).json,
      "expiresAt": WallTime(nanoseconds: link.expires).json,
      "uses": link.uses == 0 ? .null : .integer(Int64(link.uses)),
      "used": .integer(Int64(link.used)),
    ]
  }
}

struct LinksReport: Presentable {
  let links: [FilesV1.LinkInfo]

  var json: JSON { .array(links.map { LinkReport($0).json }) }

  func text(for terminal: Terminal) -> String {
    if links.isEmpty { return terminal.isTerminal ? "no links\n" : "" }
    var table = Table([
      .init("id", least: .max), .init("file"), .init("used", .right), .init("expires", least: 20),
    ])
    for link in links {
      let uses = link.uses == 0 ? "\(link.used)" : "\(link.used) of \(link.uses)"
      table.append(
        LinkReport(link).id, link.share?.name ?? "", uses,
        "\(WallTime(nanoseconds: link.expires))")
    }
    return table.text(for: terminal)
  }
}
