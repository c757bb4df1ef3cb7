import Blobs
import IO
public import Primitives

// MARK: - Files

extension Node {
  /// A file of the network, or a folder.
  public struct File: Sendable, Hashable {
    /// By which it can be named when its name is not enough.
    public let id: String
    public let name: String
    public let size: Int64
    public let isFolder: Bool
    public let type: String
    public let tags: [String]
    /// The node that added it.
    public let owner: NodeID

    init(_ share: Share) {
      id = share.id.description
      name = share.name
      size = share.size
      isFolder = share.isFolder
      type = share.mediaType
      tags = share.tags
      owner = share.owner
    }
  }

  /// Adds a file or folder of this machine. It is on the disk, and found by others, when this
  /// returns; copies on other nodes are made after that. With `replaces` it takes the place of the
  /// file of this name that this node owns.
  @discardableResult
  public func add(
    _ path: String, name: String? = nil, tags: [String] = [], replicas: Int? = nil,
    replaces: Bool = false
  ) async throws(NodeError) -> File {
    let wish = wish(name ?? "", tags, replicas, replaces)
    return try await explaining { File(try await held().add(path, wish).share) }
  }

  /// Adds what `next` gives, until that gives nil.
  @discardableResult
  public func add(
    named name: String, tags: [String] = [], replicas: Int? = nil, replaces: Bool = false,
    _ next: () async throws -> [UInt8]?
  ) async throws(NodeError) -> File {
    let wish = wish(name, tags, replicas, replaces)
    return try await explaining {
      File(try await held().add(wish, size: nil, stream: next).share)
    }
  }

  /// Fetches a file or folder from all nodes that have it, to a path of this machine. `file` is a
  /// name, `OWNER/NAME`, an id, or the beginning of an id that is here. Returns where it is: in a
  /// folder at the path, under its name.
  @discardableResult
  public func get(
    _ file: String, to path: String, overwrites: Bool = false
  ) async throws(NodeError) -> String {
    try await explaining {
      let files = try held()
      return try await files.get(
        try await files.resolve(file), part: "", to: path, overwrites: overwrites
      ) { _ in }
    }
  }

  /// Gives the bytes of a file in order, each of them checked; `part` names a file in a folder.
  public func read(
    _ file: String, part: String = "", from offset: Int64 = 0,
    _ body: ([UInt8]) async throws -> Void
  ) async throws(NodeError) {
    try await explaining {
      let files = try held()
      try await files.download(
        try await files.resolve(file), part: part, range: max(0, offset)..<Int64.max,
        begin: { _ in }, each: { try await body(Array($0)) })
    }
  }

  /// What a file has to be to be found; everything that is given has to fit.
  public struct Search: Sendable {
    /// The whole name, in upper or lower case.
    public var name: String?
    /// The beginning of the name or of a word of it.
    public var prefix: String?
    /// Of the name or the tags.
    public var words: [String] = []
    public var tags: [String] = []
    /// `image/png`, or `image/` for all of them.
    public var type: String?
    public var sizes: ClosedRange<Int64>?
    public var owner: NodeID?
    /// Asks beyond the zone that should know.
    public var isWide = true
    public var time = Duration.seconds(10)
    public init() {}
  }

  /// Files of the network with all these words in their names or tags, and all these tags.
  public func files(
    words: [String] = [], tags: [String] = [], limit: Int = 100
  ) async throws(NodeError) -> [File] {
    var search = Search()
    search.words = words
    search.tags = tags
    return try await files(search, limit: limit)
  }

  /// Files of the network, what has come when the time is over.
  public func files(_ search: Search, limit: Int = 100) async throws(NodeError) -> [File] {
    try await explaining {
      var query = ShareQuery()
      (query.name, query.prefix, query.words) = (search.name, search.prefix, search.words)
      (query.tags, query.type, query.owner) = (search.tags, search.type, search.owner)
      (query.smallest, query.largest) = (search.sizes?.lowerBound, search.sizes?.upperBound)
      let (files, end) = (try held(), Instant.now().advanced(by: search.time))
      var found: [File] = []
      var cursor: ShareCursor?
      repeat {
        let page = try await files.find(
          query, page: max(1, min(limit - found.count, 256)), after: cursor,
          wide: search.isWide, deadline: end)
        found += page.found.map { File($0.share) }
        cursor = page.isComplete ? page.cursor : nil
      } while cursor != nil && found.count < limit
      return found
    }
  }

  /// The nodes that have all of a file, those that live first.
  public func holders(of file: String) async throws(NodeError) -> [NodeID] {
    try await explaining {
      let files = try held()
      return try await files.holders(of: try await files.resolve(file)).map(\.node)
    }
  }

  /// Keeps a file on this node, whoever needs the room, fetching it if need be.
  public func pin(_ file: String) async throws(NodeError) {
    try await explaining { _ = try await held().pin(file) { _ in } }
  }

  public func unpin(_ file: String) async throws(NodeError) {
    try await explaining { _ = try await held().unpin(file) }
  }

  /// Secret addresses, one for each way in, under which anybody reads a file through this node
  /// until they expire: after a week when nothing else is said. With `uses` only so often.
  public func share(
    _ file: String, for life: Duration? = nil, uses: Int? = nil
  ) async throws(NodeError) -> [String] {
    try await explaining { try await held().link(to: file, for: life, uses: uses).addresses }
  }

  /// Takes a share link back.
  public func unshare(_ address: String) async throws(NodeError) {
    try await explaining { _ = try await held().revoke(link: address) }
  }

  /// Reads and checks a file that is kept here, or all of them, and fetches anew what is damaged.
  /// Returns the names of those that could not be mended.
  public func repair(_ file: String = "") async throws(NodeError) -> [String] {
    try await explaining {
      let lost = Locked<Set<String>>([])
      _ = try await held().check(file, repairs: true, progress: { _ in }) { damages in
        let names = damages.lazy.filter { !$0.isRepaired }.flatMap(\.names)
        lost.withLock { $0.formUnion(names) }
      }
      return lost.withLock { $0.sorted() }
    }
  }

  /// Takes a file of this node out of the network.
  public func remove(_ file: String) async throws(NodeError) {
    try await explaining { _ = try await held().remove(file) }
  }

  private func wish(
    _ name: String, _ tags: [String], _ replicas: Int?, _ replaces: Bool
  ) -> FileWish {
    var wish = FileWish()
    wish.name = name
    wish.tags = tags
    wish.replicas = replicas ?? 0
    wish.replaces = replaces
    return wish
  }

  private func held() throws(NodeError) -> Files {
    guard let files = holdings.withLock({ $0 }) else {
      throw NodeError(.notRunning, "the node has stopped")
    }
    return files
  }
}
