package import HTTP
package import IO
package import Primitives

/// Makes a channel's connections: one each for Unix sockets, TCP and TLS.
package protocol CallDialler: Sendable {
  /// Connects, on `loop`, and gives up at the deadline. The channel runs and closes what it gets.
  func dial(on loop: EventLoop, deadline: Instant) async throws -> FrameClientConnection
}

/// A lasting way to one server. It dials when the first call comes and again when its connection
/// is gone; calls that the server provably did not touch move to the new connection by
/// themselves, within a budget.
///
/// While a connection is being made, calls wait for the outcome. When it cannot be made they fail
/// with `unavailable`, and so do further ones until it is time for another attempt, unless they
/// say `waitsForConnection`.
///
/// Close it: until then it keeps itself and its connection.
/// Guard: confinement to `loop`.
package final class CallChannel: Caller, @unchecked Sendable {
  package struct Limits: Sendable {
    package var call = CallClient.Limits()
    /// Of one call, the first one included.
    package var attempts = 3
    /// Retries that calls may use up before others have ended well.
    package var retries = 10
    package var dialTimeout = Duration.seconds(10)
    /// Between two attempts to connect, doubled with each failure.
    package var shortestPause = Duration.milliseconds(100)
    package var longestPause = Duration.seconds(30)
    package init() {}
  }

  let loop: EventLoop
  private let dialler: any CallDialler
  private let authority: String
  private let channelLimits: Limits
  private let random: @Sendable () -> UInt64
  private let tasks: TaskSet
  private let changes = Broadcast()
  private var connection: FrameClientConnection?
  private var isDialling = false
  private var isClosed = false
  private var pause: RetryPause
  private var budget: RetryBudget
  /// Why the last attempt to connect failed, and when the next one is due.
  private var failure: (status: Status, until: Instant)?

  package init(
    _ dialler: any CallDialler, on loop: EventLoop, authority: String, limits: Limits = Limits(),
    random: @escaping @Sendable () -> UInt64 = { .random(in: .min ... .max) }
  ) {
    self.dialler = dialler
    self.loop = loop
    self.authority = authority
    self.random = random
    channelLimits = limits
    tasks = TaskSet(on: loop)
    pause = RetryPause(shortest: limits.shortestPause, longest: limits.longestPause)
    budget = RetryBudget(limit: limits.retries)
  }

  package func call<Answer: Sendable>(
    _ method: MethodDescription, _ options: CallOptions,
    _ body: (any MessageStream) async throws -> Answer
  ) async throws -> Answer {
    try await call(CallRequest(method: method, options: options, authority: authority)) {
      try await body($0)
    }
  }

  package func unary(
    _ method: MethodDescription, _ frame: [UInt8], _ options: CallOptions
  ) async throws -> [UInt8] {
    try await call(CallRequest(method: method, options: options, authority: authority)) {
      try await $0.exchange(frame)
    }
  }

  /// Ends the connection and the calls on it.
  package func close() async {
    await loop.run {
      isClosed = true
      connection?.close()
      tasks.cancelAll()
      changes.announce()
      await tasks.waitForAll()
    }
  }
}

// MARK: - Streams

extension CallChannel: StreamSource {
  var limits: CallClient.Limits { channelLimits.call }

  func open(_ request: CallRequest) async throws -> any ClientStream {
    while true {
      if isClosed { throw Status(.unavailable, "The channel is closed.") }
      if let connection {
        if connection.capacity != nil {
          return try connection.open(request.head(now: .now()), endsWithHead: false)
        }
        // It takes no more; what is open on it may go on.
        self.connection = nil
      }
      try await connectionMayHaveChanged(request.options)
    }
  }

  func mayRetry(after attempts: Int) -> Bool {
    attempts < channelLimits.attempts && budget.take()
  }

  func callEnded() { budget.callEnded() }

  /// Sees to it that somebody dials, and waits until there is something new to look at.
  private func connectionMayHaveChanged(_ options: CallOptions) async throws {
    let failed = failure?.until
    var wake = options.deadline?.instant
    if !isDialling {
      if let failure, loop.now < failure.until {
        if !options.waitsForConnection { throw failure.status }
        wake = min(wake ?? failure.until, failure.until)
      } else {
        startDialling()
      }
    }
    let change = changes.next()
    if connection == nil && failure?.until == failed {
      let timer = wake.map { loop.schedule(at: $0) { [changes] in changes.announce() } }
      await change.wait()
      if let timer { loop.cancel(timer) }
    }
    try Task.checkCancellation()
    if let deadline = options.deadline, deadline.hasPassed(now: .now()) {
      throw Status(.deadlineExceeded, "The deadline passed before there was a connection.")
    }
    if let failure, failure.until != failed, !options.waitsForConnection { throw failure.status }
  }

  // MARK: - The connection

  private func startDialling() {
    isDialling = true
    tasks.start { [self] in
      let fresh = await dial()
      isDialling = false
      connection = fresh
      changes.announce()
      guard let fresh else { return }
      if isClosed { fresh.close() }
      await fresh.run()
      if connection === fresh { connection = nil }
      changes.announce()
    }
  }

  private func dial() async -> FrameClientConnection? {
    do {
      let deadline = Instant.now().advanced(by: channelLimits.dialTimeout)
      let connection = try await dialler.dial(on: loop, deadline: deadline)
      failure = nil
      pause.reset()
      return connection
    } catch {
      let status = Status(.unavailable, "\(authority) cannot be reached: \(error)")
      let until = Instant.now().advanced(by: pause.next(random: random()))
      failure = (error as? Status ?? status, until)
      return nil
    }
  }
}
