import Foundation
import Glibc
import Primitives
import Testing

@testable import IO
@testable import Runtimes

/// Attempts of others in real boxes.
@Suite(.serialized) struct SharedBoxTests {
  let bench: BoxBench

  init() throws { bench = try BoxBench() }

  /// Waits until the attempt has written its first line.
  private func running(
    _ boxes: Boxes, _ attempt: Attempt, then body: @Sendable () async throws -> Void
  ) async throws -> AttemptResult {
    let begun = Gate()
    async let result = Self.opening([begun]) {
      try await boxes.run(attempt) { (_, _) throws(RuntimeError) in begun.open() }
    }
    await begun.wait()
    try await body()
    return try await result
  }

  /// Whoever waits is not left waiting when nothing runs any more.
  private static func opening(
    _ gates: [Gate], _ body: @Sendable () async throws -> AttemptResult
  ) async throws -> AttemptResult {
    defer { for gate in gates { gate.open() } }
    return try await body()
  }

  @Test func `a pause ends what runs for others, is told, and holds`() async throws {
    var sharing = Boxes.Sharing()
    sharing.log = AuditLog(folder: "\(bench.folder)/audit")
    try await bench.serving(sharing: sharing) { boxes in
      let result = try await running(boxes, bench.shell("echo now; sleep 100")) {
        let ended = try await boxes.share(.pause(SharingPause(since: .now())))
        #expect(ended == 1)
      }
      #expect(result.ending == .killed(reason: "the owner of the machine has paused sharing"))
      let refused = await #expect(throws: RuntimeError.self) {
        try await boxes.run(bench.shell("true"))
      }
      #expect(refused?.code == .busy)
      var own = bench.shell("echo mine")
      own.creator = SharingState.owner
      #expect(try await boxes.run(own).text == "mine\n")
      try await boxes.share(.pause(nil))
      #expect(try await boxes.run(bench.shell("true")).ending.isSuccess)
      let records = try await boxes.records(creator: nil, since: nil, limit: 10)
      #expect(
        Set(records.map { "\($0.creator) \($0.ending)" }) == [
          "somebody killed", "somebody refused", "owner exited", "somebody exited",
        ])
      #expect(records.contains { $0.text.contains("paused sharing") && $0.ending == "refused" })
      var large = bench.shell("true")
      large.limits.memory = 0
      await #expect(throws: RuntimeError.self) { try await boxes.run(large) }
      let last = try await boxes.records(creator: nil, since: nil, limit: 10).last
      #expect(last?.ending == "refused" && last?.text.contains("memory") == true)
      #expect(boxes.sharingView.attempts == 0 && boxes.sharingView.obstacle == nil)
    }
    #expect(bench.leftovers == [])
  }

  @Test func `the end of the latest leaves its neighbour alone`() async throws {
    try await bench.serving { boxes in
      let (begun, over) = (Gate(), Gate())
      // More than any pipe takes: it goes on until somebody reads.
      let long = bench.shell("echo now; head -c 4000000 /dev/zero")
      async let first = Self.opening([begun]) {
        try await boxes.run(long) { (_, _) throws(RuntimeError) in
          begun.open()
          await over.wait()
        }
      }
      await begun.wait()
      let second = try await Self.opening([over]) {
        try await running(boxes, bench.shell("echo now; sleep 100")) {
          var rules = SharingRules()
          rules.memory = AttemptLimits().memory + 1
          let ended = try await boxes.share(.rules(rules))
          #expect(ended == 1)
        }
      }
      let spared = try await first
      #expect(spared.ending.isSuccess)
      guard case .killed(let reason) = second.ending else {
        Issue.record("\(second.ending)")
        return
      }
      #expect(reason.contains("memory"))
    }
  }

  @Test func `a log that cannot be written keeps nobody from looking at the machine`() async throws
  {
    var sharing = Boxes.Sharing()
    sharing.rules.idle = .seconds(10)
    let path = "\(bench.folder)/audit"
    #expect(FileManager.default.createFile(atPath: path, contents: nil))
    let log = AuditLog(folder: path)
    sharing.log = log
    let boxes = Boxes(bench.settings, sharing: sharing, on: bench.loops)
    log.add(
      AuditRecord(bench.shell("true"), began: .now(), AttemptResult(.exited(status: 0))))
    await boxes.lookAround()
    #expect(log.hasWork && boxes.sharingView.surroundings.idle == .zero)
    try FileManager.default.removeItem(atPath: path)
    await boxes.lookAround()
    #expect(!log.hasWork)
  }

  @Test func `idleness is counted from when somebody looks`() async throws {
    let boxes = Boxes(bench.settings, on: bench.loops)
    var rules = SharingRules()
    rules.idle = .seconds(10)
    _ = boxes.decide(.rules(rules))
    // As after an hour of looking.
    boxes.state.withLock { state in
      let before = Instant.now().advanced(by: .seconds(-3600))
      let sample = IdleWatch.Sample(at: before, busy: .zero, own: .zero, sinceInput: nil)
      _ = state.idleWatch.feed(sample)
      state.nextLook = .now().advanced(by: .seconds(5))
    }
    _ = boxes.decide(.rules(SharingRules()))
    _ = boxes.decide(.rules(rules))
    await boxes.lookAround()
    #expect(boxes.sharingView.surroundings.idle == .zero)
  }

  @Test(.enabled(if: ProcessorSet.ofThisProcess().map { $0.numbers.count > 1 } ?? false))
  func `fewer cores hold for what runs and for what comes`() async throws {
    let all = try #require(ProcessorSet.ofThisProcess())
    let script =
      "echo now; n=0; while [ $n -lt 100 ]; do "
      + "grep Cpus_allowed_list /proc/self/status; sleep 0.05; n=$((n+1)); done"
    let want = all.last(1).description
    try await bench.serving { boxes in
      let seen = Locked<[UInt8]>([])
      let begun = Gate()
      let held = Gate()
      var slow = bench.shell(script)
      slow.limits.time = .seconds(60)
      async let result = Self.opening([begun, held]) { [slow] in
        try await boxes.run(slow) { (_, bytes) throws(RuntimeError) in
          let text = seen.withLock { seen in
            seen += bytes
            return String(decoding: seen, as: UTF8.self)
          }
          if text.contains("Cpus_allowed_list:\t\(all)\n") { begun.open() }
          if text.hasSuffix("Cpus_allowed_list:\t\(want)\n") { held.open() }
        }
      }
      await begun.wait()
      var rules = SharingRules()
      rules.cores = 1
      let ended = try await boxes.share(.rules(rules))
      #expect(ended == 0)
      await held.wait()
      let view = boxes.reports.map(\.name)
      for name in view { _ = boxes.kill(name, reason: "seen") }
      let last = try await result
      #expect(last.ending == .killed(reason: "seen"))
      let next = try await boxes.run(bench.shell("grep Cpus_allowed_list /proc/self/status"))
      #expect(next.text == "Cpus_allowed_list:\t\(want)\n")
    }
    #expect(bench.leftovers == [])
  }
}
