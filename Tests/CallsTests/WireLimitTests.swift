import Primitives
import Testing

@testable import Calls

@Suite struct WireLimitTests {
  private typealias Everything = SampleV1.Everything

  private static func nested(_ depth: Int) -> [UInt8] {
    var message = Everything()
    for _ in 0..<depth { message = Everything { $0.child = message } }
    return message.encoded()
  }

  @Test func `messages inside one another end at the limit`() throws {
    #expect(throws: Never.self) { try Everything(decoding: Self.nested(100)) }
    let error = #expect(throws: DecodingFailure.self) { try Everything(decoding: Self.nested(101)) }
    #expect(error?.reason == .tooDeep(limit: 100))
    #expect(error?.field == "child")
  }

  @Test func `groups inside one another end at the limit`() {
    let groups = Array(repeating: UInt8(0x0B), count: 100_000)
    let error = #expect(throws: DecodingFailure.self) { try SampleV1.Empty(decoding: groups) }
    #expect(error?.reason == .tooDeep(limit: 100))
  }

  @Test func `a packed run at the deepest message is no level of its own`() throws {
    var limits = WireReader.Limits()
    limits.depth = 1
    let bytes = Everything { $0.leaf = SampleV1.Leaf { $0.list = [1, 2] } }.encoded()
    #expect(try Everything(decoding: bytes, limits: limits).leaf?.list == [1, 2])
  }

  @Test(arguments: [0x7FFF_FFFF, UInt64(Int64.max), UInt64.max, 1 << 40])
  func `an announced length sets nothing aside`(_ length: UInt64) {
    for tag: UInt64 in [
      14 << 3 | 2, 15 << 3 | 2, 17 << 3 | 2, 30 << 3 | 2, 50 << 3 | 2, 99 << 3 | 2,
    ] {
      var writer = WireWriter()
      writer.varint(tag)
      writer.varint(length)
      let error = #expect(throws: DecodingFailure.self) { try Everything(decoding: writer.bytes) }
      #expect(error?.reason == .truncated(missing: length))
    }
  }

  @Test func `two bytes for each empty sub-message cannot fill the memory`() {
    var limits = WireReader.Limits()
    limits.elements = 1_000
    let bomb = Array([Array(repeating: [0xB2, 2, 0] as [UInt8], count: 1_001)].joined().joined())
    let error = #expect(throws: DecodingFailure.self) {
      try Everything(decoding: bomb, limits: limits)
    }
    #expect(error?.reason == .tooManyElements(limit: 1_000))
  }

  @Test func `a message beyond the size limit is refused unread`() {
    var limits = WireReader.Limits()
    limits.size = 3
    let error = #expect(throws: DecodingFailure.self) {
      try Everything(decoding: [0, 0, 0, 0], limits: limits)
    }
    #expect(error?.reason == .tooLarge(size: 4, limit: 3))
    #expect(error?.message == "apus.sample.v1.Everything")
  }

  @Test func `every prefix either reads or fails, and what reads is stable`() throws {
    let whole = try Vectors.bytes("everything")
    var failed = 0
    for count in 0..<whole.count {
      do {
        let part = try Everything(decoding: Array(whole[..<count]))
        #expect(try Everything(decoding: part.encoded()) == part)
      } catch { failed += 1 }
    }
    #expect(failed > whole.count / 2)
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `mutated bytes never trap, and what reads can be written and read again`(
    _ seed: UInt64
  ) throws {
    let whole = try Vectors.bytes("everything")
    var dice = SplitMix(seed: seed)
    var decoded = 0
    for _ in 0..<2_500 {
      var bytes = whole
      for _ in 0...Int.random(in: 0...6, using: &dice) { Self.mutate(&bytes, &dice) }
      guard let message = try? Everything(decoding: bytes) else { continue }
      decoded += 1
      let again = try Everything(decoding: message.encoded())
      // Compared with a NaN a message is not itself; its size tells nearly as much.
      #expect(again == message || again.encodedSize == message.encodedSize)
    }
    #expect(decoded > 50)
  }

  private static func mutate(_ bytes: inout [UInt8], _ dice: inout SplitMix) {
    guard !bytes.isEmpty else { return bytes.append(UInt8.random(in: 0...255, using: &dice)) }
    let index = Int.random(in: 0..<bytes.count, using: &dice)
    switch Int.random(in: 0...4, using: &dice) {
    case 0: bytes[index] = UInt8.random(in: 0...255, using: &dice)
    case 1: bytes[index] ^= 1 << UInt8.random(in: 0...7, using: &dice)
    case 2: bytes.remove(at: index)
    case 3: bytes.insert([0, 0x7F, 0x80, 0xFF].randomElement(using: &dice) ?? 0, at: index)
    default: bytes.removeSubrange(index..<min(bytes.count, index + 8))
    }
  }
}
