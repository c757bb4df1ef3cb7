import IO
import Primitives

/// Writes a file while its chunks come into the store.
struct FileFollowing: Sendable {
  private let store: BlobStore
  private let id: BlobID
  private let file: FileHandle

  init(_ store: BlobStore, _ id: BlobID, _ file: FileHandle) {
    self.store = store
    self.id = id
    self.file = file
  }

  /// Returns the numbers of the chunks that are written, once `bring` is done.
  func write(_ bring: @escaping TreeWriter.Bringing) async throws(BlobError) -> Set<Int> {
    let tap = FetchTap()
    return try await Tree.working {
      try await withThrowingTaskGroup(of: Set<Int>.self) { group in
        group.addTask {
          defer { tap.close() }
          try await bring(tap)
          return []
        }
        group.addTask { try await follow(tap) }
        // Whichever fails takes the other one with it.
        return try await group.reduce(into: []) { $0.formUnion($1) }
      }
    }
  }

  private func follow(_ tap: FetchTap) async throws -> Set<Int> {
    var places: [Digest: [Int]]?
    var written: Set<Int> = []
    while let chunk = await tap.take() {
      if places == nil { places = try await self.places() }
      for number in places?[chunk.digest] ?? [] where !Task.isCancelled {
        try await store.pool.run { [file] in
          try file.write(chunk.bytes, at: Int64(number) * Int64(Manifest.chunkSize))
        }
        written.insert(number)
      }
      tap.done(chunk)
    }
    // Of a task that is cancelled whoever brings them says so.
    return written
  }

  /// Where each chunk stands in the file, but for those that become holes; nil when that is not
  /// known yet.
  private func places() async throws(BlobError) -> [Digest: [Int]]? {
    var known = try await store.manifest(of: id)
    if known == nil { known = try await store.partial(of: id) }
    guard let manifest = known else { return nil }
    var places = Dictionary(grouping: manifest.chunks.indices) { manifest.chunks[$0] }
    places[Tree.zeroChunk] = nil
    return places
  }
}
