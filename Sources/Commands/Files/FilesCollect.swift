import Calls
import Primitives

/// `apus files gc`
struct FilesCollect: Command {
  static let configuration = CommandConfiguration(
    commandName: "gc",
    abstract: "Free the room of what nobody uses.",
    discussion: """
      With --to it lets go of what is not pinned too, the least recently used first, until no more \
      than that is kept. Copies that the network counts on stay.
      """,
    examples: [
      .init("apus files gc", "what was removed or left half fetched"),
      .init("apus files gc --to 10GiB", "until 10 GiB are kept at most"),
    ], aliases: ["collect"])

  @Option(help: "Let go of what is not pinned until no more than this is kept.") var to: ByteSize?
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let request = FilesV1.CollectRequest { $0.downTo = to?.bytes }
    let reply = try await NodeAccess.connect(node, timeout: .seconds(30)) {
      try await FilesV1.FilesClient($0).collect(request)
    }
    let json: JSON = [
      "chunks": .integer(Int64(clamping: reply.chunks)), "bytes": .integer(reply.bytes),
      "files": .integer(Int64(clamping: reply.blobs)),
    ]
    Output(output, environment: Surroundings.environment).show(json: json) { _ in
      "\(ByteSize(reply.bytes).rounded) freed: \(reply.chunks) chunks, "
        + "\(reply.blobs) files let go\n"
    }
  }
}

/// `apus files usage`
struct FilesUsage: Command {
  static let configuration = CommandConfiguration(
    commandName: "usage",
    abstract: "Show how much room the files of this node take, and how much there is.",
    examples: [.init("apus files usage --json", "for programs")])

  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let reply = try await NodeAccess.connect(node) {
      try await FilesV1.FilesClient($0).usage(.init(), options: .within(.seconds(10)))
    }
    let json: JSON = [
      "bytes": .integer(reply.bytes), "quotaBytes": .integer(reply.quota),
      "blobs": .integer(Int64(clamping: reply.blobs)),
      "partialBlobs": .integer(Int64(clamping: reply.partialBlobs)),
      "quotaPerOwnerBytes": .integer(reply.quotaPerOwner),
      "owners": .array(
        reply.owners.map {
          [
            "id": .string(NodeID($0.node)?.description ?? ""), "name": .string($0.name),
            "bytes": .integer($0.bytes),
          ]
        }),
    ]
    Output(output, environment: Surroundings.environment).show(json: json) { _ in
      Rows.text(
        [
          (name: "kept", value: ByteSize(reply.bytes).rounded),
          (name: "may be kept", value: ByteSize(reply.quota).rounded),
          (name: "blobs", value: "\(reply.blobs)"),
          (name: "half fetched", value: "\(reply.partialBlobs)"),
          (name: "for one other owner", value: "up to \(ByteSize(reply.quotaPerOwner).rounded)"),
        ]
          + reply.owners.prefix(10).map {
            (
              name: "for \(TextWidth.printable($0.name))", value: ByteSize($0.bytes).rounded
            )
          })
    }
  }
}
