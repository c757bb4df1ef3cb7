import Primitives
import Simulation
import Testing

@testable import Mesh

@Suite struct LinkFrameTests {
  private static let sample: [UInt8] =
    Wire.data(1, 77, [1, 2, 3, 4, 5]) + Wire.frame(LinkFrame.Head(.ack, lane: 1, number: 9))
    + Wire.attach(LinkFrame.Attach(epoch: 3, link: 4, isNew: true, received: (5, 6)))
    + Wire.frame(LinkFrame.Head(.end, number: 12)) + Wire.frame(LinkFrame.Head(.gone, number: 4))
    + Wire.frame(LinkFrame.Head(.ping, number: .max))
    + Wire.frame(LinkFrame.Head(.detach, number: 1))
    + Wire.frame(LinkFrame.Head(.close, number: 9_999)) + Wire.data(0, 0, [6])
    + Wire.frame(LinkFrame.Head(.close, length: 3, number: 6)) + [7, 8, 9]
    + Wire.data(1, 1, [6])

  private static let whole = [
    "data 1 77 1", "data 1 78 2", "data 1 79 3", "data 1 80 4", "data 1 81 5", "ack 1 9",
    "attach 3 4 true 5 6", "end 0 12", "gone 4", "ping 18446744073709551615", "detach superseded",
    "close done []", "data 0 0 6", "close revoked [7, 8, 9]", "data 1 1 6",
  ]

  @Test func `frames read the same at every split`() throws {
    for first in 0...Self.sample.count {
      for second in [first, min(first + 1, Self.sample.count), Self.sample.count] {
        let parts = [
          Self.sample[..<first], Self.sample[first..<second], Self.sample[second...],
        ]
        #expect(try read(parts.map { Array($0) }) == Self.whole)
      }
    }
    #expect(try read(Self.sample.map { [$0] }) == Self.whole)
  }

  @Test(arguments: 0..<40)
  func `made-up bytes end alike at any split`(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    for _ in 0..<50 {
      var bytes = Self.sample
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: bytes.indices, using: &random)] = .random(
          in: .min ... .max, using: &random)
      }
      let split = Int.random(in: 0...bytes.count, using: &random)
      let once = outcome([bytes])
      #expect(outcome([Array(bytes[..<split]), Array(bytes[split...])]) == once)
      #expect(outcome(bytes.map { [$0] }) == once)
    }
  }

  /// One line for every byte of data and every other frame.
  private func read(_ parts: [[UInt8]]) throws(NetworkError) -> [String] {
    var lines: [String] = []
    try read(parts, into: &lines)
    return lines
  }

  private func outcome(_ parts: [[UInt8]]) -> [String] {
    var lines: [String] = []
    do { try read(parts, into: &lines) } catch { lines.append(error.message) }
    return lines
  }

  private func read(_ parts: [[UInt8]], into lines: inout [String]) throws(NetworkError) {
    var reader = FrameReader()
    for part in parts {
      let result: Result<Void, NetworkError> = part.withUnsafeBytes { bytes in
        Result { () throws(NetworkError) in
          var rest = bytes
          while let piece = try reader.next(&rest) { lines += describe(piece) }
        }
      }
      try result.get()
    }
  }

  private func describe(_ piece: FrameReader.Piece) -> [String] {
    switch piece {
    case .data(let lane, let offset, let bytes):
      bytes.enumerated().map { "data \(lane) \(offset + UInt64($0.offset)) \($0.element)" }
    case .end(let lane, let offset): ["end \(lane) \(offset)"]
    case .ack(let lane, let offset): ["ack \(lane) \(offset)"]
    case .attach(let attach):
      [
        "attach \(attach.epoch) \(attach.link) \(attach.isNew) \(attach.received.0) "
          + "\(attach.received.1)"
      ]
    case .gone(let link): ["gone \(link)"]
    case .ping(let token): ["ping \(token)"]
    case .pong(let token): ["pong \(token)"]
    case .detach(let reason): ["detach \(reason)"]
    case .close(let farewell): ["close \(farewell.reason) \(farewell.proof)"]
    }
  }
}
