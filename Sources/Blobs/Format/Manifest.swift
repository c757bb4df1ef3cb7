package import Primitives
import Security

// # Blobs
//
// A *blob* is a sequence of bytes, cut into *chunks* of one mebibyte, the last one shorter. A
// chunk is named by its SHA-256. The *manifest* lists the size and the names of all chunks in
// order, and its own SHA-256 is the name of the blob. So whoever has the name can check the
// manifest, and with it every chunk, from any source and in any order, before it is used.
//
// Equal bytes have equal names: there is one way to cut, and one way to write a manifest.
//
// A *folder* is a blob too, whose bytes are a `Listing` of paths and the blobs behind them.

/// Which chunks make up a blob.
package struct Manifest: Hashable, Sendable {
  package static let chunkSize = 1 << 20
  /// A tebibyte: its manifest takes 32 MiB.
  package static let sizeLimit = Int64(1) << 40
  static let headSize = 9
  /// The first byte, for other ways to cut in times to come.
  static let version: UInt8 = 1

  package let size: Int64
  package let chunks: [Digest]

  /// Nil when the number of chunks is not that of the size.
  package init?(size: Int64, chunks: [Digest]) {
    guard 0...Self.sizeLimit ~= size, Self.chunkCount(of: size) == chunks.count else { return nil }
    self.size = size
    self.chunks = chunks
  }

  package static func chunkCount(of size: Int64) -> Int {
    Int((size + Int64(chunkSize) - 1) / Int64(chunkSize))
  }

  /// Of the chunk with that number.
  package func length(of chunk: Int) -> Int {
    Int(min(Int64(Self.chunkSize), size - Int64(chunk) * Int64(Self.chunkSize)))
  }

  /// The chunks that hold these bytes.
  package func chunks(of range: Range<Int64>) -> Range<Int> {
    if range.isEmpty { return 0..<0 }
    let chunk = Int64(Self.chunkSize)
    return Int(range.lowerBound / chunk)..<Int((range.upperBound - 1) / chunk) + 1
  }

  package var id: BlobID { BlobID(Digest.sha256(of: encoded)) }

  package var encoded: [UInt8] {
    var bytes: [UInt8] = [Self.version]
    bytes.reserveCapacity(Self.headSize + 32 * chunks.count)
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: size >> Int64(shift)))
    }
    for chunk in chunks { bytes += chunk.bytes }
    return bytes
  }

  /// Believes the bytes only when they are what the name says.
  package init(decoding bytes: [UInt8], of id: BlobID) throws(BlobError) {
    guard Digest.sha256(of: bytes) == id.digest else {
      throw BlobError(.damaged, "what came as the manifest of \(id.short) is not it")
    }
    try self.init(decoding: bytes)
  }

  package init(decoding bytes: [UInt8]) throws(BlobError) {
    guard bytes.count >= Self.headSize, bytes[0] == Self.version else {
      throw BlobError(.damaged, "this is no manifest of version \(Self.version)")
    }
    let unsigned = bytes[1..<Self.headSize].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let size = Int64(exactly: unsigned), size <= Self.sizeLimit,
      bytes.count == Self.headSize + 32 * Self.chunkCount(of: size)
    else {
      throw BlobError(
        .damaged, "a manifest of \(bytes.count) bytes does not fit a blob of \(unsigned) bytes")
    }
    let chunks = stride(from: Self.headSize, to: bytes.count, by: 32).compactMap {
      Digest(bytes[$0..<$0 + 32])
    }
    // All but the last one are as long as a chunk can be.
    if let last = chunks.last, size % Int64(Self.chunkSize) != 0, chunks.dropLast().contains(last) {
      throw BlobError(.damaged, "a manifest says that the chunk \(last) has two lengths")
    }
    (self.size, self.chunks) = (size, chunks)
  }

  /// How many bytes the manifest of a blob of that size takes.
  package static func encodedSize(of size: Int64) -> Int { headSize + 32 * chunkCount(of: size) }
}
