package import Calls
package import Primitives

/// How much goes over a connection to another node's `Probe`: one way, then the other, each until
/// its time is up or its bytes are through.
package struct SpeedTest: Sendable {
  package struct Limits: Sendable {
    /// Each way.
    package var time = Duration.seconds(5)
    package var bytes: UInt64 = 256 << 20
    /// Small, so that a slow link gets somewhere between two looks at the clock.
    package var messageBytes = 32 << 10
    /// A source refuses to send more.
    package var messages: UInt64 = 1_000_000
    /// For making the connection, and for what is under way when the time is up.
    package var grace = Duration.seconds(15)
    /// Between two looks at the progress.
    package var progress = Duration.milliseconds(100)
    package init() {}
  }

  package enum Direction: Sendable {
    case upload, download
  }

  package struct Progress: Equatable, Sendable {
    package var direction: Direction
    package var bytes: UInt64
    package var took: Duration

    package var mbps: Double {
      let seconds = took.inSeconds
      return seconds > 0 ? Double(bytes) * 8 / seconds / 1e6 : 0
    }
  }

  package struct Result: Equatable, Sendable {
    package var upload: Progress
    package var download: Progress

    package func bandwidth(at time: WallTime) -> Bandwidth {
      Bandwidth(
        uploadMbps: upload.mbps, downloadMbps: download.mbps, measuredAt: time, source: .test)
    }
  }

  private let probe: ProbeV1.ProbeClient
  private let limits: Limits

  package init(over caller: any Caller, limits: Limits = Limits()) {
    probe = ProbeV1.ProbeClient(caller)
    self.limits = limits
  }

  /// `report` is told of the progress now and then; when it throws, the test ends.
  package func run(
    _ report: (Progress) async throws -> Void = { _ in }
  ) async throws -> Result {
    // Making the connection is no part of its speed.
    _ = try await probe.echo(.init(), options: CallOptions(timeout: limits.grace))
    let upload = try await upload(report)
    let download = try await download(report)
    return Result(upload: upload, download: download)
  }

  private func upload(_ report: (Progress) async throws -> Void) async throws -> Progress {
    let payload = [UInt8](repeating: 0x5A, count: limits.messageBytes)
    var meter = Meter(.upload, limits)
    let options = CallOptions(timeout: limits.time + limits.grace)
    let reply: ProbeV1.SinkReply
    do {
      reply = try await probe.sink(options: options) { requests in
        while !meter.isOver(now: .now()) {
          let rest = Int(clamping: limits.bytes - meter.bytes)
          let part = rest < payload.count ? Array(payload.prefix(rest)) : payload
          try await requests.write(ProbeV1.SinkRequest { $0.payload = part })
          if let progress = meter.count(part.count, now: .now()) { try await report(progress) }
        }
      }
    } catch let status as Status where status.code == .deadlineExceeded {
      throw Status(
        .deadlineExceeded,
        "What was sent did not arrive in time: the way there is too slow for so much. Try fewer "
          + "bytes, as with --bytes 256KiB.")
    }
    guard reply.bytes == meter.bytes else {
      throw Status(
        .dataLoss, "\(meter.bytes) bytes were sent and \(reply.bytes) arrived; report this.")
    }
    // What is still on its way when the last piece was written counts, and so does its time.
    return meter.total(now: .now())
  }

  private func download(_ report: (Progress) async throws -> Void) async throws -> Progress {
    let size = UInt64(limits.messageBytes)
    let request = ProbeV1.SourceRequest {
      $0.messages = min((limits.bytes + size - 1) / size, limits.messages)
      $0.bytes = UInt32(clamping: min(size, limits.bytes))
    }
    var meter = Meter(.download, limits)
    let options = CallOptions(timeout: limits.time + limits.grace)
    do {
      try await probe.source(request, options: options) { replies in
        while !meter.isOver(now: .now()), let reply = try await replies.next() {
          let progress = meter.count(reply.payload.count, now: .now())
          if let progress { try await report(progress) }
        }
      }
    } catch let status as Status where status.code == .deadlineExceeded && meter.bytes > 0 {
      // Slow, but measured.
    }
    return meter.total(now: .now())
  }

  private struct Meter {
    let direction: Direction
    let limits: Limits
    let began = Instant.now()
    var bytes: UInt64 = 0
    var reported: Instant

    init(_ direction: Direction, _ limits: Limits) {
      self.direction = direction
      self.limits = limits
      reported = began
    }

    func isOver(now: Instant) -> Bool {
      bytes >= limits.bytes || began.duration(to: now) >= limits.time
    }

    /// The progress, when it is time to tell.
    mutating func count(_ more: Int, now: Instant) -> Progress? {
      bytes += UInt64(more)
      guard reported.duration(to: now) >= limits.progress else { return nil }
      reported = now
      return total(now: now)
    }

    func total(now: Instant) -> Progress {
      Progress(direction: direction, bytes: bytes, took: began.duration(to: now))
    }
  }
}
