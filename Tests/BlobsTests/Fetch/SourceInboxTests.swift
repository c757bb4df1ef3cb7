import Calls
import IO
import Primitives
import Testing

@testable import Blobs

struct SourceInboxTests {
  private func inbox() throws -> SourceInbox {
    var inbox = SourceInbox(opening: [0], wantsManifest: false)
    _ = try inbox.take(
      FilesV1.AskReply {
        $0.holdings = [FilesV1.Holding { $0.state = .whole }]
      })
    inbox.ask(4, length: 6)
    inbox.ask(5, length: 4)
    return inbox
  }

  private func part(_ number: UInt32, _ offset: Int, _ bytes: [UInt8]) -> FilesV1.AskReply {
    FilesV1.AskReply {
      $0.content = .chunk
      $0.number = number
      $0.offset = UInt32(offset)
      $0.bytes = bytes
    }
  }

  @Test(arguments: 1...6)
  func `a chunk comes whole however it is cut`(size: Int) throws {
    var inbox = try inbox()
    let bytes: [UInt8] = [1, 2, 3, 4, 5, 6]
    var events: [SourceInbox.Event] = []
    for start in stride(from: 0, to: 6, by: size) {
      events += try inbox.take(part(4, start, Array(bytes[start..<min(start + size, 6)])))
    }
    #expect(events.last == .chunk(4, PageBuffer(bytes)))
    #expect(events.count == (5 + size) / size + 1)
    #expect(throws: FetchFault.unasked) { try inbox.take(part(4, 0, bytes)) }
  }

  @Test func `what was withdrawn may break off, or come whole, and nothing else may`() throws {
    var inbox = try inbox()
    _ = try inbox.take(part(4, 0, [1, 2]))
    var strict = inbox
    #expect(throws: FetchFault.wrongLength) { try strict.take(part(5, 0, [1])) }
    inbox.withdraw(4)
    var patient = inbox
    #expect(
      try patient.take(part(4, 2, [3, 4, 5, 6])).last == .chunk(4, PageBuffer([1, 2, 3, 4, 5, 6])))
    #expect(try inbox.take(part(5, 0, [1, 2, 3, 4])).last == .chunk(5, PageBuffer([1, 2, 3, 4])))
    #expect(throws: FetchFault.unasked) { try inbox.take(part(4, 2, [3])) }
  }

  @Test func `a chunk that is asked for again may begin again`() throws {
    var inbox = try inbox()
    _ = try inbox.take(part(4, 0, [1, 2]))
    inbox.withdraw(4)
    inbox.ask(4, length: 6)
    _ = try inbox.take(part(4, 0, [1, 2, 3]))
    #expect(
      try inbox.take(part(4, 3, [4, 5, 6])).last == .chunk(4, PageBuffer([1, 2, 3, 4, 5, 6])))
    #expect(throws: FetchFault.unasked) { try inbox.take(part(4, 0, [1])) }
  }

  @Test func `a manifest comes in pieces, and only to whoever wanted it`() throws {
    let manifest = try cut([UInt8](repeating: 1, count: 3 << 20)).1
    let holding = FilesV1.AskReply {
      $0.holdings = [
        FilesV1.Holding {
          $0.state = .whole
          $0.size = 3 << 20
        }
      ]
    }
    func piece(_ range: Range<Int>) -> FilesV1.AskReply {
      FilesV1.AskReply {
        $0.content = .manifest
        $0.offset = UInt32(range.lowerBound)
        $0.bytes = Array(manifest.encoded[range])
      }
    }
    var inbox = SourceInbox(opening: [0], wantsManifest: true)
    #expect(throws: FetchFault.unasked) {
      var early = inbox
      _ = try early.take(piece(0..<5))
    }
    _ = try inbox.take(holding)
    #expect(try inbox.take(piece(0..<50)) == [.manifestPart(bytes: 50)])
    var other = inbox
    #expect(throws: FetchFault.wrongLength) { try other.take(piece(40..<60)) }
    #expect(try inbox.take(piece(50..<105)) == [.manifest(manifest.encoded)])
    #expect(throws: FetchFault.unasked) { try inbox.take(piece(0..<5)) }
    #expect(throws: FetchFault.wrongHolding) { try inbox.take(holding) }
  }

  /// Whatever comes, no more bytes are believed than were asked for.
  @Test(arguments: 0..<40)
  func `random replies bring no more than was asked for`(seed: UInt64) {
    var random = SplitMix(seed: seed)
    func below(_ limit: UInt64) -> Int { Int(random.next() % limit) }
    for _ in 0..<20 {
      var inbox = SourceInbox(opening: [0, 3], wantsManifest: below(2) == 0)
      var asked = 0
      var brought = 0
      for _ in 0..<60 {
        if below(3) == 0 {
          inbox.ask(UInt32(below(6)), length: 8)
          asked += 8
        }
        if below(5) == 0 { inbox.withdraw(UInt32(below(6))) }
        let reply = FilesV1.AskReply {
          $0.number = UInt32(below(6))
          $0.offset = UInt32(below(3) * 4)
          $0.content = below(4) == 0 ? .manifest : .chunk
          $0.bytes = [UInt8](repeating: 1, count: below(3) * 4)
          if below(4) == 0 { $0.gone = [UInt32(below(6))] }
          if below(6) == 0 {
            $0.holdings = [
              FilesV1.Holding {
                $0.first = UInt32(below(2) * 3); $0.state = .some
              }
            ]
          }
        }
        guard let events = try? inbox.take(reply) else { break }
        for case .chunk(_, let bytes) in events { brought += bytes.count }
      }
      #expect(brought <= asked)
    }
  }
}

extension SourceInbox {
  fileprivate mutating func take(_ reply: FilesV1.AskReply) throws(FetchFault) -> [Event] {
    try take(FetchReply(reply))
  }
}
