import IO
import Primitives

/// The connections to one origin, who uses them and who waits for one.
///
/// A waiter is granted either a connection or the leave to make one, in the order of waiting;
/// nobody overtakes. Where a connection carries many exchanges, one is made at a time.
/// Guard: confinement to the client's loop.
final class OriginPool: @unchecked Sendable {
  final class Entry {
    let connection: any ClientConnection
    /// Exchanges under way or about to begin.
    fileprivate(set) var leases = 0
    /// Granted, and not opened yet.
    fileprivate var reserved = 0
    fileprivate(set) var idleSince: Instant

    init(_ connection: any ClientConnection, now: Instant) {
      self.connection = connection
      idleSince = now
    }

    var isUsable: Bool { connection.capacity != nil }
    var hasRoom: Bool { (connection.capacity ?? 0) > reserved }
  }

  enum Grant {
    case use(Entry)
    case dial
  }

  final class Waiter {
    let gate = Gate()
    let wantsFresh: Bool
    fileprivate(set) var grant: Grant?
    init(wantsFresh: Bool) { self.wantsFresh = wantsFresh }
  }

  private let limits: ClientLimits
  private var entries: [Entry] = []
  private var waiters: [Waiter] = []
  private var dialling = 0
  private var isShared = false

  init(limits: ClientLimits) { self.limits = limits }

  var isEmpty: Bool { entries.isEmpty && waiters.isEmpty && dialling == 0 }
  var connectionCount: Int { entries.count }

  /// The moment at which the connection that has been idle longest is due to close.
  var nextExpiry: Instant? {
    entries.filter { $0.leases == 0 }.map { $0.idleSince.advanced(by: limits.idleTimeout) }.min()
  }

  /// Queues up. With `wantsFresh` only a connection that has carried nothing yet will do.
  func wait(wantsFresh: Bool) throws(MessageError) -> Waiter {
    let waiter = Waiter(wantsFresh: wantsFresh)
    guard waiters.count < limits.waitingPerOrigin else {
      throw MessageError(
        .refused, "\(waiters.count) requests wait for a connection already",
        status: .unavailable)
    }
    waiters.append(waiter)
    grant()
    return waiter
  }

  /// Gives up waiting, or hands back what was granted and not used.
  func leave(_ waiter: Waiter) {
    switch waiter.grant {
    case .use(let entry):
      entry.reserved -= 1
      release(entry, now: entry.idleSince)
    case .dial: dialled(nil, now: .distantFuture)
    case nil: waiters.removeAll { $0 === waiter }
    }
    waiter.grant = nil
  }

  /// The outcome of a grant to dial: the entry is leased to the caller already.
  @discardableResult
  func dialled(_ connection: (any ClientConnection)?, now: Instant) -> Entry? {
    dialling -= 1
    defer { grant() }
    guard let connection else { return nil }
    isShared = (connection.capacity ?? 0) > 1
    let entry = Entry(connection, now: now)
    entry.leases = 1
    entry.reserved = 1
    entries.append(entry)
    return entry
  }

  /// The lease turned into a stream, or will not.
  func opened(_ entry: Entry) {
    entry.reserved -= 1
    if isShared { grant() }
  }

  func release(_ entry: Entry, now: Instant) {
    entry.leases -= 1
    entry.idleSince = now
    dropUnusable()
    grant()
  }

  /// Closes what has been idle for long enough.
  func reap(now: Instant) {
    for entry in entries
    where entry.leases == 0 && entry.idleSince.advanced(by: limits.idleTimeout) <= now {
      entry.connection.close()
    }
    entries.removeAll { !$0.isUsable && $0.leases == 0 }
  }

  func close() {
    for entry in entries { entry.connection.close() }
    entries = []
    for waiter in waiters { waiter.gate.open() }
    waiters = []
  }

  private func dropUnusable() {
    entries.removeAll { $0.leases == 0 && !$0.isUsable }
  }

  private func grant() {
    dropUnusable()
    while let waiter = waiters.first, let grant = nextGrant(waiter) {
      if case .use(let entry) = grant {
        entry.leases += 1
        entry.reserved += 1
      } else {
        dialling += 1
      }
      waiters.removeFirst()
      waiter.grant = grant
      waiter.gate.open()
    }
  }

  private func nextGrant(_ waiter: Waiter) -> Grant? {
    if !waiter.wantsFresh, let entry = entries.last(where: \.hasRoom) { return .use(entry) }
    if waiter.wantsFresh { closeOneIdle() }
    let total = entries.count(where: \.isUsable) + dialling
    guard total < limits.connectionsPerOrigin else { return nil }
    if isShared, dialling > 0, !waiter.wantsFresh { return nil }
    return .dial
  }

  /// Whoever wants a fresh connection has just found a kept one closed: the others are likely so.
  private func closeOneIdle() {
    guard entries.count(where: \.isUsable) + dialling >= limits.connectionsPerOrigin,
      let index = entries.firstIndex(where: { $0.leases == 0 })
    else { return }
    entries[index].connection.close()
    entries.remove(at: index)
  }
}
