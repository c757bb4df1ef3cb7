import Testing

@testable import Primitives

struct LogTests {
  private final class Memory: LogSink {
    let records = Locked([LogRecord]())
    func write(_ record: LogRecord) { records.withLock { $0.append(record) } }
    var messages: [String] { records.withLock { $0.map(\.message) } }
  }

  private let system = LogSystem()
  private let memory = Memory()

  @Test func `a module's own level goes before the general one`() {
    system.install(memory)
    system.setLevel(.warning, levels: ["HTTP": .debug, "IO": .error])
    Logger("HTTP", system: system).debug("one")
    Logger("HTTP", system: system).trace("no")
    Logger("IO", system: system).warning("no")
    Logger("IO", system: system).error("two")
    Logger("Other", system: system).warning("three")
    Logger("Other", system: system).notice("no")
    #expect(memory.messages == ["one", "two", "three"])
  }

  @Test func `a record below the level makes no string`() {
    system.install(memory)
    system.setLevel(.info)
    var made = 0
    func message() -> String {
      made += 1
      return "x"
    }
    let log = Logger("M", system: system)
    log.debug(message())
    log.info(message(), LogField("n", 1))
    #expect(made == 1)
    #expect(memory.records.withLock { $0.first?.fields } == [LogField("n", "1")])
  }

  @Test func `without a sink nothing happens, and none is counted as a repeat`() {
    let log = Logger("M", system: system)
    for _ in 0..<50 { log.error("early") }
    system.install(memory)
    log.error("early")
    #expect(memory.messages == ["early"])
  }

  @Test func `levels have names and an order`() {
    #expect(LogLevel.allCases.map { LogLevel($0.description) } == LogLevel.allCases)
    #expect(LogLevel.trace < .error && LogLevel("loud") == nil && LogLevel("INFO") == nil)
  }
}

struct LogRepeatsTests {
  private func record(_ seconds: Int64, _ message: String = "m", _ value: Int = 0) -> LogRecord {
    LogRecord(
      time: WallTime(nanoseconds: seconds * 1_000_000_000), level: .info, module: "M",
      message: message, fields: [LogField("value", value)])
  }

  @Test func `a burst passes, the rest is counted and told with the next window`() {
    var repeats = LogRepeats(limits: .init(burst: 3, window: .seconds(10), distinct: 8))
    let passed = (0..<20).flatMap { repeats.admit(record(1, "m", $0)) }
    #expect(passed.map(\.fields[0].value) == ["0", "1", "2"])
    let next = repeats.admit(record(11))
    #expect(next.map(\.message) == ["held back repeats of: m", "m"])
    #expect(next[0].fields == [LogField("repeats", 17)])
    #expect(repeats.admit(record(30)).count == 1)
  }

  @Test func `other messages, modules and levels are counted apart`() {
    var repeats = LogRepeats(limits: .init(burst: 1, window: .seconds(10), distinct: 8))
    var other = record(1)
    other.module = "N"
    var louder = record(1)
    louder.level = .error
    #expect(repeats.admit(record(1)).count == 1 && repeats.admit(record(1, "n")).count == 1)
    #expect(repeats.admit(other).count == 1 && repeats.admit(louder).count == 1)
    #expect(repeats.admit(record(1)).isEmpty)
  }

  @Test func `a clock that jumps back does not silence a message for ever`() {
    var repeats = LogRepeats(limits: .init(burst: 1, window: .seconds(10), distinct: 8))
    _ = repeats.admit(record(1_000_000))
    #expect(repeats.admit(record(5)).count == 1)
  }

  @Test func `what was held back is told even when many other messages come between`() {
    var repeats = LogRepeats(limits: .init(burst: 1, window: .seconds(10), distinct: 4))
    for _ in 0..<5 { _ = repeats.admit(record(1)) }
    let told = (0..<10).flatMap { repeats.admit(record(2, "other \($0)")) }
    #expect(
      told.contains {
        $0.message == "held back repeats of: m" && $0.fields == [LogField("repeats", 4)]
      })
  }
}
