import Mesh
import Primitives
import Simulation
import Testing

@Suite struct ReconciliationMessageTests {
  static func sample(_ random: inout SeededRandom, entries: Int) -> ReconciliationMessage {
    var bounds = (0..<entries * 2).map { _ in random.bytes32() }.sorted()
    bounds[0] = .zero
    var message = ReconciliationMessage(hasMore: random.chance(0.5))
    for index in 0..<entries {
      let isLast = index == entries - 1
      let next = bounds[2 * index + 1].words.0
      let upper: Bytes32? = isLast ? nil : Bytes32(words: (next, 0, 0, 0))
      let range = KeyRange(
        lower: Bytes32(words: (bounds[2 * index].words.0, 0, 0, 0)), upper: upper)
      let tags = random.items(Int.random(in: 1..<5, using: &random), isVersioned: false).map(\.tag)
      switch index % 3 {
      case 0: message.entries.append(.init(range, .fingerprint(tags[0])))
      case 1: message.entries.append(.init(range, .list(tags)))
      default: message.entries.append(.init(range, .want(tags)))
      }
    }
    return message
  }

  @Test func `what is written reads the same`() throws {
    for seed in 0..<200 {
      var random = SeededRandom(seed: UInt64(seed))
      let message = Self.sample(&random, entries: 1 + seed % 20)
      let bytes = message.encoded
      #expect(try ReconciliationMessage(decoding: bytes) == message)
      #expect(try ReconciliationMessage(decoding: bytes).encoded == bytes)
    }
  }

  @Test func `a message cut short anywhere is refused or is a shorter message`() throws {
    var random = SeededRandom(seed: 21)
    let message = Self.sample(&random, entries: 9)
    let bytes = message.encoded
    var complete = 0
    for count in 0..<bytes.count {
      do {
        let part = try ReconciliationMessage(decoding: Array(bytes.prefix(count)))
        #expect(part.entries == Array(message.entries.prefix(part.entries.count)))
        complete += 1
      } catch {
        #expect(error.code == .violation)
      }
    }
    // Only where an entry ends, and before the first.
    #expect(complete == 9)
  }

  @Test func `changed bytes are refused, or have one way to be written`() {
    var random = SeededRandom(seed: 22)
    var refused = 0
    for _ in 0..<20_000 {
      var bytes = Self.sample(&random, entries: Int.random(in: 1...6, using: &random)).encoded
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      do {
        let message = try ReconciliationMessage(decoding: bytes)
        #expect(message.encoded == bytes)
      } catch {
        refused += 1
        #expect(error.code == .violation)
      }
    }
    #expect((1_000..<20_000).contains(refused))
  }

  @Test(
    arguments: [
      ("nothing", []),
      ("another version", [0x20]),
      ("an end with a prefix", [0x10, 0x0D] + [UInt8](repeating: 0, count: 16)),
      ("a bound without bytes", [0x10, 0x01, 0x00] + [UInt8](repeating: 0, count: 16)),
      ("a bound that ends in zero", [0x10, 0x01, 0x02, 1, 0] + [UInt8](repeating: 0, count: 16)),
      ("a bound of 33 bytes", [0x10, 0x01, 33] + [UInt8](repeating: 1, count: 60)),
      ("a gap at the end", [0x10, 0x00, 1, 9]),
      ("two gaps", [0x10, 0x00, 1, 9, 0x00, 1, 10, 0x06, 0]),
      ("a gap to the end of all", [0x10, 0x04]),
      ("a list of 65", [0x10, 0x06, 65] + [UInt8](repeating: 7, count: 65 * 16)),
      ("a list of many", [0x10, 0x06, 0xFF, 0xFF, 0x7F]),
      ("a length written the long way", [0x10, 0x06, 0x80, 0x00]),
      ("a want of nothing", [0x10, 0x07, 0]),
      ("something behind the end", [0x10, 0x06, 0, 0x06, 0]),
      (
        "bounds that go back",
        [0x10, 0x01, 1, 9] + [UInt8](repeating: 0, count: 16) + [0x01, 1, 8]
          + [UInt8](repeating: 0, count: 16)
      ),
    ] as [(String, [UInt8])])
  func `what no honest peer writes is refused`(name: String, bytes: [UInt8]) {
    #expect(throws: NetworkError.self, "\(name)") {
      try ReconciliationMessage(decoding: bytes)
    }
  }

  @Test func `a message beyond the limit is refused unread`() {
    var limits = ReconciliationMessage.Limits()
    limits.bytes = 10
    #expect(throws: NetworkError.self) {
      try ReconciliationMessage(decoding: [UInt8](repeating: 0x10, count: 11), limits: limits)
    }
  }
}
