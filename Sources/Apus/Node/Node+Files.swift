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

  /// Files of the network with all these words in their names, and all these tags.
  public func files(
    words: [String] = [], tags: [String] = [], limit: Int = 100
  ) async throws(NodeError) -> [File] {
    try await explaining {
      var query = ShareQuery()
      query.words = words
      query.tags = tags
      let findings = try await held().find(
        query, page: max(1, min(limit, 256)), after: nil, wide: true,
        deadline: .now().advanced(by: .seconds(10)))
      return findings.found.map { File($0.share) }
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
