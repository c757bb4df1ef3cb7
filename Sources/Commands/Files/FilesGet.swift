import Apus
import Calls
import Primitives

/// `apus files get`
struct FilesGet: Command {
  static let configuration = CommandConfiguration(
    commandName: "get",
    abstract: "Fetch a file or a folder from all nodes that have it.",
    discussion: """
      When it is interrupted, the same command goes on where it stopped. What stands in the way is \
      left alone without --overwrite.
      """,
    examples: [
      .init("apus files get film.mkv", "into this folder, under its name"),
      .init("apus files get film.mkv --to /media/", "into another"),
      .init("apus files get backup.tar --to - | tar x", "to standard output"),
      .init("apus files get pictures --part 2026/may", "of a folder only this"),
    ])

  @Argument(help: "Its name, its id, enough of the id's beginning, or a share link.")
  var file: String
  @Option(
    name: .shortAndLong,
    help: "A path, a folder (made when it ends in a slash), or - for standard output.",
    completion: .file)
  var to = "."
  @Option(help: "Of a folder only what is under this path in it.") var part = ""
  @Flag(help: "Take the place of what is there.") var overwrite = false
  @OptionGroup var progress: ProgressOptions
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    if to == "-" { return try await print() }
    let request = FilesV1.GetRequest {
      $0.file = file
      $0.path = FilePath.absolute(to)
      $0.overwrites = overwrite
      $0.part = part
    }
    let last = try await FileProgress.follow(
      node, "fetching \(file)", output, progress,
      interrupted: "the same command goes on where this one stopped"
    ) { client, replies in try await client.get(request, replies) }
    guard let last, let share = last.share else {
      throw CommandError("the node ended without an answer")
    }
    Output(output, environment: Surroundings.environment).show(
      FetchReport(share: share, path: last.path, progress: last))
  }

  private func print() async throws {
    let request = FilesV1.DownloadRequest {
      $0.file = file
      $0.part = part
    }
    let terminal = Terminal.detect(2, environment: Surroundings.environment)
    let isShown =
      !output.json && !progress.progress && !Terminal.detect(1, environment: [:]).isTerminal
    let title = "fetching \(file)"
    let (isTold, isJSON) = (progress.progress, output.json)
    try await NodeAccess.connect(node) { caller in
      try await FilesV1.FilesClient(caller).download(request) { pieces in
        var display: ProgressDisplay?
        defer { display?.finish(now: .now()) }
        var done: Int64 = 0
        var lines = ProgressLines(title, isJSON: isJSON)
        var total: Int64 = 0
        while let piece = try await pieces.next() {
          total = piece.size ?? total
          if let size = piece.size, isShown, terminal.isTerminal {
            display = ProgressDisplay(
              ProgressLine(title, .bytes, total: size, now: .now()), on: terminal)
          }
          guard Output.print(piece.bytes, to: 1) else { return }
          done += Int64(piece.bytes.count)
          display?.update(done: done, now: .now())
          if isTold { lines.tell(.on(.writing, done, of: total), now: .now()) }
        }
      }
    }
  }
}

/// What a fetch brought.
struct FetchReport: Presentable {
  let share: FilesV1.ShareInfo
  let path: String
  let progress: FilesV1.Progress

  var json: JSON {
    [
      "path": .string(path), "file": ShareReport(share).json,
      "bytes": .integer(progress.bytes), "sparedBytes": .integer(progress.spared),
      "sources": .array(progress.sources.map(ProgressLines.json)),
    ]
  }

  func text(for terminal: Terminal) -> String {
    let size = ByteSize(share.size).rounded
    let spared = progress.spared == share.size && share.size > 0 ? ", all of it was here" : ""
    var text = "\(terminal.styled(TextWidth.printable(path), .bold)): \(size)\(spared)\n"
    for source in progress.sources where source.bytes > 0 || !source.fault.isEmpty {
      let path = source.path.isEmpty ? "" : " (\(source.path))"
      let size = ByteSize(source.bytes).rounded
      let fault = source.fault.isEmpty ? "" : ": \(TextWidth.printable(source.fault))"
      text += "  \(size) from \(TextWidth.printable(source.name))\(path)\(fault)\n"
    }
    return text
  }
}
