import IO
import Primitives
import Security
import Store

// MARK: - Pins

extension BlobStore {
  /// Keeps a blob, and all that is in it when it is a folder, until `who` unpins it. One that is
  /// not here yet is kept from when it comes.
  package func pin(_ id: BlobID, _ who: String) async throws(BlobError) {
    try await writing { session in
      try session.execute(
        "INSERT INTO blob_pins (blob, who) VALUES ($1, $2) ON CONFLICT (blob, who) DO NOTHING",
        [.blob(id.bytes), .text(who)])
    }
  }

  /// False when `who` had not pinned it.
  @discardableResult
  package func unpin(_ id: BlobID, _ who: String) async throws(BlobError) -> Bool {
    try await writing { session in
      try session.execute(
        "DELETE FROM blob_pins WHERE blob = $1 AND who = $2", [.blob(id.bytes), .text(who)]) > 0
    }
  }

  /// Who has pinned it.
  package func pins(of id: BlobID) async throws(BlobError) -> [String] {
    try await reading { session in try Self.pins(of: id, session) }
  }

  private static func pins(of id: BlobID, _ session: any Session) throws -> [String] {
    try session.rows("SELECT who FROM blob_pins WHERE blob = $1 ORDER BY who", [.blob(id.bytes)]) {
      try $0.text(0)
    }
  }

  /// Ends the pins of those whose names begin so, but for some.
  package func unpinAll(
    of beginning: String, but kept: Set<Pin>
  ) async throws(BlobError) {
    try await writing { session in
      let pins = try session.rows(
        "SELECT blob, who FROM blob_pins WHERE substr(who, 1, length($1)) = $1",
        [.text(beginning)]
      ) { Pin(blob: try Self.id($0, 0), who: try $0.text(1)) }
      for pin in pins where !kept.contains(pin) {
        try session.execute(
          "DELETE FROM blob_pins WHERE blob = $1 AND who = $2",
          [.blob(pin.blob.bytes), .text(pin.who)])
      }
    }
  }

  package struct Pin: Hashable, Sendable {
    package var blob: BlobID
    package var who: String
  }

  // MARK: - Removing

  /// Nobody can read it from here on; its chunks go when `collect` comes by. One that is pinned
  /// is refused. With an owner only that one's hold on it ends, and it stays when it has others.
  /// False when it is not here.
  @discardableResult
  package func remove(_ id: BlobID, of owner: String? = nil) async throws(BlobError) -> Bool {
    state.withLock { _ = $0.touched.removeValue(forKey: id) }
    return try await writing { session in
      let pins = try Self.pins(of: id, session)
      if let first = pins.first, owner == nil {
        throw BlobError(
          .refused,
          "\(id.short) is pinned by \(first)\(pins.count > 1 ? " and others" : ""); unpin it first")
      }
      guard try Self.isHere(id, session) else { return false }
      try Self.leave(id, owner, session)
      return true
    }
  }

  private static func isHere(_ id: BlobID, _ session: any Session) throws -> Bool {
    try session.first("SELECT 1 FROM blob_blobs WHERE id = $1", [.blob(id.bytes)]) { _ in true }
      ?? false
  }

  /// For everybody, or for one owner alone.
  static func leave(_ id: BlobID, _ owner: String?, _ session: any Session) throws {
    if let owner {
      try session.execute(
        "DELETE FROM blob_owners WHERE blob = $1 AND owner = $2", [.blob(id.bytes), .text(owner)])
      if try isKept(id, session) { return }
    }
    try drop(id, session)
  }

  /// Whether an owner, a pin or a folder keeps it.
  static func isKept(_ id: BlobID, _ session: any Session) throws -> Bool {
    try session.first(
      """
      SELECT 1 WHERE EXISTS (SELECT 1 FROM blob_owners WHERE blob = $1)
        OR EXISTS (SELECT 1 FROM blob_pins WHERE blob = $1)
        OR EXISTS (SELECT 1 FROM blob_members WHERE member = $1)
      """, [.blob(id.bytes)]
    ) { _ in true } ?? false
  }

  /// The blob, whoever owned it, and what was in it and nowhere else. A member of a folder stays
  /// as long as the folder does.
  static func drop(_ id: BlobID, _ session: any Session) throws {
    let row = try session.first(
      "SELECT manifest, is_whole FROM blob_blobs WHERE id = $1", [.blob(id.bytes)]
    ) { (try $0.blob(0), try $0.flag(1)) }
    guard let (bytes, isWhole) = row else { return }
    try session.execute("DELETE FROM blob_owners WHERE blob = $1", [.blob(id.bytes)])
    let isMember =
      try session.first("SELECT 1 FROM blob_members WHERE member = $1", [.blob(id.bytes)]) { _ in
        true
      } ?? false
    if isMember { return }
    try session.execute("DELETE FROM blob_blobs WHERE id = $1", [.blob(id.bytes)])
    if isWhole { try disuse(try Manifest(decoding: bytes), session) }
    let folders = try session.rows(
      "SELECT number FROM blob_folders WHERE blob = $1", [.blob(id.bytes)]
    ) { try $0.integer64(0) }
    for folder in folders { try dropFolder(folder, session) }
  }

  /// Its members go with it unless something else keeps them.
  static func dropFolder(_ number: Int64, _ session: any Session) throws {
    let members = try session.rows(
      "SELECT member FROM blob_members WHERE folder = $1", [.integer(number)]
    ) { try id($0, 0) }
    try session.execute("DELETE FROM blob_members WHERE folder = $1", [.integer(number)])
    try session.execute("DELETE FROM blob_folders WHERE number = $1", [.integer(number)])
    for member in members where try !isKept(member, session) { try drop(member, session) }
  }

  /// Counts one blob more that has these chunks. Returns how many of them are not here.
  static func use(_ manifest: Manifest, _ session: any Session) throws -> Int {
    var missing = 0
    // A blob counts once, however often it has the chunk.
    for (digest, length) in manifest.distinctChunks {
      let changed = try session.execute(
        "UPDATE blob_chunks SET uses = uses + 1 WHERE digest = $1 AND length = $2",
        [.blob(digest.bytes), .integer(length)])
      if changed == 1 { continue }
      let isHere = try session.first(
        "SELECT 1 FROM blob_chunks WHERE digest = $1", [.blob(digest.bytes)]
      ) { _ in true }
      if isHere != nil {
        throw BlobError(
          .damaged,
          "\(manifest.id.short) says that a chunk of it is \(length) bytes long, and it is not; "
            + "whoever made it has to make it anew")
      }
      missing += 1
    }
    return missing
  }

  /// Counts one less.
  private static func disuse(_ manifest: Manifest, _ session: any Session) throws {
    for (digest, _) in manifest.distinctChunks {
      try session.execute(
        "UPDATE blob_chunks SET uses = uses - 1 WHERE digest = $1", [.blob(digest.bytes)])
    }
  }
}

extension Manifest {
  /// With their lengths.
  var distinctChunks: [(digest: Digest, length: Int)] {
    var seen: Set<Digest> = []
    return chunks.enumerated().compactMap { number, digest in
      seen.insert(digest).inserted ? (digest, length(of: number)) : nil
    }
  }
}
