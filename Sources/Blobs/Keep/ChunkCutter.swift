import IO
import Primitives
import Security

/// Cuts bytes that come piece by piece into chunks, and keeps them. Hashing takes place off the
/// caller's loop; no more than one chunk is held.
/// Guard: confinement to the task that made it.
final class ChunkCutter {
  private let writer: BlobWriter
  private let limit: Int64
  private let buffer = PageBuffer(capacity: Manifest.chunkSize)
  private var digests: [Digest] = []
  private var size: Int64 = 0

  /// `limit` is how many bytes may come.
  init(_ writer: BlobWriter, limit: Int64 = Manifest.sizeLimit) {
    self.writer = writer
    self.limit = min(limit, Manifest.sizeLimit)
  }

  func feed(_ bytes: [UInt8]) async throws(BlobError) {
    size += Int64(bytes.count)
    guard size <= limit else {
      throw BlobError(.refused, "a file may have \(limit) bytes at most here; cut it")
    }
    var rest = bytes[...]
    while !rest.isEmpty {
      rest = rest.dropFirst(buffer.append(rest))
      if buffer.count == buffer.capacity { try await keep() }
    }
  }

  /// Keeps the rest. What they are together is not sealed yet.
  func finish() async throws(BlobError) -> Manifest {
    if buffer.count > 0 { try await keep() }
    guard let manifest = Manifest(size: size, chunks: digests) else {
      preconditionFailure("\(digests.count) chunks were cut of \(size) bytes")
    }
    return manifest
  }

  private func keep() async throws(BlobError) {
    let (store, buffer) = (writer.store, buffer)
    let digest = try await store.storing {
      try await store.pool.run { Digest.sha256(of: buffer) }
    }
    digests.append(digest)
    try await writer.keep(buffer, digest)
    buffer.clear()
  }
}
