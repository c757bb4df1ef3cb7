package import Primitives

/// What ran for whom, and what became of it. Attempts that were alike and began within the same
/// second share one.
package struct AuditRecord: Sendable, Equatable {
  package var creator: String
  package var runtime: String
  package var program: String
  package var began: WallTime
  /// The ending's word, and what goes with it.
  package var ending: String
  package var status: Int32
  package var text: String
  package var attempts: UInt64 = 1
  /// In all.
  package var time = Duration.zero
  package var processorTime = Duration.zero
  package var outputBytes: Int64 = 0
  /// The most that one of them held.
  package var peakMemory: Int64?

  package enum Limits {
    /// Of a name, a program, a reason.
    package static let bytes = 256
  }

  package init(_ attempt: Attempt, began: WallTime, _ result: AttemptResult) {
    creator = Self.cut(attempt.creator)
    runtime = attempt.runtime.name
    program = Self.cut(attempt.program)
    self.began = began
    (ending, status, text) = result.ending.words
    text = Self.cut(text)
    time = result.usage.time
    processorTime = result.usage.userTime + result.usage.systemTime
    outputBytes = result.usage.outputBytes
    peakMemory = result.usage.peakMemory
  }

  /// By bytes: a character has no bound.
  private static func cut(_ text: String) -> String {
    if text.utf8.count <= Limits.bytes { return text }
    // A scalar has four bytes at most, so one of these ends where one ends.
    return (0..<4).lazy.compactMap {
      String(validating: text.utf8.prefix(Limits.bytes - $0), as: UTF8.self)
    }.first ?? ""
  }

  private static let various = "various"

  /// Without what tells one kind of a creator from another.
  var asVarious: AuditRecord {
    var record = self
    (record.program, record.ending, record.status, record.text) = (
      Self.various, Self.various, 0, ""
    )
    return record
  }

  /// What records have in common that become one.
  var kind: [String] {
    if ending == Self.various { return [creator, runtime, ending] }
    let second = began.nanoseconds / 1_000_000_000
    return [creator, runtime, program, ending, String(status), text, String(second)]
  }

  mutating func add(_ other: AuditRecord) {
    began = min(began, other.began)
    attempts += other.attempts
    time += other.time
    processorTime += other.processorTime
    outputBytes &+= other.outputBytes
    peakMemory = [peakMemory, other.peakMemory].compactMap { $0 }.max()
  }

  // MARK: - A line of the file

  package var json: JSON {
    [
      "began": .string(began.description), "creator": .string(creator),
      "runtime": .string(runtime), "program": .string(program), "ending": .string(ending),
      "status": .integer(Int64(status)), "text": .string(text),
      "attempts": .integer(Int64(clamping: attempts)), "nanoseconds": .integer(time.nanoseconds),
      "processorNanoseconds": .integer(processorTime.nanoseconds),
      "outputBytes": .integer(outputBytes),
      "peakMemoryBytes": peakMemory.map { .integer($0) } ?? .null,
    ]
  }

  package init(_ field: JSONField) throws(JSONError) {
    creator = try field.field("creator").string()
    runtime = try field.field("runtime").string()
    program = try field.field("program").string()
    guard let began = WallTime(try field.field("began").string()) else {
      throw try field.field("began").expected("a time")
    }
    self.began = began
    ending = try field.field("ending").string()
    status = Int32(try field.field("status").integer(in: Int64(Int32.min)...Int64(Int32.max)))
    text = try field.field("text").string()
    attempts = UInt64(try field.field("attempts").integer(in: 1...Int64.max))
    time = .nanoseconds(try field.field("nanoseconds").integer())
    processorTime = .nanoseconds(try field.field("processorNanoseconds").integer())
    outputBytes = try field.field("outputBytes").integer()
    peakMemory = try field.optional("peakMemoryBytes")?.integer()
  }
}

extension Ending {
  /// A word for it, a status or signal, and a reason.
  package var words: (kind: String, status: Int32, text: String) {
    switch self {
    case .exited(let status): ("exited", status, "")
    case .signalled(let signal): ("signalled", signal, "")
    case .timedOut: ("timedOut", 0, "")
    case .outOfMemory: ("outOfMemory", 0, "")
    case .outputLimit: ("outputLimit", 0, "")
    case .trapped(_, let text): ("trapped", 0, text)
    case .killed(let reason): ("killed", 0, reason)
    case .refused(let error): ("refused", 0, error.message)
    }
  }
}
