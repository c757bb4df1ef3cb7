package import Primitives

/// Which box for whom: decides, and makes none. A box is *busy*, *idle* on the shelf, or being
/// *made*; what is retired counts no more.
package struct BoxShelf {
  /// What boxes must agree in to be used one for another.
  package struct Key: Hashable, Sendable {
    package var creator: String
    package var plan: BoxPlan

    package init(creator: String, plan: BoxPlan) {
      self.creator = creator
      self.plan = plan
    }
  }

  package typealias BoxNumber = UInt64
  package typealias Request = UInt64

  package enum Action: Equatable, Sendable {
    /// The request has this box, which is busy from now on.
    case give(Request, BoxNumber)
    /// The request is to make a box for itself, and say `made` or `failed`.
    case make(Request)
    case retire(BoxNumber)
    /// Too many wait.
    case refuse(Request)
  }

  package struct Limits: Sendable {
    /// Boxes at once, busy, idle and being made.
    package var boxes = 64
    /// Those that wait on the shelf.
    package var idle = 32
    package var idleTime = Duration.seconds(30)
    package var attemptsPerBox = 10_000
    package var waiting = 10_000
    package init() {}
  }

  private struct Entry {
    var key: Key
    var attempts = 0
    /// Since when nobody uses it; nil while busy.
    var idleSince: Instant?
  }

  package let limits: Limits
  private var entries: [BoxNumber: Entry] = [:]
  /// Requests that were told to make one.
  private var making: [Request: Key] = [:]
  private var waiting: [(request: Request, key: Key)] = []
  /// The idle ones of a kind, the last used last.
  private var idle: [Key: [BoxNumber]] = [:]
  private var nextNumber: BoxNumber = 0

  package init(limits: Limits = Limits()) { self.limits = limits }

  /// Boxes that are, or are being made.
  package var count: Int { entries.count + making.count }
  package var makingCount: Int { making.count }
  /// Busy, or being made.
  package var busyCount: Int { count - idleCount }
  package var idleCount: Int { idle.values.reduce(0) { $0 + $1.count } }
  package var waitingCount: Int { waiting.count }

  package mutating func ask(_ request: Request, _ key: Key) -> [Action] {
    guard waiting.isEmpty else { return wait(request, key) }
    return serve(request, key) ?? wait(request, key)
  }

  private mutating func wait(_ request: Request, _ key: Key) -> [Action] {
    guard waiting.count < limits.waiting else { return [.refuse(request)] }
    waiting.append((request, key))
    return []
  }

  private mutating func serve(_ request: Request, _ key: Key) -> [Action]? {
    if let box = idle[key]?.popLast() {
      if idle[key]?.isEmpty == true { idle[key] = nil }
      entries[box]?.idleSince = nil
      entries[box]?.attempts += 1
      return [.give(request, box)]
    }
    if count < limits.boxes {
      making[request] = key
      return [.make(request)]
    }
    // Somebody's idle box makes room.
    guard let oldest = oldestIdle() else { return nil }
    retire(oldest)
    making[request] = key
    return [.retire(oldest), .make(request)]
  }

  /// The request made its box, which is busy with it.
  package mutating func made(_ request: Request) -> BoxNumber {
    guard let key = making.removeValue(forKey: request) else {
      preconditionFailure("a box was made that nobody asked for")
    }
    nextNumber += 1
    entries[nextNumber] = Entry(key: key, attempts: 1)
    return nextNumber
  }

  /// The request could not make its box.
  package mutating func failed(_ request: Request) -> [Action] {
    precondition(making.removeValue(forKey: request) != nil, "nobody was making that box")
    return serveWaiting()
  }

  /// A busy box is free again; no good when it is to be used no more.
  package mutating func release(_ box: BoxNumber, isGood: Bool, now: Instant) -> [Action] {
    guard let entry = entries[box], entry.idleSince == nil else {
      preconditionFailure("a box was given back that nobody had")
    }
    guard isGood, entry.attempts < limits.attemptsPerBox, idleCount < limits.idle else {
      entries[box] = nil
      return [.retire(box)] + serveWaiting()
    }
    entries[box]?.idleSince = now
    idle[entry.key, default: []].append(box)
    return serveWaiting()
  }

  /// An idle box is gone by itself, or is to go now. Nothing happens when it is not idle.
  package mutating func drop(_ box: BoxNumber) -> [Action] {
    guard entries[box]?.idleSince != nil else { return [] }
    retire(box)
    return [.retire(box)] + serveWaiting()
  }

  /// The request gave up before it had anything.
  package mutating func cancel(_ request: Request) {
    waiting.removeAll { $0.request == request }
  }

  private mutating func serveWaiting() -> [Action] {
    var actions: [Action] = []
    while let first = waiting.first, let served = serve(first.request, first.key) {
      waiting.removeFirst()
      actions += served
    }
    return actions
  }

  // MARK: - Time

  /// Retires what has been idle for too long.
  package mutating func expire(now: Instant) -> [Action] {
    var actions: [Action] = []
    while let oldest = oldestIdle(), let since = entries[oldest]?.idleSince,
      since.duration(to: now) >= limits.idleTime
    {
      retire(oldest)
      actions.append(.retire(oldest))
    }
    return actions
  }

  /// When `expire` has something to do.
  package var nextExpiry: Instant? {
    oldestIdle().flatMap { entries[$0]?.idleSince }?.advanced(by: limits.idleTime)
  }

  private func oldestIdle() -> BoxNumber? {
    idle.values.compactMap { list in list.first.map { ($0, entries[$0]?.idleSince) } }
      .min { ($0.1 ?? .now(), $0.0) < ($1.1 ?? .now(), $1.0) }?.0
  }

  private mutating func retire(_ box: BoxNumber) {
    guard let key = entries.removeValue(forKey: box)?.key else { return }
    idle[key]?.removeAll { $0 == box }
    if idle[key]?.isEmpty == true { idle[key] = nil }
  }
}
