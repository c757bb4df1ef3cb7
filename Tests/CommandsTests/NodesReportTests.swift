import Calls
import Primitives
import Testing

@testable import Commands

/// What is shown of nodes, measurements and topics.
struct NodesReportTests {
  private static let json = """
    {"id":"abcdefghijklmnop","name":"attic","since":"2026-01-02T03:04:05Z","relays":[],"nat":"easy",
    "latencyPercentilesMs":{"p50":1.5,"p90":2,"p99":30},"loss":0.25,"version":"1.2",
    "bandwidthMeasuredAt":"2026-01-02T03:04:05Z","labels":{"room":"attic"},
    "specs":{"cores":8,"processor":"a chip","memoryBytes":1073741824,"diskBytes":0,
    "graphics":[{"name":"card","memoryBytes":1073741824}],"system":"linux"},
    "load":{"processor":0.42,"freeMemoryBytes":1048576,"age":75}}
    """

  private func row(_ fill: (inout NodesV1.Row) -> Void = { _ in }) -> NodesV1.Row {
    var row = NodesV1.Row {
      $0.id = "abcdefghijklmnop"
      $0.name = "attic"
      $0.state = "alive"
      $0.path = "relayed"
      $0.latencyMilliseconds = 12.345
      $0.latencyIsMeasured = true
      $0.uploadMbps = 940.4
      $0.load = 0.42
      $0.json = Self.json
    }
    fill(&row)
    return row
  }

  @Test func `the table shows what is known and a dash for what is not`() throws {
    let text = try NodesReport([
      row(), row { $0.latencyIsMeasured = false },
      row {
        $0.isSelf = true
        $0.name = "here\u{1B}[2J"
      },
    ]).text(for: .none)
    let lines = text.split(separator: "\n")
    #expect(lines.count == 4 && lines[1].contains("relayed") && lines[1].contains("12.3 ms"))
    #expect(lines[1].contains("940 Mb/s") && lines[1].contains("42 %"))
    #expect(lines[2].contains("~12.3 ms") && lines[3].contains("this node"))
    #expect(!text.contains("\u{1B}"))
  }

  @Test func `its JSON is the node's own, row by row`() throws {
    let report = try NodesReport([row(), row()])
    #expect(report.json.array?.count == 2)
    #expect(report.json.array?.first?["labels"]?["room"] == "attic")
    #expect(throws: CommandError.self) { try NodesReport([row { $0.json = "{" }]) }
  }

  @Test func `one node is shown whole`() throws {
    let text = try OneNodeReport(row()).text(for: .none)
    for word in [
      "abcdefghijklmnop", "relayed", "p99 30.0", "25.0 %", "940 Mb/s up", "8 cores, a chip",
      "1 GiB", "card", "room=attic", "1m 15s ago", "alive since 2026",
    ] {
      #expect(text.contains(word), "\(word) in \(text)")
    }
    let own = try OneNodeReport(row { $0.isSelf = true }).text(for: .none)
    #expect(own.contains("this one") && !own.contains("latency"))
  }

  @Test(arguments: [
    (0.0, "0.000"), (0.0424, "0.042"), (3.14159, "3.14"), (9.999, "10.00"), (27.46, "27.5"),
    (940.4, "940"), (-1.5, "-1.50"), (.infinity, "-"), (1e300, "1000000000000000"),
  ])
  func `figures have three digits that count`(value: Double, text: String) {
    #expect(Figure.text(value) == text)
  }

  // MARK: - Measuring

  private func reply(
    _ number: UInt32, _ milliseconds: Int?, _ failure: String = ""
  ) -> NodesV1.PingReply {
    NodesV1.PingReply {
      $0.id = "abcdefghijklmnop"
      $0.name = "attic"
      $0.number = number
      $0.nanoseconds = milliseconds.map { UInt64($0) * 1_000_000 }
      $0.path = "punched"
      $0.failure = failure
    }
  }

  @Test func `probes are counted, and what made the connection is not`() {
    var report = PingReport(name: "att")
    #expect(report.add(reply(0, 90)) == "attic (abcdefghij): connected in 90.0 ms, punched\n")
    #expect(report.add(reply(1, 10)) == "attic (abcdefghij): probe 1: 10.0 ms, punched\n")
    #expect(report.add(reply(2, nil, "no answer within 5s")).hasSuffix("no answer within 5s\n"))
    for number in 3...4 { _ = report.add(reply(UInt32(number), 20)) }
    #expect(report.answered == 3 && report.json["sent"] == 4 && report.json["loss"] == 0.25)
    #expect(report.json["latencyMs"]?["max"]?.number == 20)
    #expect(
      report.text(for: .none)
        == "4 probes, 3 answered, 25.0 % lost\n"
        + "min 10.0, p50 20.0, p90 20.0, p99 20.0, max 20.0 ms\n")
    #expect(PingReport(name: "x").text(for: .none) == "0 probes, 0 answered, 0.000 % lost\n")
  }

  @Test func `a speed is told both ways`() {
    let reply = NodesV1.SpeedReply {
      $0.name = "attic"
      $0.path = "direct"
    }
    let result = NodesV1.SpeedResult {
      $0.uploadMbps = 94
      $0.downloadMbps = 940
    }
    let report = SpeedReport(reply: reply, result: result)
    #expect(report.text(for: .none).hasSuffix("direct: 94.0 Mb/s to it, 940 Mb/s from it\n"))
    #expect(report.json["downloadMbps"]?.number == 940)
  }

  @Test func `each way to a peer says why it does not work`() {
    let ways = [
      NodesV1.Way {
        $0.way = "LAN 10.0.0.2:4747"
        $0.reason = "refused"
        $0.explanation = "no node listens"
      },
      NodesV1.Way {
        $0.way = "relay abc"
        $0.path = "relayed"
        $0.connected = true
        $0.nanoseconds = 80_000_000
      },
      NodesV1.Way {
        $0.way = "hole punching"
        $0.reason = "notTried"
        $0.explanation = "the time was up"
      },
    ]
    var reply = NodesV1.ExplainReply {
      $0.name = "attic"
      $0.ways = ways
      $0.best = "relay abc"
    }
    let lines = PeerReport(reply: reply).text(for: .none).split(separator: "\n")
    #expect(lines[1] == "  fails   LAN 10.0.0.2:4747: no node listens")
    #expect(lines[2] == "  works   relay abc: in 80.0 ms, relayed")
    #expect(lines[3].hasPrefix("  skipped hole punching") && lines[4] == "best: relay abc")
    reply.best = ""
    reply.ways = []
    let report = PeerReport(reply: reply)
    #expect(!report.isReached && report.text(for: .none).hasSuffix("the node was not reached\n"))
  }

  // MARK: - Topics

  @Test func `a message is printed as it is, and moves no cursor`() {
    let delivery = TopicsV1.Delivery { $0.payload = Array("a\u{1B}[2J\nb".utf8) }
    let plain = TopicSubscribe.line(delivery, topic: "t", isJSON: false, .none)
    #expect(plain == delivery.payload + [0x0A])
    let terminal = Terminal(isTerminal: true)
    let shown = TopicSubscribe.line(delivery, topic: "t", isJSON: false, terminal)
    #expect(String(decoding: shown, as: UTF8.self) == "a\u{FFFD}[2J\nb\n")
  }

  @Test func `what is no text comes as base64`() throws {
    let binary = TopicsV1.Delivery { $0.payload = [0xFF, 0xFE] }
    let line = TopicSubscribe.line(binary, topic: "t", isJSON: true, .none)
    let json = try JSON.parse(line)
    #expect(json["payload"] == .null && json["payloadBase64"] == "//4")
    let text = TopicsV1.Delivery { $0.payload = Array("hi".utf8) }
    let other = try JSON.parse(TopicSubscribe.line(text, topic: "t", isJSON: true, .none))
    #expect(other["payload"] == "hi" && other["payloadBase64"] == .null)
  }

  @Test func `lines are found wherever the pieces end`() throws {
    let bytes = Array("one\n\ntwo\nthree".utf8)
    for split in 0...bytes.count {
      var splitter = LineSplitter(limit: 100)
      var lines = try splitter.feed(Array(bytes[..<split]))
      lines += try splitter.feed(Array(bytes[split...]))
      lines += splitter.end()
      #expect(lines.map { String(decoding: $0, as: UTF8.self) } == ["one", "", "two", "three"])
    }
    var short = LineSplitter(limit: 2)
    #expect(throws: CommandError.self) { try short.feed(Array("long".utf8)) }
  }
}
