import Glibc
import IO
import Primitives
import Testing

@testable import Apus

private func record(
  _ message: String, level: LogLevel = .info, _ fields: LogField...
) -> LogRecord {
  LogRecord(
    time: WallTime(nanoseconds: 0), level: level, module: "HTTP", message: message, fields: fields)
}

private func text(_ record: LogRecord, _ format: LogLine.Format) -> String {
  String(decoding: LogLine.text(record, format), as: UTF8.self)
}

struct LogLineTests {
  @Test func `JSON is one line with its fields apart`() throws {
    let line = text(record("a\nb", LogField("path", "/\"x\""), LogField("path", "/y")), .json)
    #expect(
      line == #"{"time":"1970-01-01T00:00:00.000Z","level":"info","module":"HTTP","#
        + #""message":"a\nb","fields":{"path":"/y"}}"# + "\n")
    #expect(try JSON.parse(text(record("x"), .json))["fields"] == nil)
  }

  @Test func `people get words, quoted where they need it`() {
    let line = text(
      record("ready", LogField("port", 80), LogField("why", "a b"), LogField("e", "")),
      .human(colours: false))
    #expect(line == "1970-01-01T00:00:00.000Z info    HTTP: ready port=80 why=\"a b\" e=\"\"\n")
    let coloured = text(record("bad", level: .error), .human(colours: true))
    #expect(coloured.contains("\u{1B}[1;31merror\u{1B}[0m   HTTP: bad\n"))
  }

  @Test(arguments: ["\u{1B}[2J", "a\nb", "a\rb", "\u{9B}2J", "\u{202E}x", "\u{7F}"])
  func `nothing in a record moves the cursor or makes a second line`(hostile: String) {
    let line = text(record(hostile, LogField("f", hostile)), .human(colours: false)).dropLast()
    #expect(
      line.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
    #expect(!line.unicodeScalars.contains("\u{202E}"))
  }

  @Test func `endless values are cut`() {
    let long = String(repeating: "é", count: 100_000)
    #expect(text(record(long, LogField("f", long)), .json).utf8.count < 20_000)
  }

  @Test(
    arguments: [
      (LogFormat.auto, true, [:], LogLine.Format.human(colours: true)),
      (.auto, false, [:], .json), (.auto, true, ["NO_COLOR": "1"], .human(colours: false)),
      (.auto, true, ["NO_COLOR": ""], .human(colours: true)),
      (.human, true, ["TERM": "dumb"], .human(colours: false)),
      (.human, false, [:], .human(colours: false)), (.json, true, [:], .json),
    ] as [(LogFormat, Bool, [String: String], LogLine.Format)])
  func `the format follows the terminal, colours also the environment`(
    setting: LogFormat, isTerminal: Bool, environment: [String: String], expected: LogLine.Format
  ) {
    #expect(LogLine.Format(setting, isTerminal: isTerminal, environment: environment) == expected)
  }

  @Test func `a fan-out writes to all`() {
    let rings = [LogRing(), LogRing()]
    FanOutSink(rings).write(record("x"))
    #expect(rings.map(\.last) == [1, 1])
  }
}

struct LogRingTests {
  private func ring(records: Int = 4, bytes: Int = 1 << 20) -> LogRing {
    var limits = LogRing.Limits()
    limits.records = records
    limits.bytes = bytes
    limits.watchers = 2
    return LogRing(limits: limits)
  }

  @Test func `a reader goes on behind what it saw, and learns what it missed`() {
    let ring = ring()
    #expect(ring.read(after: 0, limit: 10) == .init(entries: [], missed: 0))
    for number in 1...10 { ring.write(record("\(number)")) }
    let page = ring.read(after: 3, limit: 2)
    #expect(page.missed == 3 && page.entries.map(\.record.message) == ["7", "8"])
    #expect(ring.read(after: 8, limit: 10).entries.map(\.number) == [9, 10])
    #expect(ring.read(after: 10, limit: 10) == .init(entries: [], missed: 0))
    #expect(ring.tail(3).entries.map(\.number) == [8, 9, 10] && ring.tail(99).entries.count == 4)
  }

  @Test func `memory is bounded by bytes as well`() {
    let ring = ring(records: 1_000, bytes: 10_000)
    for _ in 0..<100 { ring.write(record(String(repeating: "x", count: 1_000))) }
    #expect((5...9).contains(ring.tail(1_000).entries.count))
    ring.write(record(String(repeating: "x", count: 20_000)))
    #expect(ring.tail(1_000).entries.isEmpty && ring.last == 101)
    #expect(ring.read(after: 100, limit: 1).missed == 1)
    ring.write(record("small"))
    #expect(ring.read(after: 100, limit: 5).entries.map(\.number) == [102])
  }

  @Test(arguments: 0..<4) func `any mix of writes and reads gives every record once, in order`(
    seed: UInt64
  ) {
    let ring = ring(records: 7)
    var state = seed
    var written: UInt64 = 0
    var seen: UInt64 = 0
    for _ in 0..<2_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      if state >> 33 & 1 == 0 {
        ring.write(record("x"))
        written += 1
      } else {
        let page = ring.read(after: seen, limit: Int(state >> 40 & 7))
        #expect(page.missed <= written - seen)
        guard let first = page.entries.first, let last = page.entries.last else { continue }
        #expect(first.number == seen + page.missed + 1)
        #expect(page.entries.map(\.number) == Array(first.number...last.number))
        seen = last.number
      }
    }
    #expect(ring.last == written)
  }

  @Test func `watchers are woken until they leave, and are bounded`() throws {
    let ring = ring()
    let woken = Locked(0)
    let watch = try #require(ring.subscribe { woken.withLock { $0 += 1 } })
    _ = try #require(ring.subscribe {})
    #expect(ring.subscribe {} == nil)
    ring.write(record("1"))
    ring.unsubscribe(watch)
    ring.write(record("2"))
    #expect(woken.withLock { $0 } == 1 && ring.subscribe {} != nil)
  }
}

/// A folder of this test alone, removed with everything in it.
private final class Folder {
  let path: String

  init() {
    var template = Array("/tmp/apus-logs-XXXXXX".utf8CString)
    mkdtemp(&template)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for name in names { unlink(path + "/" + name) }
    rmdir(path)
  }

  var names: [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  func read(_ name: String) -> String {
    let descriptor = open(path + "/" + name, O_RDONLY)
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
  }
}

struct RotatingFileTests {
  private let folder = Folder()

  private func file(bytes: Int64 = 20, kept: Int = 2) -> RotatingFile {
    var limits = RotatingFile.Limits()
    limits.bytes = bytes
    limits.kept = kept
    return RotatingFile(path: folder.path + "/log", limits: limits)
  }

  @Test func `a full file is put aside, whole lines together, and the oldest goes`() throws {
    var file = file()
    try file.write(Array("11111111\n22222222\n33333333\n44444444\n5555\n".utf8))
    #expect(folder.names == ["log", "log.1", "log.2"])
    #expect(folder.read("log.2") == "11111111\n22222222\n")
    #expect(folder.read("log.1") == "33333333\n44444444\n" && folder.read("log") == "5555\n")
    for _ in 0..<5 { try file.write(Array("66666666\n".utf8)) }
    #expect(folder.names == ["log", "log.1", "log.2"])
    #expect(folder.read("log.2") == "5555\n66666666\n")
  }

  @Test func `a line longer than the file stands alone`() throws {
    var file = file()
    try file.write(Array("1\n\(String(repeating: "x", count: 50))\n2\n".utf8))
    #expect(folder.read("log.2") == "1\n" && folder.read("log.1").utf8.count == 51)
    #expect(folder.read("log") == "2\n")
  }

  @Test func `it goes on in a file that was there, and keeps none when told so`() throws {
    var first = file()
    try first.write(Array("11111111\n".utf8))
    var second = file(kept: 0)
    try second.write(Array("22222222\n33333333\n".utf8))
    #expect(folder.names == ["log"] && folder.read("log") == "33333333\n")
  }

  @Test func `a file that somebody moved away is made again, for the owner alone`() throws {
    var file = file()
    try file.write(Array("1\n".utf8))
    rename(folder.path + "/log", folder.path + "/moved")
    try file.write(Array("2\n".utf8))
    #expect(folder.read("moved") == "1\n" && folder.read("log") == "2\n")
    var status = stat()
    stat(folder.path + "/log", &status)
    #expect(status.st_mode & 0o777 == 0o600)
  }

  @Test func `a full disk is an error that says so`() {
    var file = RotatingFile(path: "/dev/full")
    let error = #expect(throws: SystemError.self) { try file.write([0x0A]) }
    #expect(error?.code == .diskFull)
  }
}

struct LineSinkTests {
  /// An output that can be told to fail.
  private struct Flaky: LineOutput {
    final class Shared: Sendable {
      let isFull = Locked(false)
      let lines = Locked([UInt8]())
    }
    let shared = Shared()
    func write(_ lines: [UInt8]) throws(SystemError) {
      if shared.isFull.withLock({ $0 }) { throw SystemError(.diskFull, "full") }
      shared.lines.withLock { $0 += lines }
    }
  }

  private func messages(_ output: Flaky) throws -> [String] {
    let lines = output.shared.lines.withLock { $0 }.split(separator: 0x0A)
    return try lines.map { try JSON.parse(Array($0))["message"]?.string ?? "" }
  }

  @Test func `a file gets every record in order`() async throws {
    let folder = Folder()
    let sink = LineSink(file: folder.path + "/log")
    for number in 0..<1_000 { sink.write(record("\(number)")) }
    await sink.flush()
    let lines = folder.read("log").split(separator: "\n")
    #expect(
      try lines.map { try JSON.parse(String($0))["message"]?.string } == (0..<1_000).map { "\($0)" }
    )
  }

  @Test func `records lost to a full disk are counted and told`() async throws {
    let output = Flaky()
    let sink = LineSink(name: "test", output: output, format: .json)
    sink.write(record("before"))
    await sink.flush()
    output.shared.isFull.withLock { $0 = true }
    for _ in 0..<5 { sink.write(record("lost")) }
    await sink.flush()
    output.shared.isFull.withLock { $0 = false }
    sink.write(record("after"))
    await sink.flush()
    let written = try messages(output)
    #expect(written == ["before", "records were lost: the output was full or too slow", "after"])
    let text = String(decoding: output.shared.lines.withLock { $0 }, as: UTF8.self)
    #expect(text.contains(#""fields":{"records":"5"}"#))
  }

  @Test func `what waits is bounded`() async throws {
    let output = Flaky()
    var limits = LineQueue<Flaky>.Limits()
    limits.bytes = 50
    let sink = LineSink(name: "test", output: output, format: .json, limits: limits)
    for _ in 0..<10 { sink.write(record("longer than the bound of fifty bytes")) }
    await sink.flush()
    #expect(try messages(output) == ["records were lost: the output was full or too slow"])
  }
}
