import Testing

@testable import Calls

@Suite struct WireTests {
  private typealias Everything = SampleV1.Everything
  private typealias Leaf = SampleV1.Leaf

  @Test func `packed and single numbers are both taken, and mixed`() throws {
    let packed = try Leaf(decoding: [0x1A, 3, 1, 0x80, 1])
    #expect(packed.list == [1, 128])
    #expect(try Leaf(decoding: [0x18, 1, 0x1A, 2, 2, 3, 0x18, 4]).list == [1, 2, 3, 4])
    // Field 39 asks to be written unpacked.
    #expect(try Everything(decoding: [0xBA, 2, 2, 5, 6]).unpacked == [5, 6])
    #expect(try Everything(decoding: [0xBA, 2, 2, 5, 6]).encoded() == [0xB8, 2, 5, 0xB8, 2, 6])
  }

  @Test func `a singular message that comes twice merges`() throws {
    let first = Everything {
      $0.leaf = Leaf {
        $0.number = 1; $0.list = [1]
      }
    }
    let second = Everything {
      $0.leaf = Leaf {
        $0.text = "two"; $0.list = [2]
      }
    }
    let merged = try Everything(decoding: first.encoded() + second.encoded())
    #expect(
      merged.leaf
        == Leaf {
          $0.number = 1; $0.text = "two"; $0.list = [1, 2]
        })
    let boxed =
      Everything { $0.child = first }.encoded() + Everything { $0.child = second }.encoded()
    #expect(try Everything(decoding: boxed).child == merged)
  }

  @Test func `the last member of a oneof stays and a message among them merges`() throws {
    let text = Everything { $0.choice = .choiceText("a") }.encoded()
    let leaf = Everything { $0.choice = .choiceLeaf(Leaf { $0.number = 1 }) }.encoded()
    let more = Everything { $0.choice = .choiceLeaf(Leaf { $0.text = "b" }) }.encoded()
    #expect(try Everything(decoding: leaf + text).choice == .choiceText("a"))
    let both = Leaf {
      $0.number = 1; $0.text = "b"
    }
    #expect(try Everything(decoding: text + leaf + more).choice == .choiceLeaf(both))
    #expect(
      try Everything(decoding: leaf + text + more).choice
        == .choiceLeaf(Leaf { $0.text = "b" }))
  }

  @Test func `an entry of a map may lack its key or value, and the last one stays`() throws {
    let entry: [UInt8] = [0x92, 3]
    #expect(try Everything(decoding: entry + [0]).texts == ["": ""])
    #expect(try Everything(decoding: entry + [3, 0x12, 1, 0x61]).texts == ["": "a"])
    let twice =
      entry + [6, 0x0A, 1, 0x6B, 0x12, 1, 0x61] + entry + [6, 0x12, 1, 0x62, 0x0A, 1, 0x6B]
    #expect(try Everything(decoding: twice).texts == ["k": "b"])
  }

  @Test func `fields this program does not know survive`() throws {
    // A varint, eight bytes, a run, a group with a group inside, four bytes; then a known one.
    let unknown: [UInt8] =
      [0xF8, 0x3F, 0x96, 1] + [0xF9, 0x3F, 1, 2, 3, 4, 5, 6, 7, 8] + [0xFA, 0x3F, 2, 9, 9]
      + [0xFB, 0x3F, 0x0B, 0x08, 1, 0x0C, 0xFC, 0x3F] + [0xFD, 0x3F, 1, 2, 3, 4]
    let leaf = try Leaf(decoding: unknown + [0x08, 5])
    #expect(leaf.number == 5)
    #expect(leaf.encoded() == [0x08, 5] + unknown)
    #expect(leaf != Leaf { $0.number = 5 })
  }

  @Test func `a known number of another wire type is kept as unknown`() throws {
    let leaf = try Leaf(decoding: [0x0A, 1, 0x61, 0x10, 7])
    #expect(leaf.number == 0 && leaf.text.isEmpty)
    #expect(leaf.encoded() == [0x0A, 1, 0x61, 0x10, 7])
  }

  @Test func `numbers too long for their type lose their upper bits`() throws {
    let ones: [UInt8] = Array(repeating: 0xFF, count: 9)
    #expect(try Everything(decoding: [0x18] + ones + [0x01]).int32 == -1)
    #expect(try Everything(decoding: [0x28] + ones + [0x01]).uint32 == .max)
    #expect(try Everything(decoding: [0x68, 0x80, 0x02]).bool)
    #expect(try Everything(decoding: [0x30] + ones + [0x7F]).uint64 == .max)
  }

  private static let failures: [(bytes: [UInt8], text: String)] = [
    ([0x08], "apus.sample.v1.Leaf.number, byte 1: expected more bytes before the end, missing 1"),
    (
      [0x08, 0x80],
      "apus.sample.v1.Leaf.number, byte 2: expected more bytes before the end, missing 1"
    ),
    (
      [0x08] + Array(repeating: 0xFF, count: 10),
      "apus.sample.v1.Leaf.number, byte 11: expected a variable-length integer of at most 10 bytes"
    ),
    (
      [0x12, 2, 0x61],
      "apus.sample.v1.Leaf.text, byte 2: expected more bytes before the end, missing 1"
    ),
    ([0x12, 1, 0xFF], "apus.sample.v1.Leaf.text, byte 1: expected text in UTF-8"),
    ([0x12, 2, 0xC0, 0x80], "apus.sample.v1.Leaf.text, byte 1: expected text in UTF-8"),
    ([0x00, 1], "apus.sample.v1.Leaf, byte 0: expected a field tag, found 0"),
    ([0x0E, 1], "apus.sample.v1.Leaf, byte 0: expected a field tag, found 14"),
    (
      [0x0C],
      "apus.sample.v1.Leaf.number, byte 1: expected the end of the group that was opened last"
    ),
    (
      [0x23, 0x08, 1],
      "apus.sample.v1.Leaf.4, byte 3: expected more bytes before the end, missing 1"
    ),
    (
      [0x23, 0x2C],
      "apus.sample.v1.Leaf.4, byte 2: expected the end of the group that was opened last"
    ),
    (
      [0x1A, 2, 1, 0x80],
      "apus.sample.v1.Leaf.list, byte 4: expected more bytes before the end, missing 1"
    ),
  ]

  @Test(arguments: failures)
  func `an error names the message, the field and what was expected`(
    _ row: (bytes: [UInt8], text: String)
  ) {
    let error = #expect(throws: DecodingFailure.self) { try Leaf(decoding: row.bytes) }
    #expect(error?.description == row.text)
  }

  @Test func `an error inside a sub-message names the innermost field`() {
    let broken = [0x8A, 1, 3, 0x12, 1, 0xFF] as [UInt8]
    let error = #expect(throws: DecodingFailure.self) { try Everything(decoding: broken) }
    #expect(error?.message == "apus.sample.v1.Leaf" && error?.field == "text")
    #expect(error?.offset == 4)
  }
}
