package import Primitives
import Security

/// Cuts bytes that come piece by piece: whole chunks out, the manifest at the end. For trials and
/// measurements; what goes into a store is cut by `ChunkCutter`, which keeps less of it in memory.
package struct ManifestBuilder: Sendable {
  package struct Chunk: Sendable, Equatable {
    package var number: Int
    package var digest: Digest
    package var bytes: [UInt8]
  }

  private var pending: [UInt8] = []
  private var digests: [Digest] = []
  private var size: Int64 = 0

  package init() {}

  /// How many bytes it was fed.
  package var count: Int64 { size }

  /// Returns the chunks that are complete now.
  package mutating func feed(_ bytes: ArraySlice<UInt8>) throws(BlobError) -> [Chunk] {
    guard size + Int64(bytes.count) <= Manifest.sizeLimit else {
      throw BlobError(.refused, "a file may have \(Manifest.sizeLimit >> 40) TiB at most; cut it")
    }
    size += Int64(bytes.count)
    var chunks: [Chunk] = []
    var rest = bytes
    while !rest.isEmpty {
      if pending.isEmpty { pending.reserveCapacity(Manifest.chunkSize) }
      let piece = rest.prefix(Manifest.chunkSize - pending.count)
      pending += piece
      rest = rest.dropFirst(piece.count)
      if pending.count == Manifest.chunkSize { chunks.append(cut()) }
    }
    return chunks
  }

  /// The last chunk, if any is left, and the manifest.
  package mutating func finish() -> (last: Chunk?, manifest: Manifest) {
    let last = pending.isEmpty ? nil : cut()
    guard let manifest = Manifest(size: size, chunks: digests) else {
      preconditionFailure("\(digests.count) chunks were cut of \(size) bytes")
    }
    return (last, manifest)
  }

  private mutating func cut() -> Chunk {
    let chunk = Chunk(
      number: digests.count, digest: Digest.sha256(of: pending), bytes: pending)
    digests.append(chunk.digest)
    pending = []
    return chunk
  }
}
