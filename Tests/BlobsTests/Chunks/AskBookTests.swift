import Calls
import Primitives
import Security
import Testing

@testable import Blobs

struct AskBookTests {
  @Test func `an empty blob has no chunk that could be asked for`() throws {
    let empty = try #require(Manifest(size: 0, chunks: []))
    var book = AskBook(limits: ChunkService.Limits())
    var opening = FilesV1.Opening()
    opening.first = 7
    try book.open(opening, empty, FilesV1.Holding())
    #expect(book.next() == .job(.holdings([FilesV1.Holding()])))
    for number in [6, 7, 8] as [UInt32] {
      let refusal = #expect(throws: Status.self) { try book.ask([number]) }
      #expect(refusal?.code == .invalidArgument)
    }
    #expect(book.waiting == 0 && book.next() == .nothing)
  }

  private func open(
    _ book: inout AskBook, _ number: UInt8, chunks: Int, wantsManifest: Bool = false
  ) throws -> Manifest {
    let digest = Digest.sha256(of: [number])
    let manifest = try #require(
      Manifest(
        size: Int64(chunks) << 20, chunks: Array(repeating: digest, count: chunks)))
    let opening = FilesV1.Opening {
      $0.blob = manifest.id.bytes
      $0.first = UInt32(number) * 1_000
      $0.wantsManifest = wantsManifest
    }
    try book.open(opening, manifest, FilesV1.Holding { $0.first = opening.first })
    return manifest
  }

  @Test func `the blobs of a call have so many chunks together`() throws {
    var limits = ChunkService.Limits()
    limits.chunks = 10
    var book = AskBook(limits: limits)
    _ = try open(&book, 1, chunks: 6)
    let status = #expect(throws: Status.self) { try open(&book, 2, chunks: 5) }
    #expect(status?.code == .resourceExhausted)
    _ = try open(&book, 3, chunks: 4)
    #expect(ChunkService.Limits().chunks == Manifest.chunkCount(of: Manifest.sizeLimit))
  }

  @Test func `a blob is named once`() throws {
    var book = AskBook(limits: ChunkService.Limits())
    let manifest = try open(&book, 1, chunks: 2)
    for given in [manifest, nil] {
      let again = FilesV1.Opening {
        $0.blob = manifest.id.bytes
        $0.first = 50_000
      }
      let status = #expect(throws: Status.self) {
        try book.open(again, given, FilesV1.Holding { $0.first = 50_000 })
      }
      #expect(status?.code == .invalidArgument)
    }
  }

  @Test func `a manifest waits until it is taken`() throws {
    var book = AskBook(limits: ChunkService.Limits())
    _ = try open(&book, 1, chunks: 2)
    #expect(!book.isBehind)
    let manifest = try open(&book, 2, chunks: 3, wantsManifest: true)
    #expect(book.isBehind)
    #expect(
      book.next() == .job(.holdings([1_000, 2_000].map { first in .init { $0.first = first } })))
    #expect(book.isBehind)
    #expect(book.next() == .job(.manifest(first: 2_000, manifest.encoded)))
    #expect(!book.isBehind)
  }
}
