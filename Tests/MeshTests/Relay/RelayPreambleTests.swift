import Primitives
import Simulation
import Testing

@testable import Mesh

@Suite struct RelayPreambleTests {
  private let preamble = RelayPreamble(.numbered(7))

  @Test func `it begins with a zero and has forty bytes`() {
    #expect(preamble.encoded.first == 0)
    #expect(preamble.encoded.count == 40)
    #expect(RelayPreamble.count == 40)
  }

  @Test func `split anywhere, it is read and nothing behind it is taken`() throws {
    let bytes = preamble.encoded + [0x16, 3, 1]
    for split in 0...bytes.count {
      var parser = RelayPreamble.Parser()
      let first = try parser.feed(bytes[..<split])
      if split >= 40 {
        #expect(first.taken == 40 && first.result == preamble, "split at \(split)")
        continue
      }
      #expect(first.taken == split && first.result == nil, "split at \(split)")
      let second = try parser.feed(bytes[split...])
      #expect(second.taken == 40 - split && second.result == preamble, "split at \(split)")
    }
  }

  @Test(arguments: 0..<8) func `a wrong byte before the ticket is a violation at once`(
    _ index: Int
  ) {
    var bytes = preamble.encoded
    bytes[index] ^= 0x20
    #expect(
      throws: NetworkError.self,
      performing: {
        var parser = RelayPreamble.Parser()
        for byte in bytes[...index] { _ = try parser.feed([byte]) }
      })
  }

  @Test func `random bytes are refused or read, and never overrun`() {
    var random = SeededRandom(seed: 11)
    var read = 0
    for _ in 0..<2000 {
      var bytes = preamble.encoded + [1, 2, 3]
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      var parser = RelayPreamble.Parser()
      guard let fed = try? parser.feed(bytes) else { continue }
      read += 1
      #expect(fed.taken == 40)
      #expect(fed.result?.ticket.bytes.bytes == Array(bytes[8..<40]))
    }
    #expect(read > 500 && read < 2000)
  }
}

extension RelayTicket {
  static func numbered(_ number: UInt8) -> RelayTicket {
    guard let ticket = RelayTicket([UInt8](repeating: number, count: 32)) else { fatalError() }
    return ticket
  }
}

extension NodeID {
  static func numbered(_ number: Int) -> NodeID {
    let bytes = (0..<32).map { UInt8(truncatingIfNeeded: number >> ($0 % 4 * 8)) }
    guard let id = NodeID(bytes) else { fatalError() }
    return id
  }
}

extension Instant {
  static func at(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1e9)) }
}
