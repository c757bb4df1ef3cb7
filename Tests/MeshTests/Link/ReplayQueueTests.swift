import Primitives
import Simulation
import Testing

@testable import Mesh

@Suite struct ReplayQueueTests {
  /// Bytes are put in, given out, acknowledged and given again from anywhere; what comes out must
  /// be the stream, whatever the order.
  @Test(arguments: 0..<30)
  func `gives every byte from any place again`(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    var queue = ReplayQueue(lane: 1)
    var written = 0
    var got = 0
    var reader = FrameReader()
    for _ in 0..<400 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<4:
        let most = random.chance(0.1) ? 90_000 : 900
        let count = Int.random(in: 1...most, using: &random)
        queue.append((written..<written + count).map(byte))
        written += count
      case 4: queue.appendAck(lane: 0, 5)
      case 5:
        // Another carrier, which goes on where the other side says.
        queue.seek(to: UInt64(got))
        reader = FrameReader()
      case 6: queue.release(upTo: UInt64(Int.random(in: Int(queue.acked)...got, using: &random)))
      default:
        var room = Int.random(in: 0...70_000, using: &random)
        while queue.hasOutput && room > 0 {
          _ = queue.give { lent in
            let count = min(lent.count, room)
            room -= count
            got = take(UnsafeRawBufferPointer(rebasing: lent[..<count]), &reader, got)
            return count
          }
        }
      }
      #expect(got >= 0, "a wrong byte")
      #expect(queue.end == UInt64(written))
      #expect(Int(queue.highest) == got)
      if got < 0 { return }
    }
    queue.seek(to: UInt64(got))
    #expect(queue.unsent >= written - got)
    queue.release(upTo: UInt64(got))
    #expect(queue.unacked == written - got)
  }

  @Test(arguments: [(100_000, 1), (60_000, 2)])
  func `what a session gives at once leaves at once, unless much room would be lost`(
    first: Int, pieces: Int
  ) {
    var queue = ReplayQueue(lane: 0)
    queue.append([UInt8](repeating: 1, count: first))
    var given: [Int] = []
    func give() {
      while queue.hasOutput {
        _ = queue.give { lent in
          given.append(lent.count)
          return lent.count
        }
      }
    }
    give()
    given = []
    // More than the end of the first chunk has room for.
    queue.append([UInt8](repeating: 2, count: 110_000))
    give()
    #expect(given.count == pieces)
    #expect(given.reduce(0, +) > 110_000)
    #expect(queue.unsent == 0)
    queue.seek(to: UInt64(first))
    #expect(queue.unsent == 110_000)
  }

  /// Returns how much of the stream is here by now; negative when a byte is not the right one.
  private func take(_ bytes: UnsafeRawBufferPointer, _ reader: inout FrameReader, _ got: Int) -> Int
  {
    var got = got
    var rest = bytes
    do {
      while let piece = try reader.next(&rest) {
        guard case .data(let lane, let offset, let part) = piece else { continue }
        guard lane == 1, Int(offset) <= got else { return -1 }
        for (index, found) in part.enumerated() where found != byte(Int(offset) + index) {
          return -1
        }
        got = max(got, Int(offset) + part.count)
      }
    } catch { return -1 }
    return got
  }

  private func byte(_ place: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: place &* 31 &+ place >> 8)
  }
}

extension ReplayQueue {
  fileprivate mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }
}
