import IO
import Primitives
import Security
import Store

// MARK: - After a crash

extension BlobStore {
  /// Removes packs that no row names and folders that nobody sealed, and names the chunks that a
  /// fetch had written.
  func salvage() async throws {
    let known = try await count()
    let names = Set(known.map { path(of: $0.pack) })
    var removed = 0
    for name in try await disk.list(folder, limit: limits.packs)
    where !names.contains("\(folder)/\(name)") {
      try await disk.remove("\(folder)/\(name)")
      removed += 1
    }
    if removed > 0 { try await disk.syncFolder(folder) }
    for (pack, isOpen) in known where isOpen {
      // One that was lost with its folder holds nothing that is named.
      if try await disk.info(path(of: pack)) != nil { try await salvage(pack) }
      try await driver.write { session in
        try session.execute("UPDATE blob_packs SET is_open = 0 WHERE id = $1", [.integer(pack)])
      }
    }
    try await driver.write { session in
      let unsealed = try session.rows(
        "SELECT number FROM blob_folders WHERE blob IS NULL ORDER BY number"
      ) { try $0.integer64(0) }
      for number in unsealed { try Self.dropFolder(number, session) }
    }
  }

  /// The packs there are; and remembers what is counted.
  private func count() async throws -> [(pack: Int64, isOpen: Bool)] {
    let (packs, bytes, folder) = try await driver.read { session in
      let packs = try session.rows("SELECT id, is_open FROM blob_packs ORDER BY id") {
        (pack: try $0.integer64(0), isOpen: try $0.flag(1))
      }
      let bytes = try session.first("SELECT coalesce(sum(length), 0) FROM blob_chunks") {
        try $0.integer64(0)
      }
      let folder = try session.first("SELECT coalesce(max(number), 0) FROM blob_folders") {
        try $0.integer64(0)
      }
      return (packs, bytes ?? 0, folder ?? 0)
    }
    state.withLock { state in
      state.bytes = bytes
      state.nextPack = (packs.last?.pack ?? 0) + 1
      state.nextFolder = folder + 1
    }
    return packs
  }

  private struct Found: Sendable {
    var digest: Digest
    var length: Int
    var place: Int64
  }

  /// Names chunks of blobs that are not whole, and leaves holes where nothing else is.
  private func salvage(_ pack: Int64) async throws {
    let (wanted, named) = try await driver.read { [self] session in
      (try missingOfPartials(session), try Self.named(in: pack, session))
    }
    let file = try await disk.open(path(of: pack), .writing)
    let size = try await file.info().size
    var found: [Found] = []
    var holes: [Int64] = []
    var place: Int64 = 0
    while place < size {
      var length = Int64(named[place] ?? 0)
      if length == 0, let chunk = try await chunk(in: file, at: place, wanted) {
        found.append(chunk)
        length = Int64(chunk.length)
      }
      if length == 0 { holes.append(place) }
      place += max(1, (length + limits.alignment - 1) / limits.alignment) * limits.alignment
    }
    if !found.isEmpty { try await file.sync() }
    try await name(found, holes, in: pack)
  }

  private func name(_ found: [Found], _ holes: [Int64], in pack: Int64) async throws {
    let alignment = Int(limits.alignment)
    let bytes = try await driver.write { session in
      var bytes: Int64 = 0
      for chunk in found {
        let isNew = try session.execute(
          """
          INSERT INTO blob_chunks (digest, length, uses, bytes, pack, place)
          VALUES ($1, $2, 0, NULL, $3, $4) ON CONFLICT (digest) DO NOTHING
          """,
          [
            .blob(chunk.digest.bytes), .integer(chunk.length), .integer(pack),
            .integer(chunk.place),
          ])
        if isNew == 1 { bytes += Int64(chunk.length) }
      }
      for place in holes { try Self.leaveHole(Int(pack), Int(place), alignment, session) }
      return bytes
    }
    state.withLock { $0.bytes += bytes }
  }

  /// A wanted chunk that begins there, whatever its length.
  private func chunk(
    in file: any DiskFile, at place: Int64, _ wanted: [Int: Set<Digest>]
  ) async throws -> Found? {
    if wanted.isEmpty { return nil }
    let bytes = try await file.read(at: place, count: Manifest.chunkSize)
    // Longest first: nearly all are whole chunks.
    for length in wanted.keys.sorted(by: >).prefix(limits.salvagedLengths)
    where length <= bytes.count {
      let digest = try await hash(length == bytes.count ? bytes : Array(bytes.prefix(length)))
      if wanted[length]?.contains(digest) == true {
        return Found(digest: digest, length: length, place: place)
      }
    }
    return nil
  }

  /// By length.
  private func missingOfPartials(_ session: any Session) throws -> [Int: Set<Digest>] {
    var missing: [Int: Set<Digest>] = [:]
    try session.query("SELECT manifest FROM blob_blobs WHERE is_whole = 0", []) { row in
      let manifest = try Manifest(decoding: try row.blob(0))
      let held = try Self.held(manifest.chunks, session)
      for chunk in held.missing {
        missing[manifest.length(of: chunk), default: []].insert(manifest.chunks[chunk])
      }
      return true
    }
    return missing
  }

  /// The lengths of the chunks in a pack that have names, and of what is still to be punched out of
  /// it, by where they begin.
  private static func named(in pack: Int64, _ session: any Session) throws -> [Int64: Int] {
    Dictionary(
      try session.rows(
        """
        SELECT place, length FROM blob_chunks WHERE pack = $1
        UNION ALL SELECT place, length FROM blob_holes WHERE pack = $1
        """, [.integer(pack)]
      ) { (try $0.integer64(0), try $0.integer(1)) }, uniquingKeysWith: max)
  }
}
