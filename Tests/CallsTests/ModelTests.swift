import Primitives
import Testing

@testable import Calls

@Suite struct ModelTests {
  @Test(
    arguments: [
      ("1H", 3_600_000_000_000), ("2M", 120_000_000_000), ("3S", 3_000_000_000),
      ("100m", 100_000_000), ("5u", 5_000), ("99999999n", 99_999_999), ("0S", 0),
      ("00000001S", 1_000_000_000),
    ] as [(String, Int64)])
  func `a timeout reads`(_ text: String, _ nanoseconds: Int64) {
    #expect(Deadline.parse(text)?.nanoseconds == nanoseconds)
  }

  @Test(arguments: ["", "S", "1", "1s", "-1S", "+1S", "1.5S", " 1S", "123456789S", "1SS", "١S"])
  func `what is no timeout is nil`(_ text: String) {
    #expect(Deadline.parse(text) == nil)
  }

  @Test(
    arguments: [
      (0, "0n"), (1, "1n"), (99_999_999, "99999999n"), (100_000_000, "100000u"),
      (100_000_001, "100001u"), (99_999_999_001, "100000m"), (100_000_000_000_000, "100000S"),
      (99_999_999_000_000_000, "99999999S"),
      (-5, "0n"), (Int64.max, "2562048H"), (6_000_000_000_000_000_000, "1666667H"),
    ] as [(Int64, String)])
  func `a duration is written in eight digits, rounded up`(_ nanoseconds: Int64, _ text: String) {
    #expect(Deadline.format(.nanoseconds(nanoseconds)) == text)
    #expect(Deadline.parse(text).map { $0.nanoseconds >= nanoseconds } == true)
  }

  /// Longer than nanoseconds can count.
  @Test(arguments: ["2562048H", "11010400H", "99999998H", "99999999H", "99999999M"])
  func `centuries do not get shorter on their way`(timeout: String) throws {
    let asked = try #require(Deadline.parse(timeout))
    let again = try #require(Deadline.parse(Deadline.format(asked)))
    #expect(again >= asked && again <= asked + .seconds(3_600))
  }

  @Test func `a deadline counts from now and never below zero`() throws {
    let now = Instant(nanoseconds: 1_000)
    let deadline = try #require(Deadline(timeout: "1u", now: now))
    #expect(deadline.remaining(now: now) == .microseconds(1))
    #expect(deadline.hasPassed(now: Instant(nanoseconds: 2_000)))
    #expect(deadline.remaining(now: Instant(nanoseconds: 9_000)) == .zero)
    #expect(Deadline(timeout: "99999999H", now: now)?.instant == .distantFuture)
  }

  private static let traceID = "4bf92f3577b34da6a3ce929d0e0e4736"

  @Test func `a traceparent reads, and a child keeps the trace`() throws {
    let text = "00-\(Self.traceID)-00f067aa0ba902b7-01"
    let trace = try #require(TraceContext(traceparent: text, tracestate: "a=1, b@c=2"))
    #expect(trace.traceparent == text && trace.isSampled && trace.state == "a=1, b@c=2")
    let child = trace.child(randomSpan: 255)
    #expect(child.traceparent == "00-\(Self.traceID)-00000000000000ff-01")
    #expect(child.state == trace.state)
  }

  @Test(arguments: [
    "", "00", "00-\(traceID)-00f067aa0ba902b7", "00-\(traceID)-00f067aa0ba902b7-01-more",
    "ff-\(traceID)-00f067aa0ba902b7-01", "00-\(traceID.uppercased())-00f067aa0ba902b7-01",
    "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
    "00-\(traceID)-0000000000000000-01", "00-\(traceID)-00f067aa0ba902b-01",
    "00-\(traceID)-00f067aa0ba902b7-1", "00-\(traceID)-00f067aa0ba902b7-0g",
    "0-\(traceID)-00f067aa0ba902b7-01", " 00-\(traceID)-00f067aa0ba902b7-01",
  ])
  func `what is no traceparent is nil`(_ text: String) {
    #expect(TraceContext(traceparent: text) == nil)
  }

  @Test func `a later version of traceparent may have more parts`() {
    #expect(
      TraceContext(traceparent: "01-\(Self.traceID)-00f067aa0ba902b7-03-x")?.isSampled == true)
  }

  @Test(arguments: [
    String(repeating: "a=1,", count: 32) + "a=1", "a=" + String(repeating: "x", count: 511),
    "novalue", "A=1", "=1", "a=\u{7F}",
  ])
  func `a bad tracestate is left out alone`(_ state: String) throws {
    let trace = try #require(
      TraceContext(traceparent: "00-\(Self.traceID)-00f067aa0ba902b7-00", tracestate: state))
    #expect(trace.state == nil && !trace.isSampled)
  }

  @Test func `a new trace is never all zero`() {
    let trace = TraceContext(randomTrace: (0, 0), randomSpan: 0)
    #expect(TraceContext(traceparent: trace.traceparent) == trace)
  }

  @Test func `metadata keeps its order and carries bytes`() throws {
    var metadata = Metadata()
    try metadata.add("B-Name", "1")
    try metadata.add("a", "2")
    try metadata.add("b-name", "3")
    try metadata.add("key-bin", bytes: [0, 255, 1])
    #expect(metadata.values("b-name") == ["1", "3"] && metadata["a"] == "2")
    #expect(metadata.entries.map(\.name) == ["b-name", "a", "b-name", "key-bin"])
    #expect(metadata["key-bin"] == "AP8B" && metadata.bytes("key-bin") == [[0, 255, 1]])
  }

  @Test func `bytes may be joined by commas, with padding or without`() throws {
    var metadata = Metadata()
    try metadata.add(wire: "k-bin", "AA==,AAE, AAEC")
    #expect(metadata.bytes("k-bin") == [[0], [0, 1], [0, 1, 2]])
    try metadata.add(wire: "k-bin", "A")
    #expect(metadata.bytes("k-bin") == nil)
  }

  @Test(arguments: [
    ("grpc-status", "0"), (":path", "/"), ("", "x"), ("a b", "x"), ("te", "x"), ("ü", "x"),
    ("a", "line\nbreak"), ("a", "ü"), ("a-bin", "text"), ("content-type", "x"),
  ])
  func `metadata refuses names and values that would forge the call`(
    _ name: String, _ value: String
  ) {
    var metadata = Metadata()
    #expect(throws: Status.self) { try metadata.add(name, value) }
    #expect(metadata.isEmpty && metadata.size == 0)
  }

  @Test func `metadata has a limit`() throws {
    var limits = Metadata.Limits()
    limits.size = 100
    var metadata = Metadata(limits: limits)
    try metadata.add("a", String(repeating: "x", count: 67))
    let error = #expect(throws: Status.self) { try metadata.add("b", "") }
    #expect(error?.code == .resourceExhausted)
    #expect(metadata.entries.count == 1 && metadata.size == 100)
  }
}
