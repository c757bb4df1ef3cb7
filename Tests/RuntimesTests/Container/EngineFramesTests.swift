import Primitives
import Testing

@testable import Runtimes

struct EngineFramesTests {
  static func frame(_ stream: UInt8, _ text: String) -> [UInt8] {
    let count = UInt32(text.utf8.count)
    return [stream, 0, 0, 0] + (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) }
      + Array(text.utf8)
  }

  static let stream =
    frame(1, "hello ") + frame(2, "trouble") + frame(1, "") + frame(1, "world")
    + frame(0, "!")

  private func read(_ pieces: [[UInt8]]) throws(RuntimeError) -> (String, String, Bool) {
    var frames = EngineFrames()
    var texts: [BoxStream: [UInt8]] = [:]
    for piece in pieces {
      frames.feed(piece)
      while let (stream, bytes) = try frames.next() { texts[stream, default: []] += bytes }
    }
    return (
      String(decoding: texts[.output] ?? [], as: UTF8.self),
      String(decoding: texts[.errors] ?? [], as: UTF8.self), frames.isAtBoundary
    )
  }

  @Test func `streams are told apart, cut anywhere`() throws {
    for first in 0...Self.stream.count {
      for second in stride(from: first, through: Self.stream.count, by: 3) {
        let all = Self.stream
        let pieces = [Array(all[..<first]), Array(all[first..<second]), Array(all[second...])]
        let got = try read(pieces)
        guard got == ("hello world!", "trouble", true) else {
          Issue.record("cut at \(first) and \(second): \(got)")
          return
        }
      }
    }
    #expect(try read(Self.stream.map { [$0] }) == ("hello world!", "trouble", true))
  }

  @Test func `an end in the middle is seen`() throws {
    for end in 1..<Self.stream.count {
      let got = try read([Array(Self.stream[..<end])])
      let isBoundary = [14, 29, 37, 50].contains(end)
      #expect(got.2 == isBoundary, "\(end)")
    }
  }

  @Test(arguments: [
    [4, 0, 0, 0, 0, 0, 0, 1, 1], [1, 0, 0, 1, 0, 0, 0, 1, 1], [1, 0, 0, 0, 1, 0, 0, 1],
    [3, 0, 0, 0, 0, 0, 0x20, 0], [UInt8]("HTTP/1.1 200 OK\r\n".utf8),
  ]) func `what is no stream is refused`(bytes: [UInt8]) {
    #expect(throws: RuntimeError.self) { try read([bytes]) }
  }

  @Test func `an engine's own trouble is told`() {
    let error = #expect(throws: RuntimeError.self) {
      try read([Self.frame(1, "x") + Self.frame(3, "the log is gone")])
    }
    #expect(error?.code == .failed)
    #expect(error?.message.contains("the log is gone") == true)
  }

  @Test func `mutated streams are read or refused`() {
    var random = SplitMix(seed: 11)
    var refused = 0
    for _ in 0..<5000 {
      var bytes = Self.stream
      bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(random.next() & 255)
      do throws(RuntimeError) {
        let got = try read([bytes])
        #expect(got.0.utf8.count + got.1.utf8.count <= bytes.count)
      } catch {
        refused += 1
      }
    }
    #expect(refused > 500 && refused < 5000)
  }

  @Test func `lines of progress are values, cut anywhere`() throws {
    let text = Array("{\"a\":1}\r\n\n{\"b\":\"x\\n\"}\n{\"c\":3}".utf8)
    for cut in 0...text.count {
      var lines = EngineLines()
      var values: [JSON] = []
      for (isEnd, piece) in [(false, Array(text[..<cut])), (true, Array(text[cut...]))] {
        lines.feed(piece)
        while let value = try lines.next(isEnd: isEnd) { values.append(value) }
      }
      #expect(values == [["a": 1], ["b": "x\n"], ["c": 3]], "cut at \(cut)")
    }
  }

  @Test func `a line without an end is refused`() {
    var limits = EngineLines.Limits()
    limits.lineBytes = 100
    var lines = EngineLines(limits: limits)
    lines.feed([UInt8](repeating: 0x61, count: 101))
    #expect(throws: RuntimeError.self) { try lines.next() }
    var broken = EngineLines()
    broken.feed(Array("{]\n".utf8))
    #expect(throws: RuntimeError.self) { try broken.next() }
  }
}
