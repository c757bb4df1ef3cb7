import IO
import Primitives
import Security

/// One file on its way into the store, chunk by chunk.
struct FileReading {
  private struct Chunk: Sendable {
    var number: Int
    var digest: Digest
    /// Nil when it is nothing but a hole.
    var buffer: PageBuffer?
  }

  private let reader: TreeReader
  private let file: FileHandle
  private let path: String
  private let writer: BlobWriter

  init(_ reader: TreeReader, _ file: FileHandle, _ path: String, _ writer: BlobWriter) {
    self.reader = reader
    self.file = file
    self.path = path
    self.writer = writer
  }

  /// `before` is what the file was when it was opened. `progress` is told of every chunk's bytes.
  func add(
    _ before: FileInfo, progress: (Int) -> Void
  ) async throws(BlobError) -> Manifest {
    guard before.size <= Manifest.sizeLimit else {
      throw BlobError(
        .refused, "\(SafePath.shown(path)) is larger than \(Manifest.sizeLimit >> 40) TiB; cut it")
    }
    let chunks = try await Tree.working { try await keepChunks(before.size, progress) }
    let after = try await reader.work { [file] in try file.info() }
    guard after.size == before.size, after.modified == before.modified,
      let manifest = Manifest(size: before.size, chunks: chunks)
    else { throw TreeReader.changed(path) }
    return manifest
  }

  private func keepChunks(
    _ size: Int64, _ progress: (Int) -> Void
  ) async throws -> [Digest] {
    let count = Manifest.chunkCount(of: size)
    var digests: [Digest] = []
    digests.reserveCapacity(count)
    try await withThrowingTaskGroup(of: Chunk.self) { group in
      var free: [PageBuffer] = []
      var next = 0
      var ahead: [Int: Chunk] = [:]
      while digests.count < count {
        while next < count, next < digests.count + reader.limits.chunksAhead {
          start(next, size, free.popLast(), &group)
          next += 1
        }
        while ahead[digests.count] == nil, let chunk = try await group.next() {
          ahead[chunk.number] = chunk
        }
        guard let chunk = ahead.removeValue(forKey: digests.count) else { break }
        try Tree.checkCancellation()
        try await keep(chunk)
        if let buffer = chunk.buffer { free.append(buffer) }
        digests.append(chunk.digest)
        progress(length(chunk.number, size))
      }
    }
    return digests
  }

  private func length(_ chunk: Int, _ size: Int64) -> Int {
    Int(min(Int64(Manifest.chunkSize), size - Int64(chunk) * Int64(Manifest.chunkSize)))
  }

  private func start(
    _ number: Int, _ size: Int64, _ free: PageBuffer?,
    _ group: inout ThrowingTaskGroup<Chunk, any Error>
  ) {
    let (file, path, pool) = (file, path, reader.store.pool)
    let length = length(number, size)
    group.addTask {
      try await pool.run {
        let offset = Int64(number) * Int64(Manifest.chunkSize)
        if length == Manifest.chunkSize {
          let data = try file.nextData(from: offset) ?? .max
          if data >= offset + Int64(length) {
            return Chunk(number: number, digest: Tree.zeroChunk, buffer: nil)
          }
        }
        let buffer = free ?? PageBuffer(capacity: Manifest.chunkSize)
        try file.read(into: buffer, at: offset)
        guard buffer.count == length else { throw TreeReader.changed(path) }
        return Chunk(number: number, digest: Digest.sha256(of: buffer), buffer: buffer)
      }
    }
  }

  private func keep(_ chunk: Chunk) async throws(BlobError) {
    if let buffer = chunk.buffer {
      try await writer.keep(buffer, chunk.digest)
    } else if try await !writer.has(chunk.digest) {
      try await writer.keep([UInt8](repeating: 0, count: Manifest.chunkSize), chunk.digest)
    }
  }
}
