import Calls
import Primitives
import Testing

@testable import Commands

struct StreamReportTests {
  private func reply(wrong: UInt64 = 0, path: String = "relayed") -> NodesV1.StreamReply {
    NodesV1.StreamReply {
      $0.id = "abcdefghijklmnop"
      $0.name = "attic\u{1B}[2J"
      $0.path = path
      $0.nanoseconds = 1_500_000_000
      $0.upload = .init {
        $0.checkedBytes = 2 << 20
        $0.stallNanoseconds = 12_000_000
      }
      $0.download = .init {
        $0.checkedBytes = 1 << 10
        $0.wrongBytes = wrong
        $0.stallNanoseconds = 650_000_000
      }
    }
  }

  @Test func `a line tells both directions, and wrong bytes loudly`() {
    let text = StreamReport(reply()).text(for: .none)
    #expect(text.contains("relayed, 2") && text.contains("longest wait 12"))
    #expect(!text.contains("\u{1B}") && !text.contains("WRONG"))
    #expect(StreamReport(reply(wrong: 3)).text(for: .none).contains("3 BYTES WRONG"))
    #expect(StreamReport(reply(path: "")).text(for: .none).contains("no connection"))
  }

  @Test func `programs get every number`() {
    let report = StreamReport(reply(wrong: 3))
    #expect(report.wrongBytes == 3)
    let text = report.json.text
    for part in [
      #""path":"relayed""#, #""seconds":1.5"#, #""checkedBytes":2097152"#, #""wrongBytes":3"#,
      #""stallMs":650"#,
    ] {
      #expect(text.contains(part), "\(part)")
    }
    #expect(StreamReport(reply(path: "")).json.text.contains(#""path":null"#))
  }
}
