package import IO
import Primitives

/// Sends requests over connections that are kept and shared by origin, whichever version of
/// HTTP they speak. Redirects are not followed.
/// Guard of everything mutable: confinement to `loop`.
package final class Client: @unchecked Sendable {
  package let loop: EventLoop
  private let dialler: any Dialler
  private let limits: ClientLimits
  private var pools: [Origin: OriginPool] = [:]
  private var reaper: TimerToken?
  private var isClosed = false

  package init(on loop: EventLoop, dialler: any Dialler, limits: ClientLimits = ClientLimits()) {
    self.loop = loop
    self.dialler = dialler
    self.limits = limits
  }

  /// Sends a request and collects the answer.
  package func send(_ request: ClientRequest) async throws -> ClientAnswer {
    let limit = min(limits.bodyBytes, request.expandsUpTo ?? .max)
    return try await exchange(request) { response in
      let body = try await response.collect(limit: limit)
      return ClientAnswer(head: response.head, body: body, trailers: response.trailers)
    }
  }

  /// Sends a request and lends the answer to `body`. What `body` leaves unread is given up.
  /// Cancelling the task, or the deadline, ends the exchange wherever it is.
  package func exchange<Result>(
    _ request: ClientRequest, _ body: (ClientResponse) async throws -> Result
  ) async throws -> Result {
    try await loop.run {
      guard !isClosed else { throw MessageError(.misuse, "the client is closed") }
      let timeout = request.timeout ?? limits.exchangeTimeout
      let deadline = Instant.now().advanced(by: timeout)
      do {
        return try await attempt(request, deadline, wantsFresh: false, body)
      } catch let error as Retryable {
        guard request.isReplayable else { throw error.cause }
      }
      do {
        return try await attempt(request, deadline, wantsFresh: true, body)
      } catch let error as Retryable {
        throw error.cause
      }
    }
  }

  /// Ends every connection; exchanges under way fail.
  package func close() {
    loop.checkIsCurrent("close")
    isClosed = true
    for pool in pools.values { pool.close() }
    pools = [:]
    if let reaper { loop.cancel(reaper) }
    reaper = nil
  }

  /// Connections open now, to all origins.
  package var openConnections: Int { pools.values.reduce(0) { $0 + $1.connectionCount } }

  // MARK: - One attempt

  /// Nothing was done: the connection had been closed while it was idle, or takes no more.
  private struct Retryable: Error {
    var cause: any Error
  }

  private func attempt<Result>(
    _ request: ClientRequest, _ deadline: Instant, wantsFresh: Bool,
    _ body: (ClientResponse) async throws -> Result
  ) async throws -> Result {
    let pool = pool(for: request.origin)
    let entry = try await lease(pool, request.origin, deadline, wantsFresh: wantsFresh)
    defer {
      pool.release(entry, now: loop.now)
      armReaper()
    }
    var exchange: ClientExchange?
    do {
      let begun = try begin(request, on: entry, of: pool)
      exchange = begun
      return try await begun.run(until: deadline, body)
    } catch let error as MessageError where error.code == .refused && exchange?.hasAnswer != true {
      throw Retryable(cause: error)
    }
  }

  private func begin(
    _ request: ClientRequest, on entry: OriginPool.Entry, of pool: OriginPool
  ) throws -> ClientExchange {
    defer { pool.opened(entry) }
    let stream = try entry.connection.open(
      request.completeHead, endsWithHead: request.body.isNone)
    return ClientExchange(request, stream, limits, loop)
  }

  private func pool(for origin: Origin) -> OriginPool {
    if let pool = pools[origin] { return pool }
    let pool = OriginPool(limits: limits)
    pools[origin] = pool
    return pool
  }

  // MARK: - Connections

  private func lease(
    _ pool: OriginPool, _ origin: Origin, _ deadline: Instant, wantsFresh: Bool
  ) async throws -> OriginPool.Entry {
    let connectBy = min(deadline, Instant.now().advanced(by: limits.connectTimeout))
    let waiter = try pool.wait(wantsFresh: wantsFresh)
    if waiter.grant == nil {
      let timer = loop.schedule(at: connectBy) { waiter.gate.open() }
      await waiter.gate.wait()
      loop.cancel(timer)
    }
    guard let grant = waiter.grant, !Task.isCancelled else {
      pool.leave(waiter)
      try Task.checkCancellation()
      throw MessageError(
        isClosed ? .misuse : .timedOut, "no connection to \(origin) became free in time")
    }
    switch grant {
    case .use(let entry): return entry
    case .dial:
      do {
        let connection = try await dial(origin, until: connectBy)
        guard let entry = pool.dialled(connection, now: loop.now) else {
          preconditionFailure("a connection that was made has no entry")
        }
        return entry
      } catch {
        pool.dialled(nil, now: loop.now)
        throw error
      }
    }
  }

  private func dial(_ origin: Origin, until deadline: Instant) async throws -> any ClientConnection
  {
    let (dialler, loop) = (dialler, loop)
    return try await withThrowingTaskGroup(of: (any ClientConnection)?.self) { group in
      group.addTask { try await dialler.dial(origin) }
      group.addTask {
        try await loop.sleep(until: deadline)
        return nil
      }
      let first = await group.nextResult()
      group.cancelAll()
      // A connection that comes too late is not left behind.
      while let late = await group.nextResult() { try? late.get()?.close() }
      switch first {
      case .success(let connection?): return connection
      case .failure(let error as SystemError) where !Task.isCancelled:
        throw MessageError(.unreachable, "\(origin) cannot be reached: \(error.message)")
      case .failure(let error) where !Task.isCancelled: throw error
      case .success(nil), .failure, nil:
        try Task.checkCancellation()
        throw MessageError(.timedOut, "connecting to \(origin) took too long")
      }
    }
  }

  /// One timer for all pools, for the connection that is due next.
  private func armReaper() {
    guard reaper == nil, !isClosed, let due = pools.values.compactMap(\.nextExpiry).min() else {
      return
    }
    reaper = loop.schedule(at: due) { [self] in
      reaper = nil
      for (origin, pool) in pools {
        pool.reap(now: loop.now)
        if pool.isEmpty { pools[origin] = nil }
      }
      armReaper()
    }
  }
}

extension ClientRequest.Body {
  fileprivate var isNone: Bool {
    switch self {
    case .none: true
    case .bytes, .stream: false
    }
  }
}
