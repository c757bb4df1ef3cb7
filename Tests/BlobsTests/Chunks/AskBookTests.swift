import Calls
import Primitives
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
}
