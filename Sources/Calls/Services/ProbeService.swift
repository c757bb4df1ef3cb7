import IO
import Primitives

/// Calls of every kind with predictable answers: for tests, measurements and `apus doctor`.
package struct ProbeService: ProbeV1.ProbeService {
  package struct Limits: Sendable {
    package var delay = Duration.seconds(60)
    package var messages: UInt64 = 1_000_000
    package var messageBytes: UInt32 = 8 << 20
    /// Of a piece of an exchange.
    package var pieceBytes: UInt32 = 64 << 10
    package init() {}
  }

  private let limits: Limits
  private let makeHash: @Sendable () -> any ProbeHash

  /// SHA-256 comes from the assembly: this module knows no cryptography.
  package init(limits: Limits = Limits(), makeHash: @escaping @Sendable () -> any ProbeHash) {
    self.limits = limits
    self.makeHash = makeHash
  }

  package func echo(
    _ request: ProbeV1.EchoRequest, _ context: CallContext
  ) throws -> ProbeV1.EchoReply {
    var reply = ProbeV1.EchoReply()
    reply.payload = request.payload
    reply.labels = request.labels
    return reply
  }

  package func delay(
    _ request: ProbeV1.DelayRequest, _ context: CallContext
  ) async throws -> ProbeV1.EchoReply {
    let delay = Duration.milliseconds(request.milliseconds)
    guard delay <= limits.delay else {
      throw Status(
        .invalidArgument,
        "Expected milliseconds of at most \(limits.delay), found \(request.milliseconds).")
    }
    do {
      try await EventLoop.current?.sleep(for: delay)
    } catch {
      throw CancellationError()
    }
    return ProbeV1.EchoReply { $0.payload = request.payload }
  }

  package func sink(
    _ requests: MessageReader<ProbeV1.SinkRequest>, _ context: CallContext
  ) async throws -> ProbeV1.SinkReply {
    var reply = ProbeV1.SinkReply()
    var hash = makeHash()
    while let request = try await requests.next() {
      reply.messages += 1
      reply.bytes += UInt64(request.payload.count)
      hash.update(request.payload)
    }
    reply.sha256 = hash.digest()
    return reply
  }

  package func source(
    _ request: ProbeV1.SourceRequest, _ replies: MessageWriter<ProbeV1.SourceReply>,
    _ context: CallContext
  ) async throws {
    guard request.messages <= limits.messages, request.bytes <= limits.messageBytes else {
      throw Status(
        .invalidArgument,
        "Expected messages of at most \(limits.messages) and bytes of at most "
          + "\(limits.messageBytes), found \(request.messages) and \(request.bytes).")
    }
    var reply = ProbeV1.SourceReply()
    reply.payload = [UInt8](repeating: 0x5A, count: Int(request.bytes))
    for number in 0..<request.messages {
      reply.number = number
      try await replies.write(reply)
    }
  }

  package func mirror(
    _ requests: MessageReader<ProbeV1.MirrorRequest>,
    _ replies: MessageWriter<ProbeV1.MirrorReply>, _ context: CallContext
  ) async throws {
    while let request = try await requests.next() {
      try await replies.write(
        ProbeV1.MirrorReply {
          $0.number = request.number
          $0.payload = request.payload
        })
    }
  }

  package func exchange(
    _ requests: MessageReader<ProbeV1.ExchangeRequest>,
    _ replies: MessageWriter<ProbeV1.ExchangeReply>, _ context: CallContext
  ) async throws {
    guard let loop = EventLoop.current else { preconditionFailure("calls run on loops") }
    guard let first = try await requests.next() else { return }
    guard first.intervalMilliseconds > 0, first.bytes <= limits.pieceBytes else {
      throw Status(
        .invalidArgument,
        "Expected an interval and bytes of at most \(limits.pieceBytes), found "
          + "\(first.intervalMilliseconds) ms and \(first.bytes).")
    }
    var end = ExchangeEnd(seed: first.seed, isCaller: false, now: .now())
    end.take(first.payload, at: first.offset, now: .now())
    let shared = SharedEnd(end)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask(executorPreference: loop) {
        while let request = try await requests.next() {
          shared.end.withLock { $0.take(request.payload, at: request.offset, now: .now()) }
        }
      }
      group.addTask(executorPreference: loop) {
        while true {
          try await replies.write(shared.end.withLock { Self.reply(&$0, Int(first.bytes)) })
          try await loop.sleep(for: .milliseconds(Int64(first.intervalMilliseconds)))
        }
      }
      defer { group.cancelAll() }
      // The caller has said that no more comes, or the stream broke.
      try await group.next()
    }
  }

  private static func reply(_ end: inout ExchangeEnd, _ count: Int) -> ProbeV1.ExchangeReply {
    let now = Instant.now()
    let piece = end.next(count)
    return ProbeV1.ExchangeReply {
      $0.offset = piece.offset
      $0.payload = piece.payload
      $0.checkedBytes = end.checkedBytes
      $0.wrongBytes = end.wrongBytes
      $0.stallNanoseconds = UInt64(clamping: end.takeStall(now: now).nanoseconds)
    }
  }
}

/// Of the two tasks that read and write.
private final class SharedEnd: Sendable {
  let end: Locked<ExchangeEnd>
  init(_ end: ExchangeEnd) { self.end = Locked(end) }
}

/// A hash that is fed piece by piece.
package protocol ProbeHash {
  mutating func update(_ bytes: [UInt8])
  mutating func digest() -> [UInt8]
}
