import Calls
import Primitives

/// One file, as it is shown wherever one is.
struct ShareReport: Presentable {
  let share: FilesV1.ShareInfo

  init(_ share: FilesV1.ShareInfo) { self.share = share }

  var id: String { Hex.encode(share.id) }

  var json: JSON {
    [
      "id": .string(id), "name": .string(share.name),
      "kind": share.kind == .folder ? "folder" : "file", "type": .string(share.type),
      "size": .integer(share.size), "blob": .string(Hex.encode(share.blob)),
      "tags": .array(share.tags.map { .string($0) }),
      "owner": .string(NodeID(share.owner)?.description ?? ""),
      "ownerName": .string(share.ownerName), "replicas": .integer(Int64(share.replicas)),
      "version": .integer(Int64(clamping: share.version)),
      "createdAt": WallTime(nanoseconds: share.created).json,
      "changedAt": WallTime(nanoseconds: share.changed).json,
      "isPinned": .bool(share.isPinned), "isHere": .bool(share.isHere),
    ]
  }

  func text(for terminal: Terminal) -> String {
    let name = terminal.styled(TextWidth.printable(share.name), .bold)
    return "\(name)  \(ByteSize(share.size).rounded)  \(id)\n"
  }
}

/// A list of files.
struct SharesReport: Presentable {
  let shares: [FilesV1.ShareInfo]

  var json: JSON { .array(shares.map { ShareReport($0).json }) }

  func text(for terminal: Terminal) -> String {
    if shares.isEmpty { return terminal.isTerminal ? "no files\n" : "" }
    var table = Table([
      .init("name", least: 16), .init("size", .right, least: .max), .init("kind"),
      .init("tags"), .init("owner"), .init("here", least: .max), .init("id", least: 10),
    ])
    for share in shares {
      table.append(
        share.name, ByteSize(share.size).rounded, share.kind == .folder ? "folder" : share.type,
        share.tags.joined(separator: ","), share.ownerName,
        share.isPinned ? "pinned" : share.isHere ? "yes" : "no", ShareReport(share).id)
    }
    return table.text(for: terminal)
  }
}
