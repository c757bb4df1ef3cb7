import Calls
import Primitives
import Testing

@testable import Commands

struct ProgressLinesTests {
  private final class Page: Sendable {
    let text = Locked("")
    func write(_ more: String) { text.withLock { $0 += more } }
    var lines: [String] { text.withLock { $0.split(separator: "\n").map(String.init) } }
  }

  private func at(_ milliseconds: Int64) -> Instant {
    Instant(nanoseconds: milliseconds * 1_000_000)
  }

  private var progress: FilesV1.Progress {
    var source = FilesV1.SourceProgress()
    source.node = [UInt8](repeating: 1, count: 32)
    (source.name, source.path) = ("attic\u{1B}[2J", "direct")
    (source.bytes, source.bytesPerSecond, source.isCalled) = (1 << 20, 2 << 20, true)
    var other = FilesV1.SourceProgress()
    (other.name, other.fault) = ("liar", "it sent something else")
    var progress = FilesV1.Progress.on(.fetching, 3 << 20, of: 10 << 20)
    progress.sources = [source, other]
    return progress
  }

  @Test func `a line a second, and one for each phase`() {
    let page = Page()
    var lines = ProgressLines("fetching film", isJSON: true, write: page.write)
    for time in stride(from: 0, through: 2_000, by: 100) as StrideThrough<Int64> {
      lines.tell(progress, now: at(time))
    }
    lines.tell(.on(.writing, 1, of: 2), now: at(2_010))
    lines.tell(.on(.writing, 2, of: 2), now: at(2_020))
    #expect(page.lines.count == 4)
    #expect(page.lines.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") })
  }

  @Test func `each source is told with its bytes, its rate and what it did wrong`() throws {
    let json = ProgressLines.json(progress)
    guard case .object(let members) = json, case .array(let sources)? = members["sources"],
      case .object(let first) = sources[0], case .object(let second) = sources[1]
    else {
      Issue.record("no object")
      return
    }
    #expect(members["event"] == "progress" && members["totalBytes"] == .integer(10 << 20))
    #expect(first["bytes"] == .integer(1 << 20) && first["bytesPerSecond"] == .integer(2 << 20))
    #expect(first["fault"] == .null && second["fault"] == "it sent something else")
    let page = Page()
    var lines = ProgressLines("fetching film", isJSON: false, write: page.write)
    lines.tell(progress, now: at(0))
    #expect(page.lines.count == 3 && !page.text.withLock { $0.contains("\u{1B}") })
    #expect(page.lines[2].contains("liar") && page.lines[2].contains("something else"))
  }
}
