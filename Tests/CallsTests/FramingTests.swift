import Testing

@testable import Calls

@Suite struct FramingTests {
  private typealias Frame = FrameParser.Frame

  private static let frames = [
    Frame(isCompressed: false, payload: [1, 2, 3]),
    Frame(isCompressed: true, payload: []),
    Frame(isCompressed: false, payload: Array(0...200)),
  ]

  private static let body: [UInt8] = frames.flatMap {
    FrameWriter.frame(payload: $0.payload, isCompressed: $0.isCompressed)
  }

  @Test func `messages come out whole at every pair of splits`() throws {
    for first in 0...Self.body.count {
      for second in stride(from: first, through: Self.body.count, by: 7) {
        var parser = FrameParser(maximumMessageSize: 201)
        var found: [FrameParser.Frame] = []
        for part in [
          Self.body[..<first], Self.body[first..<second], Self.body[second...],
        ] {
          parser.feed(Array(part))
          while let frame = try parser.next() { found.append(frame) }
        }
        try parser.finish()
        if found != Self.frames { Issue.record("split at \(first) and \(second): \(found)") }
      }
    }
  }

  @Test func `messages come out whole byte by byte`() throws {
    var parser = FrameParser(maximumMessageSize: 201)
    var found: [FrameParser.Frame] = []
    for byte in Self.body {
      parser.feed([byte])
      while let frame = try parser.next() { found.append(frame) }
    }
    #expect(found == Self.frames)
  }

  @Test(arguments: [1, 4_097, 16_384, 70_000, 400_000, 1_000_000])
  func `a long message comes out whole, and so does what stands around it`(size: Int) throws {
    let frames = [
      Frame(isCompressed: false, payload: [UInt8](repeating: 7, count: 400_000)),
      Frame(isCompressed: false, payload: [1]),
      Frame(isCompressed: true, payload: (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }),
      Frame(isCompressed: false, payload: [2]),
    ]
    let body = frames.flatMap {
      FrameWriter.frame(payload: $0.payload, isCompressed: $0.isCompressed)
    }
    var parser = FrameParser(maximumMessageSize: 400_000)
    var found: [Frame] = []
    for start in stride(from: 0, to: body.count, by: size) {
      parser.feed(Array(body[start..<min(start + size, body.count)]))
      while let frame = try parser.next() { found.append(frame) }
    }
    try parser.finish()
    #expect(found == frames && parser.buffered == 0)
    parser.feed(Array(body[..<200_000]))
    #expect(try parser.next() == nil && parser.buffered == 200_000)
    #expect(throws: Status.self) { try parser.finish() }
  }

  @Test func `a length beyond the limit is refused before its bytes come`() {
    var parser = FrameParser(maximumMessageSize: 1_000)
    parser.feed([0, 0xFF, 0xFF, 0xFF, 0xFF])
    let error = #expect(throws: Status.self) { try parser.next() }
    #expect(error?.code == .resourceExhausted)
    var larger = FrameParser(maximumMessageSize: 2)
    larger.feed([0, 0, 0, 0, 3])
    #expect(throws: Status.self) { try larger.next() }
  }

  @Test(arguments: [2, 3, 128, 255] as [UInt8])
  func `a flag that is neither is refused`(_ flag: UInt8) {
    var parser = FrameParser(maximumMessageSize: 10)
    parser.feed([flag, 0, 0, 0, 0])
    #expect(throws: Status.self) { try parser.next() }
  }

  @Test func `a body that ends inside a message is an error`() throws {
    for count in 1..<8 {
      var parser = FrameParser(maximumMessageSize: 10)
      parser.feed(Array([0, 0, 0, 0, 3, 1, 2, 3][..<count]))
      #expect(try parser.next() == nil)
      #expect(throws: Status.self) { try parser.finish() }
    }
  }

  @Test func `a message gets its length in front`() throws {
    let leaf = SampleV1.Leaf { $0.text = String(repeating: "x", count: 300) }
    let framed = FrameWriter.frame(leaf)
    #expect(Array(framed[..<5]) == [0, 0, 0, 1, 47])
    #expect(Array(framed[5...]) == leaf.encoded())
  }

  @Test(arguments: [
    ("all fine", "all fine"), ("100% of it", "100%25 of it"), ("a\nb", "a%0Ab"),
    ("Grüße", "Gr%C3%BC%C3%9Fe"), ("", ""),
  ])
  func `status text is percent-encoded both ways`(_ text: String, _ encoded: String) {
    #expect(StatusText.encode(text) == encoded)
    #expect(StatusText.decode(encoded) == text)
  }

  @Test(arguments: [
    ("%", "%"), ("%4", "%4"), ("%zz!", "%zz!"), ("a%c3", "a\u{FFFD}"), ("%c3%bc", "ü"),
  ])
  func `broken status text still reads`(_ encoded: String, _ text: String) {
    #expect(StatusText.decode(encoded) == text)
  }
}
