import IO
import Primitives

extension Containers {
  /// Carries input and output of an attempt until the program has ended, within its limits.
  func carry(
    _ attempt: Attempt, _ streams: EngineConversation, _ live: LiveContainer, _ sink: BoxSink
  ) async throws(RuntimeError) {
    let outcome: Result<Void, RuntimeError> = await withTaskCancellationHandler {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await Self.feed(attempt.input, to: streams) }
        group.addTask { await self.watch(attempt.limits, streams, live) }
        var outcome = Result<Void, RuntimeError>.success(())
        do throws(RuntimeError) {
          try await read(streams, attempt.limits, live, sink)
        } catch {
          // A stream that breaks because we end it is what was wanted.
          let isMeant = error.code == .lost && live.doom.withLock { $0 } != nil
          if !isMeant { outcome = .failure(error) }
        }
        streams.close()
        group.cancelAll()
        return outcome
      }
    } onCancel: {
      loop.execute { [self] in
        end(live, .killed(reason: "nobody wants it any more"))
        streams.close()
      }
    }
    try outcome.get()
  }

  private static func feed(_ input: [UInt8], to streams: EngineConversation) async {
    if input.isEmpty { return }
    do throws(RuntimeError) {
      try await streams.write(input)
      try await streams.endInput()
    } catch {
      // A program that does not read its input to the end may do so.
    }
  }

  private func read(
    _ streams: EngineConversation, _ limits: AttemptLimits, _ live: LiveContainer,
    _ sink: BoxSink
  ) async throws(RuntimeError) {
    var written: [BoxStream: Int64] = [:]
    while let (stream, bytes) = try await streams.next() {
      let room = limits.outputBytes - written[stream, default: 0]
      if room > 0 {
        let piece = Int64(bytes.count) <= room ? bytes : Array(bytes.prefix(Int(room)))
        try await sink(stream, piece)
      }
      written[stream, default: 0] += Int64(bytes.count)
      if Int64(bytes.count) > room { end(live, .outputLimit) }
    }
  }

  /// Ends it when its time is over, or its files are too many where nobody else counts them.
  private func watch(
    _ limits: AttemptLimits, _ streams: EngineConversation, _ live: LiveContainer
  ) async {
    let deadline = Instant.now().advanced(by: limits.time)
    let reserve = settings.limits.reserve
    do throws(SystemError) {
      while Instant.now() < deadline {
        let next = Instant.now().advanced(by: settings.limits.watch)
        try await loop.sleep(until: live.home.isMounted ? deadline : min(deadline, next))
        if live.home.isMounted { continue }
        let isTooMuch = await Self.isTooMuch {
          try await Box.pool.run { live.home.isOverfull(reserve: reserve) }
        }
        if isTooMuch {
          end(live, Self.overfull)
          break
        }
      }
      end(live, .timedOut)
      try await loop.sleep(for: settings.limits.grace)
      streams.close()
    } catch {
      // Cancelled: the program has ended.
    }
  }

  /// What cannot be counted is too much, unless nobody counts any more.
  static func isTooMuch(_ count: () async throws -> Bool) async -> Bool {
    do {
      return try await count()
    } catch {
      return !Task.isCancelled
    }
  }

  static let overfull = Ending.killed(
    reason: "it leaves more in /work/out than it may, or more than the disk has room for: leave "
      + "less, or ask for more room for files")
}
