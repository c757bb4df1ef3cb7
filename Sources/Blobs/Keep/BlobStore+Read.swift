import IO
package import Primitives
import Security
import Store

// MARK: - Reading

/// Where a chunk is.
struct ChunkPlace: Sendable, Equatable {
  var length: Int
  var bytes: [UInt8]?
  var pack: Int64?
  var place: Int64
}

extension BlobStore {
  /// The bytes, which are what the name says; nil when the chunk is not here.
  package func chunk(_ digest: Digest) async throws(BlobError) -> [UInt8]? {
    guard let bytes = try await raw(digest) else { return nil }
    if try await hash(bytes) == digest { return bytes }
    // It may have been removed between the look at its name and that at its bytes.
    guard try await place(of: digest) != nil else { return nil }
    throw Self.damaged(digest)
  }

  /// As many bytes as the chunk has, as they are on the disk, for those who check them themselves;
  /// nil when the chunk is not here.
  package func raw(_ digest: Digest) async throws(BlobError) -> [UInt8]? {
    guard let found = try await place(of: digest) else { return nil }
    let bytes = try await bytes(at: found)
    if bytes.count == found.length { return bytes }
    // It may have been removed between the look at its name and that at its bytes.
    guard try await place(of: digest) != nil else { return nil }
    throw Self.damaged(digest)
  }

  /// The bytes of a whole blob, in order, every one of them checked. Chunks are read and checked
  /// on other threads while `each` is busy with those before them.
  package func read(
    _ id: BlobID, _ range: Range<Int64>? = nil,
    each: (ArraySlice<UInt8>) async throws -> Void
  ) async throws {
    state.withLock { $0.enter(id) }
    defer { state.withLock { $0.leave(id) } }
    guard let manifest = try await manifest(of: id) else {
      throw BlobError(.notFound, "the file \(id.short) is not whole on this node; get it first")
    }
    try await touch(id)
    let range = (range ?? 0..<manifest.size).clamped(to: 0..<manifest.size)
    try await readChunks(manifest.chunks(of: range)) { chunk in
      try await self.chunk(chunk, of: manifest)
    } each: { chunk, bytes in
      let start = Int64(chunk) * Int64(Manifest.chunkSize)
      let part = range.clamped(to: start..<start + Int64(bytes.count))
      try await each(bytes[Int(part.lowerBound - start)..<Int(part.upperBound - start)])
    }
  }

  /// Loads those chunks, a few at a time, and hands them over in order.
  func readChunks<Loaded: Sendable>(
    _ chunks: some RandomAccessCollection<Int>,
    load: @escaping @Sendable (Int) async throws -> Loaded,
    each: (Int, Loaded) async throws -> Void
  ) async throws {
    let limits = limits
    try await withThrowingTaskGroup(of: (Int, Loaded).self) { group in
      var ahead: [Int: Loaded] = [:]
      var waiting = chunks[...]
      for (place, chunk) in chunks.enumerated() {
        while chunks.count - waiting.count <= place + limits.readAhead,
          let next = waiting.popFirst()
        {
          group.addTask { (next, try await load(next)) }
        }
        while ahead[chunk] == nil, let (number, loaded) = try await group.next() {
          ahead[number] = loaded
        }
        guard let loaded = ahead.removeValue(forKey: chunk) else { continue }
        try await each(chunk, loaded)
      }
    }
  }

  /// The same as `chunk`, into memory that is there already; false when it is not here.
  func chunk(_ digest: Digest, into buffer: PageBuffer) async throws(BlobError) -> Bool {
    guard let found = try await place(of: digest) else { return false }
    if let pack = found.pack {
      try await storing {
        try await file(pack).read(into: buffer, at: found.place, count: found.length)
      }
    } else {
      buffer.clear()
      _ = buffer.append((found.bytes ?? [])[...])
    }
    let isRight = try await storing { [pool] in
      try await pool.run { Digest.sha256(of: buffer) == digest }
    }
    if isRight { return true }
    guard try await place(of: digest) != nil else { return false }
    throw Self.damaged(digest)
  }

  private static func damaged(_ digest: Digest) -> BlobError {
    BlobError(
      .damaged,
      "the chunk \(digest) on this disk is not what it was; `apus files repair` fetches it anew")
  }

  private func chunk(_ number: Int, of manifest: Manifest) async throws -> [UInt8] {
    guard let bytes = try await chunk(manifest.chunks[number]) else {
      throw BlobError(.notFound, "a part of \(manifest.id.short) was removed while it was read")
    }
    return bytes
  }

  /// Remembers that somebody has used it now.
  package func touch(_ id: BlobID) async throws(BlobError) {
    let now = clock().nanoseconds
    let count = state.withLock { state in
      state.touched[id] = now
      return state.touched.count
    }
    if count >= limits.touches { try await writeTouches() }
  }

  /// A crash that loses them makes the order of eviction a little worse.
  func writeTouches() async throws(BlobError) {
    let touched = state.withLock { state in
      defer { state.touched = [:] }
      return state.touched
    }
    if touched.isEmpty { return }
    try await writing { session in
      for (id, time) in touched.sorted(by: { $0.key < $1.key }) {
        try session.execute(
          "UPDATE blob_blobs SET used_at = $2 WHERE id = $1", [.blob(id.bytes), .integer(time)])
      }
    }
  }

  // MARK: - Places

  func place(of digest: Digest) async throws(BlobError) -> ChunkPlace? {
    try await reading { session in try Self.place(of: digest, session) }
  }

  /// Of many chunks at once.
  func places(of digests: [Digest]) async throws(BlobError) -> [ChunkPlace?] {
    try await reading { session in try digests.map { try Self.place(of: $0, session) } }
  }

  static func place(of digest: Digest, _ session: any Session) throws -> ChunkPlace? {
    try session.first(
      "SELECT length, bytes, pack, place FROM blob_chunks WHERE digest = $1",
      [.blob(digest.bytes)]
    ) { try Self.place($0, from: 0) }
  }

  /// From the columns length, bytes, pack and place.
  static func place(_ row: any Row, from column: Int) throws -> ChunkPlace {
    ChunkPlace(
      length: try row.integer(column), bytes: try row.blobIfAny(column + 1),
      pack: try row.integerIfAny(column + 2).map { Int64($0) },
      place: try row.integerIfAny(column + 3).map { Int64($0) } ?? 0)
  }

  func bytes(at found: ChunkPlace) async throws(BlobError) -> [UInt8] {
    if let bytes = found.bytes { return bytes }
    guard let pack = found.pack else { return [] }
    do throws(SystemError) {
      return try await file(pack).read(at: found.place, count: found.length)
    } catch {
      // Gone with its chunks, or lost: nothing has the hash that it should have.
      if error.code == .notFound { return [] }
      throw BlobError(.failed, "\(error)", cause: error)
    }
  }

  func path(of pack: Int64) -> String {
    let digits = String(UInt64(bitPattern: pack), radix: 16)
    return "\(folder)/\(String(repeating: "0", count: 16 - digits.count))\(digits)"
  }

  private func file(_ pack: Int64) async throws(SystemError) -> any DiskFile {
    if let open = state.withLock({ $0.packs.take(pack) }) { return open }
    let file = try await disk.open(path(of: pack), .reading)
    state.withLock { $0.packs.keep(file, of: pack, limit: limits.openPacks) }
    return file
  }

  /// On another thread, unless that takes longer to reach than the hash.
  func hash(_ bytes: [UInt8]) async throws(BlobError) -> Digest {
    if bytes.count <= limits.rowBytes { return Digest.sha256(of: bytes) }
    return try await storing { [pool] in try await pool.run { Digest.sha256(of: bytes) } }
  }
}
