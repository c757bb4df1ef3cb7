import IO
import Primitives
import Security

/// Bytes of unknown number on their way into the store.
struct StreamReading {
  private let reader: TreeReader
  private let writer: BlobWriter

  init(_ reader: TreeReader, _ writer: BlobWriter) {
    self.reader = reader
    self.writer = writer
  }

  func add(
    _ next: () async throws -> [UInt8]?, progress: (Int) -> Void
  ) async throws(BlobError) -> Manifest {
    var digests: [Digest] = []
    var size: Int64 = 0
    let buffer = PageBuffer(capacity: Manifest.chunkSize)
    while let bytes = try await Tree.working({ try await next() }) {
      try Tree.checkCancellation()
      size += Int64(bytes.count)
      guard size <= Manifest.sizeLimit else {
        throw BlobError(.refused, "a file may have \(Manifest.sizeLimit >> 40) TiB at most; cut it")
      }
      var rest = bytes[...]
      while !rest.isEmpty {
        rest = rest.dropFirst(buffer.append(rest))
        if buffer.count == buffer.capacity { digests.append(try await keep(buffer)) }
      }
      progress(bytes.count)
    }
    if buffer.count > 0 { digests.append(try await keep(buffer)) }
    guard let manifest = Manifest(size: size, chunks: digests) else {
      preconditionFailure("\(digests.count) chunks were cut of \(size) bytes")
    }
    return manifest
  }

  private func keep(_ buffer: PageBuffer) async throws(BlobError) -> Digest {
    let digest = try await reader.work { Digest.sha256(of: buffer) }
    try await writer.keep(buffer, digest)
    buffer.clear()
    return digest
  }
}
