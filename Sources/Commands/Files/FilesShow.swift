import Calls
import Primitives

/// `apus files show`
struct FilesShow: Command {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a file and who has it.",
    examples: [.init("apus files show film.mkv", "its copies, and whether they can be reached")])

  @Argument(help: "Its name, its id, or enough of the id's beginning.") var file: String
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let request = FilesV1.ShowRequest { $0.file = file }
    let reply = try await NodeAccess.connect(node) {
      try await FilesV1.FilesClient($0).show(request, options: .within(.seconds(30)))
    }
    guard let share = reply.share else { throw CommandError("the node ended without an answer") }
    Output(output, environment: Surroundings.environment).show(
      FileReport(share: share, holders: reply.holders))
  }
}

struct FileReport: Presentable {
  let share: FilesV1.ShareInfo
  let holders: [FilesV1.Holder]

  var json: JSON {
    guard case .object(var members) = ShareReport(share).json else { return .null }
    members["holders"] = .array(
      holders.map { holder in
        [
          "id": .string(NodeID(holder.node)?.description ?? ""), "name": .string(holder.name),
          "state": .string(holder.state),
          "path": holder.path.isEmpty ? .null : .string(holder.path),
          "isOwner": .bool(holder.isOwner),
        ]
      })
    return .object(members)
  }

  func text(for terminal: Terminal) -> String {
    let report = ShareReport(share)
    let place = share.isHere ? (share.isPinned ? "here, pinned" : "here") : "not here"
    let rows = [
      ("name", terminal.styled(TextWidth.printable(share.name), .bold)), ("id", report.id),
      ("kind", share.kind == .folder ? "folder" : "file"), ("type", share.type),
      ("size", "\(ByteSize(share.size).rounded) (\(share.size) bytes)"),
      (
        "tags",
        share.tags.isEmpty ? "none" : share.tags.map(TextWidth.printable).joined(separator: ", ")
      ),
      ("owner", TextWidth.printable(share.ownerName)), ("version", "\(share.version)"),
      ("blob", Hex.encode(share.blob)),
      ("added", "\(WallTime(nanoseconds: share.created))"),
      ("changed", "\(WallTime(nanoseconds: share.changed))"),
      ("this node", place), ("copies", "\(holders.count) of \(share.replicas) wanted"),
    ]
    var table = Table("holder", "state", "path")
    for holder in holders {
      table.append(
        holder.name + (holder.isOwner ? " (owner)" : ""), holder.state,
        holder.path.isEmpty ? "-" : holder.path)
    }
    return Rows.text(rows.map { (name: $0.0, value: $0.1) })
      + (table.isEmpty ? "" : "\n" + table.text(for: terminal))
  }
}
