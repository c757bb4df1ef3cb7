import Primitives

/// Makes a blob of bytes that come piece by piece; call `close` at the end, whatever happened.
/// Guard: confinement to the task that made it.
final class BlobIntake {
  private let writer: BlobWriter
  private let cutter: ChunkCutter

  init(_ store: BlobStore, limit: Int64) {
    writer = BlobWriter(store)
    cutter = ChunkCutter(writer, limit: limit)
  }

  func feed(_ bytes: [UInt8]) async throws(BlobError) { try await cutter.feed(bytes) }

  /// The blob, whole and durable. With a name only if that is its own.
  func finish(as wanted: BlobID? = nil) async throws(BlobError) -> Manifest {
    let manifest = try await cutter.finish()
    if let wanted, manifest.id != wanted {
      throw BlobError(
        .refused, "these bytes are \(manifest.id), not \(wanted); send them to that address")
    }
    try await writer.seal([manifest])
    return manifest
  }

  func close() async { await writer.close() }
}
