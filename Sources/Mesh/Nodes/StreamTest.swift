import Calls
import IO
import Primitives

/// One stream to another node's `Probe` in which bytes flow both ways all the time, each of them
/// checked by whoever gets it: shows what a link does to streams while its carriers change.
struct StreamTest: Sendable {
  struct Limits: Sendable {
    var pieceBytes: UInt32 = 64 << 10
    var shortestReport = Duration.milliseconds(10)
    /// For what is under way when the time is up.
    var grace = Duration.seconds(5)
  }

  /// Bytes from the beginning; the longest time without one since the report before.
  struct Direction: Equatable, Sendable {
    var checkedBytes: UInt64 = 0
    var wrongBytes: UInt64 = 0
    var stall = Duration.zero

    var message: NodesV1.StreamReply.Direction {
      NodesV1.StreamReply.Direction {
        $0.checkedBytes = checkedBytes
        $0.wrongBytes = wrongBytes
        $0.stallNanoseconds = UInt64(clamping: stall.nanoseconds)
      }
    }
  }

  struct Report: Equatable, Sendable {
    var took: Duration
    var upload: Direction
    var download: Direction
  }

  private struct State: Sendable {
    var end: ExchangeEnd
    /// As the other side told; its stalls since the last report.
    var upload = Direction()
    var isOver = false
  }

  /// What the tasks of a run share.
  private final class Course: Sendable {
    let state: Locked<State>
    init(_ state: State) { self.state = Locked(state) }
  }

  private let time: Duration?
  private let interval: Duration
  private let reportInterval: Duration
  private let bytes: Int
  private let seed: UInt64
  private let limits: Limits

  init(_ request: NodesV1.StreamRequest, limits: Limits = Limits()) throws(NetworkError) {
    guard request.bytes <= limits.pieceBytes else {
      throw NetworkError(.violation, "A piece has at most \(limits.pieceBytes) bytes.")
    }
    self.limits = limits
    time = request.milliseconds == 0 ? nil : .milliseconds(Int64(request.milliseconds))
    interval = .milliseconds(Int64(max(1, request.intervalMilliseconds.or(10))))
    let reports = Duration.milliseconds(Int64(request.reportMilliseconds.or(1_000)))
    reportInterval = max(reports, limits.shortestReport)
    bytes = Int(request.bytes.or(4 << 10))
    seed = request.seed
  }

  /// Until the time is up, `report` throws, the task is cancelled or the stream breaks, which
  /// throws.
  func run(
    over probe: ProbeV1.ProbeClient, _ report: @escaping @Sendable (Report) async throws -> Void
  ) async throws {
    let options = time.map { CallOptions(timeout: $0 + limits.grace) } ?? CallOptions()
    try await probe.exchange(options: options) { conversation in
      guard let loop = EventLoop.current else { preconditionFailure("calls run on loops") }
      let began = loop.now
      let course = Course(State(end: ExchangeEnd(seed: seed, isCaller: true, now: began)))
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask(executorPreference: loop) {
          try await send(into: conversation, course, until: time.map(began.advanced), on: loop)
        }
        group.addTask(executorPreference: loop) { try await take(conversation.replies, course) }
        group.addTask(executorPreference: loop) {
          while !course.state.withLock({ $0.isOver }) {
            try await loop.sleep(for: reportInterval)
            try await report(Self.report(course, since: began))
          }
        }
        defer { group.cancelAll() }
        try await group.waitForAll()
      }
    }
  }

  private func send(
    into conversation: Conversation<ProbeV1.ExchangeRequest, ProbeV1.ExchangeReply>,
    _ course: Course, until end: Instant?, on loop: EventLoop
  ) async throws {
    var isFirst = true
    while end.map({ loop.now < $0 }) ?? true {
      let piece = course.state.withLock { $0.end.next(bytes) }
      let isFirstNow = isFirst
      try await conversation.requests.write(
        ProbeV1.ExchangeRequest {
          if isFirstNow {
            $0.seed = seed
            $0.intervalMilliseconds = UInt32(clamping: interval.nanoseconds / 1_000_000)
            $0.bytes = UInt32(clamping: bytes)
          }
          $0.offset = piece.offset
          $0.payload = piece.payload
        })
      isFirst = false
      try await loop.sleep(for: interval)
    }
    try await conversation.finish()
  }

  private func take(
    _ replies: MessageReader<ProbeV1.ExchangeReply>, _ course: Course
  ) async throws {
    while let reply = try await replies.next() {
      course.state.withLock { state in
        state.end.take(reply.payload, at: reply.offset, now: .now())
        state.upload.checkedBytes = reply.checkedBytes
        state.upload.wrongBytes = reply.wrongBytes
        let stall = Duration.nanoseconds(Int64(clamping: reply.stallNanoseconds))
        state.upload.stall = max(state.upload.stall, stall)
      }
    }
    course.state.withLock { $0.isOver = true }
  }

  private static func report(_ course: Course, since began: Instant) -> Report {
    course.state.withLock { state in
      defer { state.upload.stall = .zero }
      let now = Instant.now()
      let download = Direction(
        checkedBytes: state.end.checkedBytes, wrongBytes: state.end.wrongBytes,
        stall: state.end.takeStall(now: now))
      return Report(took: began.duration(to: now), upload: state.upload, download: download)
    }
  }
}

extension UInt32 {
  /// What stands for 0.
  fileprivate func or(_ other: UInt32) -> UInt32 { self == 0 ? other : self }
}
