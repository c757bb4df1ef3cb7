import IO
import Primitives
import Security

/// Makes a blob of bytes that come piece by piece. Hashing takes place off the caller's loop; no
/// more than one chunk is held.
/// Guard: confinement to the task that made it.
final class BlobIntake {
  private let store: BlobStore
  private let writer: BlobWriter
  private let limit: Int64
  private var gathered: [UInt8] = []
  private var digests: [Digest] = []
  private var size: Int64 = 0

  init(_ store: BlobStore, limit: Int64) {
    self.store = store
    self.limit = min(limit, Manifest.sizeLimit)
    writer = BlobWriter(store)
  }

  func feed(_ bytes: [UInt8]) async throws {
    size += Int64(bytes.count)
    guard size <= limit else {
      throw BlobError(.refused, "a file may have \(limit) bytes at most here")
    }
    var rest = bytes[...]
    while !rest.isEmpty {
      if gathered.isEmpty { gathered.reserveCapacity(Manifest.chunkSize) }
      let piece = rest.prefix(Manifest.chunkSize - gathered.count)
      gathered += piece
      rest = rest.dropFirst(piece.count)
      if gathered.count == Manifest.chunkSize { try await keep() }
    }
  }

  private func keep() async throws {
    let chunk = gathered
    gathered = []
    let digest = try await BlockingPool.shared.run { Digest.sha256(of: chunk) }
    digests.append(digest)
    try await writer.keep(chunk, digest)
  }

  /// The blob, whole and durable. With a name only if that is its own.
  func finish(as wanted: BlobID? = nil) async throws -> Manifest {
    if !gathered.isEmpty { try await keep() }
    guard let manifest = Manifest(size: size, chunks: digests) else {
      preconditionFailure("\(digests.count) chunks were cut of \(size) bytes")
    }
    if let wanted, manifest.id != wanted {
      throw BlobError(
        .refused, "these bytes are \(manifest.id), not \(wanted); send them to that address")
    }
    try await writer.seal([manifest])
    return manifest
  }

  func close() async { await writer.close() }
}
