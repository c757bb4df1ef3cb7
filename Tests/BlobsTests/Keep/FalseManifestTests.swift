import Primitives
import Security
import Testing

@testable import Blobs

struct FalseManifestTests {
  @Test func `one chunk does not have two lengths`() throws {
    let digest = Digest.sha256(of: [1])
    let wrong = try #require(Manifest(size: 1 << 20 | 1, chunks: [digest, digest]))
    let error = #expect(throws: BlobError.self) { try Manifest(decoding: wrong.encoded) }
    #expect(error?.code == .damaged)
    let equal = try #require(Manifest(size: 2 << 20, chunks: [digest, digest]))
    #expect(try Manifest(decoding: equal.encoded) == equal)
  }

  @Test(arguments: [500, 5_000, 1 << 20])
  func `a blob that says a false length of a chunk is not sealed`(length: Int) async throws {
    let kept = try await KeptBlobs()
    let right = try await kept.add(KeptBlobs.bytes(length, 1))
    let wrong = try #require(Manifest(size: Int64(length) - 1, chunks: right.chunks))
    let writer = BlobWriter(kept.store)
    #expect(try await writer.has(right.chunks[0]))
    let error = await #expect(throws: BlobError.self) { try await writer.seal([wrong]) }
    #expect(error?.code == .damaged)
    await writer.close()
    #expect(try await kept.areHere(right, wrong) == [true, false])
    #expect(try await kept.store.verify().isSound)
  }

  @Test func `files that are fetched together agree on the lengths of their chunks`() throws {
    let digest = Digest.sha256(of: [1])
    let manifests = try [5, 6].map { try #require(Manifest(size: $0, chunks: [digest])) }
    let error = #expect(throws: BlobError.self) { try FetchPlan(manifests, held: []) }
    #expect(error?.code == .damaged)
    #expect(try FetchPlan([manifests[0], manifests[0]], held: []).pieces.count == 1)
  }
}
