import Primitives
import Security
import Testing

@testable import Blobs

struct ManifestTests {
  private static let chunk = Manifest.chunkSize

  private func cut(_ bytes: [UInt8], pieces: Int) throws -> ([ManifestBuilder.Chunk], Manifest) {
    var builder = ManifestBuilder()
    var chunks: [ManifestBuilder.Chunk] = []
    for start in stride(from: 0, to: bytes.count, by: pieces) {
      chunks += try builder.feed(bytes[start..<min(start + pieces, bytes.count)])
    }
    let (last, manifest) = builder.finish()
    return (chunks + (last.map { [$0] } ?? []), manifest)
  }

  @Test(arguments: [0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk])
  func `bytes are cut the same however they come`(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    let (chunks, manifest) = try cut(bytes, pieces: 65_537)
    let (_, other) = try cut(bytes, pieces: max(1, count))
    #expect(manifest == other && manifest.size == Int64(count))
    #expect(chunks.flatMap(\.bytes) == bytes)
    #expect(chunks.map(\.digest) == chunks.map { Digest.sha256(of: $0.bytes) })
    #expect(chunks.enumerated().allSatisfy { $1.bytes.count == manifest.length(of: $0) })
  }

  @Test func `the name is the hash of the manifest, and only those bytes are believed`() throws {
    let (_, manifest) = try cut([UInt8](repeating: 7, count: 2 * Self.chunk + 5), pieces: 1 << 20)
    let bytes = manifest.encoded
    #expect(try Manifest(decoding: bytes, of: manifest.id) == manifest)
    #expect(manifest.chunks[0] == manifest.chunks[1] && manifest.chunks.count == 3)
    for place in [0, 8, 9, bytes.count - 1] {
      var wrong = bytes
      wrong[place] ^= 1
      #expect(throws: BlobError.self) { try Manifest(decoding: wrong, of: manifest.id) }
    }
  }

  @Test(
    arguments: [
      [], [1], [2, 0, 0, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0, 1],
      [1, 255, 255, 255, 255, 255, 255, 255, 255], [1, 0, 0, 1, 0, 0, 0, 0, 1],
      [1, 0, 0, 0, 0, 0, 0, 0, 0, 9],
    ] as [[UInt8]])
  func `a manifest that does not add up is refused`(bytes: [UInt8]) {
    #expect(throws: BlobError.self) { try Manifest(decoding: bytes) }
  }

  @Test func `a range of bytes is in these chunks`() throws {
    let manifest = try cut([UInt8](repeating: 1, count: 2 * Self.chunk + 1), pieces: 4_096).1
    let size = Int64(Self.chunk)
    #expect(manifest.chunks(of: 0..<1) == 0..<1 && manifest.chunks(of: 0..<0).isEmpty)
    #expect(manifest.chunks(of: size - 1..<size + 1) == 0..<2)
    #expect(manifest.chunks(of: size..<2 * size + 1) == 1..<3)
  }
}

struct ChunkMapTests {
  @Test(arguments: [0, 1, 7, 8, 63, 64, 65, 1_000])
  func `what is missing and what is there make up the whole`(count: Int) throws {
    var map = ChunkMap(count: count)
    #expect(map.missing == Array(0..<count) && map.isFull == (count == 0))
    for chunk in stride(from: 0, to: count, by: 3) { map[chunk] = true }
    #expect(map.missing == (0..<count).filter { $0 % 3 != 0 })
    #expect(try ChunkMap(decoding: map.encoded, count: count) == map)
    for chunk in 0..<count { map[chunk] = true }
    #expect(map == ChunkMap(count: count, full: true) && map.isFull)
  }

  @Test func `bits beyond the last chunk and other lengths are refused`() {
    #expect(throws: BlobError.self) { try ChunkMap(decoding: [0b1000], count: 3) }
    #expect(throws: BlobError.self) { try ChunkMap(decoding: [1, 0], count: 3) }
    #expect(throws: BlobError.self) { try ChunkMap(decoding: [], count: 1) }
  }
}
