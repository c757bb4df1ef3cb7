import Calls
import Primitives

/// `apus files find`
struct FilesFind: Command {
  static let configuration = CommandConfiguration(
    commandName: "find",
    abstract: "Find files in the network.",
    discussion: """
      All conditions have to fit. One other node is asked at best, one zone at worst; --wide goes \
      on to the other zones.
      """,
    examples: [
      .init("apus files find holiday 2026", "by words of the name or tags"),
      .init("apus files find --name film.mkv", "by the whole name"),
      .init("apus files find --prefix film --type video/x-matroska", "by its beginning"),
      .init("apus files find --tag holiday --larger 1GiB --owner attic --json", "for programs"),
    ])

  private static let page: UInt32 = 256

  @Argument(help: "Words of its name or its tags.") var words: [String] = []
  @Option(help: "Its whole name.") var name = ""
  @Option(help: "How its name begins; at least three letters.") var prefix = ""
  @Option(help: "A tag it has; repeatable.") var tag: [String] = []
  @Option(help: "Its media type.") var type = ""
  @Option(help: "At least so large.") var larger: ByteSize?
  @Option(help: "At most so large.") var smaller: ByteSize?
  @Option(help: "The node that owns it, by name or id.") var owner = ""
  @Flag(help: "Ask beyond the zone that should know.") var wide = false
  @Option(help: "At most so many.") var limit = 1_000
  @Option(help: "End after so long with what has come.") var time = Duration.seconds(10)
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func validate() throws {
    if limit < 1 { throw ValidationError("--limit must be at least 1") }
    if time <= .zero { throw ValidationError("--time must be more than 0s") }
    if words.isEmpty && name.isEmpty && prefix.isEmpty && tag.isEmpty && type.isEmpty
      && owner.isEmpty && larger == nil && smaller == nil
    {
      throw ValidationError("say what to look for: words of the name, or --tag, --owner, ...")
    }
    if !prefix.isEmpty && prefix.count < 3 {
      throw ValidationError("--prefix takes three letters or more")
    }
  }

  mutating func run() async throws {
    var request = FilesV1.FindRequest {
      $0.name = name
      $0.prefix = prefix
      $0.words = words
      $0.tags = InviteCreate.words(tag)
      $0.type = type
      $0.smallest = larger?.bytes
      $0.largest = smaller?.bytes
      $0.owner = owner
      $0.wide = wide
    }
    let found = try await FilePages.all(&request, limit: limit, time: time, node)
    Output(output, environment: Surroundings.environment).show(SharesReport(shares: found.shares))
    if found.shares.isEmpty { throw found.isComplete ? ExitCode.notFound : ExitCode.timedOut }
  }
}

/// What fits, of all pages.
struct FilePages {
  private static let page = 256

  var shares: [FilesV1.ShareInfo] = []
  /// False when the time was over before all zones had answered.
  var isComplete = true

  static func all(
    _ request: inout FilesV1.FindRequest, limit: Int, time: Duration, _ node: NodeOptions
  ) async throws -> FilePages {
    var pages = FilePages()
    let end = Instant.now().advanced(by: time)
    repeat {
      request.limit = UInt32(min(limit - pages.shares.count, page))
      let (asked, options) = (
        request, CallOptions.within(max(.zero, Instant.now().duration(to: end)))
      )
      let reply = try await NodeAccess.connect(node) {
        try await FilesV1.FilesClient($0).find(asked, options: options)
      }
      pages.shares += reply.shares
      pages.isComplete = reply.isComplete
      request.cursor = reply.cursor
      for warning in reply.warnings {
        Output.print("apus: \(TextWidth.printable(warning))\n", to: 2)
      }
    } while pages.isComplete && pages.shares.count < limit && !request.cursor.isEmpty
    return pages
  }
}
