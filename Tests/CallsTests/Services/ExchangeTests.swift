import Primitives
import Testing

@testable import Calls

@Suite struct ExchangeTests {
  private func at(_ milliseconds: Int64) -> Instant {
    Instant(nanoseconds: milliseconds * 1_000_000)
  }

  private func ends() -> (caller: ExchangeEnd, called: ExchangeEnd) {
    (
      ExchangeEnd(seed: 7, isCaller: true, now: at(0)),
      ExchangeEnd(seed: 7, isCaller: false, now: at(0))
    )
  }

  @Test func `any piece of drawn bytes can be made alone`() {
    let drawn = DrawnBytes(seed: 3)
    let whole = drawn.piece(at: 0, count: 100)
    for start in 0..<20 {
      for count in [0, 1, 7, 8, 9, 50] {
        #expect(drawn.piece(at: UInt64(start), count: count) == Array(whole[start..<start + count]))
      }
    }
    #expect(Set(whole).count > 60)
    #expect(DrawnBytes(seed: 4).piece(at: 0, count: 100) != whole)
  }

  @Test func `what is sent at one end is right at the other`() {
    var (caller, called) = ends()
    for count in [1, 8, 4_096, 13] {
      let (there, back) = (caller.next(count), called.next(count))
      #expect(there.payload != back.payload)
      called.take(there.payload, at: there.offset, now: at(1))
      caller.take(back.payload, at: back.offset, now: at(1))
    }
    #expect(caller.checkedBytes == 4_118 && called.checkedBytes == 4_118)
    #expect(caller.wrongBytes == 0 && called.wrongBytes == 0)
  }

  @Test func `a changed byte is wrong; a piece lost, doubled or out of order is wrong as a whole`()
  {
    var (caller, called) = ends()
    var pieces = (0..<5).map { _ in caller.next(10) }
    pieces[0].payload[3] ^= 1
    called.take(pieces[0].payload, at: pieces[0].offset, now: at(1))
    #expect(called.wrongBytes == 1)
    for (piece, wrong) in [(2, 11), (2, 21), (1, 31), (2, 31), (3, 31)] as [(Int, UInt64)] {
      called.take(pieces[piece].payload, at: pieces[piece].offset, now: at(1))
      #expect(called.wrongBytes == wrong)
    }
  }

  @Test func `a stall is the longest wait since it was asked for, and goes on`() {
    var (caller, called) = ends()
    for time in [10, 30, 35] as [Int64] {
      let piece = caller.next(1)
      called.take(piece.payload, at: piece.offset, now: at(time))
    }
    #expect(called.takeStall(now: at(36)) == .milliseconds(20))
    #expect(called.takeStall(now: at(40)) == .milliseconds(5))
    #expect(called.takeStall(now: at(90)) == .milliseconds(55))
  }

  @Test func `both sides of a call check what comes`() async throws {
    let replies = try await overCalls(ProbeService.test.handlers) { wired in
      try await wired.probe.exchange { talk in
        var end = ExchangeEnd(seed: 5, isCaller: true, now: .now())
        var replies: [ProbeV1.ExchangeReply] = []
        while replies.last?.wrongBytes ?? 0 == 0 {
          let piece = end.next(100)
          try await talk.requests.write(
            ProbeV1.ExchangeRequest {
              $0.seed = 5
              $0.intervalMilliseconds = 1
              $0.bytes = 50
              $0.offset = piece.offset
              $0.payload = piece.payload
              // Something is wrong in the end.
              if replies.count > 5 { $0.payload[0] ^= 1 }
            })
          guard let reply = try await talk.replies.next() else { break }
          end.take(reply.payload, at: reply.offset, now: .now())
          replies.append(reply)
        }
        try await talk.finish()
        #expect(end.checkedBytes > 250 && end.wrongBytes == 0)
        return replies
      }
    }
    #expect(replies.count > 6 && replies[5].wrongBytes == 0)
    #expect(replies[5].checkedBytes > 0 && replies[5].checkedBytes % 100 == 0)
  }

  @Test func `an exchange that asks for too much is refused`() async throws {
    for (interval, bytes) in [(0, 1), (1, 65_537)] as [(UInt32, UInt32)] {
      let code: Status.Code? = try await overCalls(ProbeService.test.handlers) { wired in
        do {
          return try await wired.probe.exchange { talk in
            try await talk.requests.write(
              ProbeV1.ExchangeRequest {
                $0.intervalMilliseconds = interval
                $0.bytes = bytes
              })
            return try await talk.replies.next() == nil ? nil : Status.Code.ok
          }
        } catch let status as Status { return status.code }
      }
      #expect(code == .invalidArgument)
    }
  }
}
