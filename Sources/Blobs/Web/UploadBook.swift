import IO
package import Primitives
import Security
import Store

/// Uploads under way: a row and a file each. A restart loses nothing that was said to be there.
package final class UploadBook: Sendable {
  package struct Limits: Sendable {
    /// Of one upload, and of all uploads of one principal together.
    package var bytes: Int64 = 1 << 40
    package var bytesPerOwner: Int64 = 1 << 40
    package var perOwner = 16
    package var uploads = 1_024
    /// Since something came last.
    package var lifetime = Duration.seconds(24 * 3_600)
    /// Between two looks for those whose time is over.
    package var sweep = Duration.seconds(600)
    /// So much is written before it is made durable and said to be there.
    package var syncBytes: Int64 = 16 << 20
    package var writeBytes = 256 << 10
    package init() {}
  }

  package let limits: Limits
  let store: BlobStore
  private let folder: String
  /// Those that a request writes to.
  private let busy = Locked<Set<String>>([])
  /// Bytes of the store's quota that each has for itself until it is a blob or gone.
  private let rooms = Locked<[String: Int64]>([:])

  /// The driver of the store has been migrated with `Upload.schema`; `open` comes first. The
  /// folder holds nothing else.
  package init(_ store: BlobStore, folder: String, limits: Limits = Limits()) {
    self.store = store
    self.folder = folder
    self.limits = limits
  }

  /// Makes the folder, and removes what no upload knows.
  package func open(now: WallTime) async throws(BlobError) {
    try await store.storing { [self] in
      try await store.disk.makeFolders(folder, mode: 0o700)
      try await removeExpired(now: now)
      let uploads = try await store.driver.read { session in
        try session.rows("SELECT \(Upload.columns) FROM blob_uploads", []) { try Upload($0) }
      }
      for upload in uploads where upload.blob == nil {
        store.reserveAnyway(upload.length)
        rooms.withLock { $0[upload.id] = upload.length }
      }
      let known = Set(uploads.map(\.id))
      // Bounded by the number of uploads, and what a crash leaves of them.
      for name in try await store.disk.list(folder, limit: 1_000_000) where !known.contains(name) {
        try await store.disk.remove("\(folder)/\(name)")
      }
    }
  }

  // MARK: - Uploads

  package func create(
    owner: String, length: Int64, name: String?, type: String?, now: WallTime
  ) async throws(BlobError) -> Upload {
    guard 0...limits.bytes ~= length else {
      throw BlobError(.refused, "a file may have \(limits.bytes) bytes at most here")
    }
    try await removeExpired(now: now)
    let upload = Upload(
      id: Hex.encode(SecureRandom.bytes(16)), owner: owner, length: length,
      expiresAt: now.advanced(by: limits.lifetime), name: name, type: type)
    try await store.storing { [self] in
      try await store.driver.write { [limits] session in
        try Self.admit(upload, limits, session)
        try session.execute(
          """
          INSERT INTO blob_uploads (\(Upload.columns))
          VALUES ($1, $2, $3, 0, $4, $5, $6, NULL)
          """,
          [
            .text(upload.id), .text(owner), .integer(length),
            .integer(upload.expiresAt.nanoseconds), name.map { .text($0) } ?? .null,
            type.map { .text($0) } ?? .null,
          ])
      }
    }
    do throws(BlobError) {
      try await store.reserve(length)
      rooms.withLock { $0[upload.id] = length }
    } catch {
      try await forget([upload.id])
      throw error
    }
    return upload
  }

  private func giveUpRoom(of id: String) {
    if let room = rooms.withLock({ $0.removeValue(forKey: id) }) { store.unreserve(room) }
  }

  private static func admit(
    _ upload: Upload, _ limits: Limits, _ session: any Session
  ) throws {
    // Finished ones take no room but are remembered for a while: the latest of each owner.
    try session.execute(
      """
      DELETE FROM blob_uploads WHERE owner = $1 AND blob IS NOT NULL AND id NOT IN (
        SELECT id FROM blob_uploads WHERE owner = $1 AND blob IS NOT NULL
        ORDER BY expires_at DESC LIMIT $2)
      """, [.text(upload.owner), .integer(limits.perOwner)])
    let all = try session.first(
      "SELECT COUNT(*) FROM blob_uploads WHERE blob IS NULL", []
    ) { try $0.integer(0) }
    let own = try session.first(
      """
      SELECT COUNT(*), COALESCE(SUM(length), 0) FROM blob_uploads
      WHERE owner = $1 AND blob IS NULL
      """, [.text(upload.owner)]
    ) { (try $0.integer(0), try $0.integer64(1)) }
    guard all ?? 0 < limits.uploads, own?.0 ?? 0 < limits.perOwner,
      own?.1 ?? 0 <= limits.bytesPerOwner - upload.length
    else {
      throw BlobError(
        .busy, "too many uploads are under way; finish or remove one, or try again later")
    }
  }

  /// Nil for one of somebody else, and one that has expired.
  package func find(
    _ id: String, owner: String, now: WallTime
  ) async throws(BlobError) -> Upload? {
    try await store.storing { [store] in
      try await store.driver.read { session in
        try session.first(
          """
          SELECT \(Upload.columns) FROM blob_uploads
          WHERE id = $1 AND owner = $2 AND expires_at > $3
          """,
          [.text(id), .text(owner), .integer(now.nanoseconds)]
        ) { try Upload($0) }
      }
    }
  }

  package func remove(_ upload: Upload) async throws(BlobError) {
    try claim(upload)
    defer { release(upload) }
    try await forget([upload.id])
  }

  package func removeExpired(now: WallTime) async throws(BlobError) {
    let expired = try await store.storing { [store] in
      try await store.driver.read { session in
        try session.rows(
          "SELECT id FROM blob_uploads WHERE expires_at <= $1", [.integer(now.nanoseconds)]
        ) { try $0.text(0) }
      }
    }
    try await forget(expired.filter { id in busy.withLock { !$0.contains(id) } })
  }

  private func forget(_ ids: [String]) async throws(BlobError) {
    if ids.isEmpty { return }
    try await store.storing { [self] in
      try await store.driver.write { session in
        for id in ids {
          try session.execute("DELETE FROM blob_uploads WHERE id = $1", [.text(id)])
        }
      }
      for id in ids {
        giveUpRoom(of: id)
        let path = "\(folder)/\(id)"
        if try await store.disk.info(path) != nil { try await store.disk.remove(path) }
      }
    }
  }

  // MARK: - Bytes

  /// Appends what `next` gives until it gives nil. What has come when it throws stays, and counts.
  package func append(
    to upload: Upload, now: WallTime, _ next: () async throws -> [UInt8]?
  ) async throws -> Upload {
    try claim(upload)
    defer { release(upload) }
    // Another request may have added to it since.
    guard let current = try await find(upload.id, owner: upload.owner, now: now),
      current.received == upload.received, current.blob == nil
    else { throw Self.inUse }
    var upload = current
    upload.expiresAt = now.advanced(by: limits.lifetime)
    let file = try await file(of: upload)
    var writing = Writing(file: file, place: upload.received)
    do {
      while let piece = try await next() {
        guard writing.end + Int64(piece.count) <= upload.length else {
          throw BlobError(
            .refused, "more bytes came than the \(upload.length) that were announced")
        }
        writing.gathered += piece
        if writing.gathered.count >= limits.writeBytes { try await write(&writing) }
        if writing.place - upload.received >= limits.syncBytes { try await save(writing, &upload) }
      }
    } catch {
      try await write(&writing)
      try await save(writing, &upload)
      throw error
    }
    try await write(&writing)
    try await save(writing, &upload)
    return upload
  }

  /// With what was said to be there, and nothing behind it.
  private func file(of upload: Upload) async throws(BlobError) -> any DiskFile {
    let path = "\(folder)/\(upload.id)"
    if upload.received > 0 {
      let size = try await store.storing { [store] in try await store.disk.info(path)?.size ?? 0 }
      guard size >= upload.received else {
        throw BlobError(
          .expired, "the disk has lost what had come of this upload: remove it, and begin anew")
      }
    }
    return try await store.storing { [self] in
      let file = try await store.disk.open(
        path, FileOpening(writes: true, creation: .ifMissing(mode: 0o600)))
      try await file.truncate(to: upload.received)
      try await store.disk.syncFolder(folder)
      return file
    }
  }

  private struct Writing {
    var file: any DiskFile
    var place: Int64
    var gathered: [UInt8] = []
    var end: Int64 { place + Int64(gathered.count) }
  }

  private func write(_ writing: inout Writing) async throws(BlobError) {
    let (file, place, bytes) = (writing.file, writing.place, writing.gathered)
    if bytes.isEmpty { return }
    try await store.storing { try await file.write(bytes, at: place) }
    writing.place += Int64(bytes.count)
    writing.gathered = []
  }

  private func save(_ writing: Writing, _ upload: inout Upload) async throws(BlobError) {
    let (file, place, id, end) = (writing.file, writing.place, upload.id, upload.expiresAt)
    try await store.storing { [store] in
      try await file.sync()
      try await store.driver.write { session in
        try session.execute(
          "UPDATE blob_uploads SET received = $1, expires_at = $2 WHERE id = $3",
          [.integer(place), .integer(end.nanoseconds), .text(id)])
      }
    }
    upload.received = place
  }

  /// The blob of all the bytes, made now unless it is there already.
  package func finished(_ upload: Upload) async throws -> Manifest {
    guard let blob = upload.blob else { return try await finish(upload) }
    guard let manifest = try await store.manifest(of: blob) else {
      throw BlobError(.expired, "its bytes were let go since to make room: begin anew")
    }
    return manifest
  }

  private func blob(of id: String) async throws(BlobError) -> BlobID? {
    try await store.storing { [store] in
      try await store.driver.read { session in
        let bytes = try session.first(
          "SELECT blob FROM blob_uploads WHERE id = $1", [.text(id)]
        ) { try $0.blobIfAny(0) }
        return bytes?.flatMap { Digest($0) }.map { BlobID($0) }
      }
    }
  }

  /// Makes a blob of all the bytes, and tells `arrived` of it. The row stays until it expires, so
  /// that whoever missed the answer can ask again; when `arrived` throws the bytes stay as well,
  /// and it can be finished anew.
  package func finish(
    _ upload: Upload, _ arrived: (Manifest) async throws -> Void = { _ in }
  ) async throws -> Manifest {
    try claim(upload)
    defer { release(upload) }
    // Another request may have done so since.
    if let blob = try await blob(of: upload.id), let manifest = try await store.manifest(of: blob) {
      return manifest
    }
    let intake = BlobIntake(store, limit: limits.bytes)
    giveUpRoom(of: upload.id)
    do {
      if upload.length > 0 { try await feed(intake, from: upload) }
      let manifest = try await intake.finish()
      try await arrived(manifest)
      await intake.close()
      try await store.storing { [self] in
        try await store.driver.write { session in
          try session.execute(
            "UPDATE blob_uploads SET blob = $1 WHERE id = $2",
            [.blob(manifest.id.bytes), .text(upload.id)])
        }
        if upload.length > 0 { try await store.disk.remove("\(folder)/\(upload.id)") }
      }
      return manifest
    } catch {
      await intake.close()
      // It is still there.
      store.reserveAnyway(upload.length)
      rooms.withLock { $0[upload.id] = upload.length }
      throw error
    }
  }

  private func feed(_ intake: BlobIntake, from upload: Upload) async throws(BlobError) {
    try await store.storing { [self] in
      let file = try await store.disk.open("\(folder)/\(upload.id)", .reading)
      for place in stride(from: 0, to: upload.length, by: Manifest.chunkSize) {
        try await intake.feed(try await file.read(at: place, count: Manifest.chunkSize))
      }
    }
  }

  // MARK: - One request at a time

  private static let inUse = BlobError(
    .exists, "another request writes to this upload; ask for its offset and go on from there")

  private func claim(_ upload: Upload) throws(BlobError) {
    guard busy.withLock({ $0.insert(upload.id).inserted }) else { throw Self.inUse }
  }

  private func release(_ upload: Upload) { busy.withLock { _ = $0.remove(upload.id) } }
}
