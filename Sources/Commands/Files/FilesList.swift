import Calls
import Primitives

/// `apus files ls`
struct FilesList: Command {
  static let configuration = CommandConfiguration(
    commandName: "ls",
    abstract: "List what this node owns and keeps, or what is in a folder.",
    examples: [
      .init("apus files ls", "the files of this node"),
      .init("apus files ls pictures 2026", "what is in a folder of the network"),
    ], aliases: ["list"])

  @Argument(help: "A folder of the network.") var file: String?
  @Argument(help: "A path in it.") var part: String?
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let output = Output(self.output, environment: Surroundings.environment)
    guard let file else {
      var request = FilesV1.FindRequest { $0.hereOnly = true }
      let kept = try await FilePages.all(&request, limit: .max, time: .seconds(30), node)
      return output.show(SharesReport(shares: kept.shares))
    }
    let request = FilesV1.ListRequest {
      $0.file = file
      $0.part = part ?? ""
    }
    let entries = try await NodeAccess.connect(node) { caller in
      try await FilesV1.FilesClient(caller).list(request) { replies in
        var entries: [FilesV1.FolderEntry] = []
        while let entry = try await replies.next() { entries.append(entry) }
        return entries
      }
    }
    output.show(FolderReport(entries: entries))
  }
}

/// What is in a folder.
struct FolderReport: Presentable {
  let entries: [FilesV1.FolderEntry]

  var json: JSON { .array(entries.map(Self.json)) }

  private static func json(_ entry: FilesV1.FolderEntry) -> JSON {
    [
      "path": .string(entry.path), "kind": .string(kind(entry)),
      "mode": .string(String(entry.mode, radix: 8)), "size": .integer(entry.size),
      "blob": entry.blob.isEmpty ? .null : .string(Hex.encode(entry.blob)),
      "target": entry.target.isEmpty ? .null : .string(entry.target),
    ]
  }

  private static func kind(_ entry: FilesV1.FolderEntry) -> String {
    switch entry.content {
    case .folder: "folder"
    case .link: "link"
    default: "file"
    }
  }

  func text(for terminal: Terminal) -> String {
    var table = Table([
      .init("mode", .right, least: .max), .init("size", .right, least: .max),
      .init("path", least: 24),
    ])
    for entry in entries {
      let suffix =
        switch entry.content {
        case .folder: "/"
        case .link: " -> \(entry.target)"
        default: ""
        }
      table.append(
        String(entry.mode, radix: 8), entry.content == .file ? ByteSize(entry.size).rounded : "",
        entry.path + suffix)
    }
    return table.isEmpty ? "" : table.text(for: terminal)
  }
}
