import IO
import Mesh
package import Primitives

// MARK: - Finding

extension Files {
  /// The one share that a text names: on this node's shelf, else in the index.
  package func resolve(_ text: String) async throws(BlobError) -> SignedShare {
    switch try FileReference(text) {
    case .id(let id): return try await share(id)
    case .link(let text):
      guard let secret = LinkSecret(text: text),
        let link = try await looking({ [self] in
          try await ground.links.open(
            secret, from: "", counts: false, at: .now(), .now())
        }), let signed = try await shareIfAny(link.share)
      else {
        throw BlobError(
          .notFound, "the link leads nowhere here; open it as it is, or ask for the whole link")
      }
      return signed
    case .text(let owner, let name):
      let owner = try owner.map { text throws(BlobError) in try node(named: text) }
      return try await share(named: name, of: owner)
    }
  }

  /// Ids are drawn, but whoever wants to may sign a share with the id of another's.
  private func share(_ id: ShareID) async throws(BlobError) -> SignedShare {
    let here = try await looking { [self] in try await shelf.shares(id: id).map(\.signed) }
    let live = here.filter { !$0.share.isWithdrawn }
    let mine = live.filter { $0.share.owner == own }
    if let only = try Self.only(mine.isEmpty ? live : mine, "\(id)", nodes: self) { return only }
    var query = ShareQuery()
    query.id = id
    if let only = try Self.only(try await find(query), "\(id)", nodes: self) { return only }
    throw BlobError(.notFound, "the network knows no file with the id \(id)")
  }

  /// The share itself, from the shelf or else from the index; nil when it is withdrawn.
  func shareIfAny(_ key: ShareKey) async throws(BlobError) -> SignedShare? {
    if let here = try await looking({ [self] in try await shelf.share(key) }) {
      return here.signed.share.isWithdrawn ? nil : here.signed
    }
    var query = ShareQuery()
    query.id = key.id
    query.owner = key.owner
    return try await find(query).first
  }

  private func share(named name: String, of owner: NodeID?) async throws(BlobError) -> SignedShare {
    let here = try await looking { [self] in
      try await shelf.shares(named: name).map(\.signed)
    }
    let fitting = here.filter {
      !$0.share.isWithdrawn && (owner ?? $0.share.owner) == $0.share.owner
    }
    // What is the node's own goes before what others call the same.
    let mine = fitting.filter { $0.share.owner == own }
    if let only = try Self.only(mine.isEmpty ? fitting : mine, name, nodes: self) { return only }
    if owner == nil, FileReference.isPrefix(name) {
      let byID = try await looking { [self] in try await shelf.shares(idBegins: name) }
      let live = byID.map(\.signed).filter { !$0.share.isWithdrawn }
      if let only = try Self.only(live, name, nodes: self) { return only }
    }
    var query = ShareQuery()
    query.name = name
    query.owner = owner
    if let only = try Self.only(try await find(query), name, nodes: self) { return only }
    throw BlobError(
      .notFound, "no file is called '\(name)'; `apus files find` looks for parts of names")
  }

  private static func only(
    _ found: [SignedShare], _ name: String, nodes: Files
  ) throws(BlobError) -> SignedShare? {
    if found.count <= 1 { return found.first }
    let examples = found.prefix(4).map { signed in
      "\(nodes.name(of: signed.share.owner))/\(signed.share.name) (\(signed.share.id))"
    }
    throw BlobError(
      .ambiguous,
      "'\(name)' fits \(found.count) files: \(examples.joined(separator: ", "))"
        + "\(found.count > 4 ? ", ..." : ""); say whose, or give an id")
  }

  private func find(_ query: ShareQuery) async throws(BlobError) -> [SignedShare] {
    let index = try tenant().index
    return try await looking { [limits] in
      let deadline = Instant.now().advanced(by: limits.searchTime)
      let findings = try await index.find(query, page: 16, wide: true, deadline: deadline)
      if findings.found.isEmpty && !findings.isComplete {
        throw BlobError(.timedOut, "the zone that should know does not answer; try again")
      }
      return findings.found.map(\.signed)
    }
  }

  /// One page of what the network knows.
  package func find(
    _ query: ShareQuery, page: Int, after cursor: ShareCursor?, wide: Bool, deadline: Instant
  ) async throws(BlobError) -> ShareFindings {
    let index = try tenant().index
    return try await looking {
      try await index.find(query, page: page, after: cursor, wide: wide, deadline: deadline)
    }
  }

  /// Turns what goes wrong into this module's words.
  func looking<Result>(
    _ body: () async throws -> Result
  ) async throws(BlobError) -> Result {
    do { return try await body() } catch let error as BlobError { throw error } catch let error
      as NetworkError
    {
      throw BlobError(error.code == .timedOut ? .timedOut : .failed, error.message, cause: error)
    } catch {
      throw BlobError(.failed, "\(error)", cause: error)
    }
  }
}
