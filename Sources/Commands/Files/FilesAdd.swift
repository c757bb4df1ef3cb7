import Apus
import Calls
import Primitives

/// `apus files add`
struct FilesAdd: Command {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add a file, a folder or standard input to the network.",
    discussion: """
      What is here already is not read in twice. When the command is interrupted nothing is added; \
      the same command goes on with what was read.
      """,
    examples: [
      .init("apus files add film.mkv --tag holiday --tag 2026", "a file"),
      .init("apus files add ~/pictures --name pictures", "a folder with all that is in it"),
      .init("tar c . | apus files add - --name backup.tar", "standard input"),
      .init("apus files add notes.txt --replace", "a new version of what this node owns"),
    ])

  @Argument(help: "A file, a folder, or - for standard input.", completion: .file)
  var path: String
  @Option(help: "Its name in the network; the path's last part without it.") var name = ""
  @Option(help: "A word to find it by; repeatable.") var tag: [String] = []
  @Option(
    help: "On how many nodes it is kept, from 1 to 16; without it as the setting files.replicas.")
  var replicas = 0
  @Option(help: "Its media type, as image/png; told from the name without it.")
  var type = ""
  @Flag(help: "It takes the place of the file of this name that this node owns.")
  var replace = false
  @Flag(help: "Keep it on this node, whoever else needs the room.") var pin = false
  @OptionGroup var progress: ProgressOptions
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func validate() throws {
    if !(0...16).contains(replicas) { throw ValidationError("--replicas must be from 1 to 16") }
    if path == "-" && name.isEmpty {
      throw ValidationError("standard input has no name: give it one with --name")
    }
    if path == "-" && pin { throw ValidationError("--pin is not for standard input; pin it then") }
  }

  mutating func run() async throws {
    let share = try await (path == "-" ? upload() : add())
    Output(output, environment: Surroundings.environment).show(ShareReport(share))
  }

  private func add() async throws -> FilesV1.ShareInfo {
    let request = FilesV1.AddRequest {
      $0.path = FilePath.absolute(path)
      $0.name = name
      $0.tags = InviteCreate.words(tag)
      $0.replicas = UInt32(replicas)
      $0.type = type
      $0.replaces = replace
      $0.pins = pin
    }
    let last = try await FileProgress.follow(
      node, "adding \(path)", output, progress,
      interrupted: "nothing was added; the same command goes on with what was read"
    ) { client, replies in try await client.add(request, replies) }
    guard let share = last?.share else { throw CommandError("the node ended without an answer") }
    return share
  }

  private func upload() async throws -> FilesV1.ShareInfo {
    let head = FilesV1.UploadHead {
      $0.name = name
      $0.tags = InviteCreate.words(tag)
      $0.replicas = UInt32(replicas)
      $0.type = type
      $0.replaces = replace
    }
    let terminal =
      output.json || progress.progress
      ? Terminal.none : Terminal.detect(2, environment: Surroundings.environment)
    let title = "adding \(name)"
    let (isTold, isJSON) = (progress.progress, output.json)
    let reply = try await NodeAccess.connect(node) { caller in
      try await FilesV1.FilesClient(caller).upload { parts in
        // Elsewhere than on a terminal it is quiet.
        var display =
          terminal.isTerminal
          ? ProgressDisplay(
            ProgressLine(title, .bytes, total: nil, now: .now()), on: terminal) : nil
        defer { display?.finish(now: .now()) }
        try await parts.write(FilesV1.UploadPart { $0.part = .head(head) })
        var done: Int64 = 0
        var lines = ProgressLines(title, isJSON: isJSON)
        while true {
          let piece = try await StandardInput.read()
          if piece.isEmpty { return }
          try await parts.write(FilesV1.UploadPart { $0.part = .bytes(piece) })
          done += Int64(piece.count)
          display?.update(done: done, now: .now())
          if isTold { lines.tell(.on(.reading, done, of: 0), now: .now()) }
        }
      }
    }
    guard let share = reply.share else { throw CommandError("the node ended without an answer") }
    return share
  }
}
