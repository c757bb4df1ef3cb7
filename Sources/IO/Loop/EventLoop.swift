import CSystem
import Glibc
package import Primitives
import Synchronization

// # The event loop
//
// One thread, one epoll instance, one queue of Swift jobs, one heap of timers. The loop is a
// `TaskExecutor`: a task that prefers it runs on its thread from the first instruction to the
// last, so that what belongs to the loop (transports, timers, HTTP connections) needs no lock.
//
// One turn: run the jobs, run the timers that are due, run what those made ready, then sleep in
// `epoll_wait` until a descriptor, a timer or another thread wants something. An idle loop
// sleeps for ever: nothing here ticks.
//
// Order within a turn is jobs before events, so that an answer leaves before more is read.

/// What epoll calls when a descriptor is ready. Edge-triggered: remember, do not expect a repeat.
package protocol ReadinessHandler: AnyObject {
  func ready(_ events: Readiness)
}

package struct Readiness: OptionSet, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let read = Readiness(rawValue: EPOLLIN.rawValue)
  package static let write = Readiness(rawValue: EPOLLOUT.rawValue)
  /// The other side ended its direction.
  package static let readEnded = Readiness(rawValue: EPOLLRDHUP.rawValue)
  package static let hungUp = Readiness(rawValue: EPOLLHUP.rawValue)
  package static let failed = Readiness(rawValue: EPOLLERR.rawValue)
  /// Level-triggered when absent.
  static let edge = Readiness(rawValue: 1 << 31)
}

/// Guard of everything mutable but `inbox`: the loop's own thread, checked by `isCurrent`.
package final class EventLoop: TaskExecutor, @unchecked Sendable {
  package struct Limits: Sendable {
    /// Events taken from the kernel in one turn.
    package var eventsPerTurn = 256
    /// Rounds of jobs that wake each other before descriptors are asked again.
    package var jobRoundsPerTurn = 16
    /// After `stop`: turns that tasks which woke then may take to wind up.
    package var turnsAfterStop = 1_000
    /// What `read` of a socket lends at most at once. Page-aligned: worth 2x on big reads.
    package var scratchBytes = 128 * 1024
    package init() {}
  }

  private struct Inbox {
    var jobs: [UnownedJob] = []
    var bodies: [@Sendable () -> Void] = []
    var isSignalled = false
    var isStopping = false
  }

  private struct Watched {
    var handler: (any ReadinessHandler)?
    var generation: UInt32 = 0
  }

  private let limits: Limits
  private let epoll: Int32
  private let wakeDescriptor: Int32
  private let inbox = Locked(Inbox())
  private let started = Atomic<Bool>(false)
  private var thread = pthread_t()
  private var jobs: [UnownedJob] = []
  private var running: [UnownedJob] = []
  private var timers = TimerHeap()
  private var isStopping = false
  private var turnsAfterStop = 0
  /// Who sleeps in `sleep(until:)`, by timer, to be woken when the loop stops.
  private var sleepers: [TimerToken: Gate] = [:]
  /// Kept alive while registered; cleared only between turns, because an event already taken
  /// from the kernel may still point here.
  /// By descriptor: the kernel hands out the smallest free number, so the array stays dense.
  private var watched: [Watched] = []

  /// Buffers that nobody borrows now.
  private var scratchBuffers: [UnsafeMutableRawBufferPointer] = []
  private var deferred: [() -> Void] = []
  private var atTurnEnd: [() -> Void] = []
  private var sharedObjects: [ObjectIdentifier: AnyObject] = [:]

  /// Counts the turns, so that one busy stream can be told to let others run.
  package private(set) var turn: UInt64 = 0

  /// The clock as of this turn. Fresh enough for time-outs; measure with `Instant.now()`.
  package private(set) var now: Instant

  /// What timers go by.
  let clock: @Sendable () -> Instant

  package init(
    name: String = "loop", limits: Limits = Limits(),
    clock: @escaping @Sendable () -> Instant = { .now() }
  ) throws(SystemError) {
    self.limits = limits
    self.clock = clock
    now = clock()
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard epoll >= 0 else { throw SystemError("creating an epoll instance") }
    wakeDescriptor = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
    guard wakeDescriptor >= 0 else {
      Glibc.close(epoll)
      throw SystemError("creating an eventfd")
    }
    var event = epoll_event()
    event.events = EPOLLIN.rawValue
    event.data.u64 = UInt64(UInt32(bitPattern: wakeDescriptor))
    epoll_ctl(epoll, EPOLL_CTL_ADD, wakeDescriptor, &event)
    Thread.start(name: name) { [self] in run() }
    while !started.load(ordering: .acquiring) { sched_yield() }
  }

  deinit {
    Glibc.close(epoll)
    Glibc.close(wakeDescriptor)
    for buffer in scratchBuffers { buffer.deallocate() }
  }

  // MARK: - From any thread

  /// The loop whose thread this is; nil elsewhere.
  package static var current: EventLoop? {
    guard let raw = pthread_getspecific(currentKey) else { return nil }
    return Unmanaged<EventLoop>.fromOpaque(raw).takeUnretainedValue()
  }

  private static let currentKey: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  package var isCurrent: Bool { pthread_equal(pthread_self(), thread) != 0 }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if isCurrent {
      jobs.append(job)
      return
    }
    let mustSignal = inbox.withLock { inbox in
      inbox.jobs.append(job)
      defer { inbox.isSignalled = true }
      return !inbox.isSignalled
    }
    if mustSignal { signal() }
  }

  /// Runs `body` on the loop, at once when the caller is on it.
  package func execute(_ body: @escaping @Sendable () -> Void) {
    if isCurrent {
      body()
      return
    }
    let mustSignal = inbox.withLock { inbox in
      inbox.bodies.append(body)
      defer { inbox.isSignalled = true }
      return !inbox.isSignalled
    }
    if mustSignal { signal() }
  }

  /// Ends the thread after the jobs at hand. Descriptors must be unregistered by then. Who sleeps
  /// (`sleep(until:)`) wakes with `.closed`; other timers do not run any more.
  package func stop() {
    let mustSignal = inbox.withLock { inbox in
      inbox.isStopping = true
      defer { inbox.isSignalled = true }
      return !inbox.isSignalled
    }
    if mustSignal { signal() }
  }

  // MARK: - From the loop's thread

  /// Traps when called from elsewhere: the guard of all that is confined to the loop.
  @inline(__always)
  package func checkIsCurrent(_ what: StaticString) {
    precondition(isCurrent, "\(what) must be called on its event loop")
  }

  /// Watches a descriptor. The loop keeps the handler until `unregister`.
  package func register(
    _ descriptor: Int32, for events: Readiness, levelTriggered: Bool = false,
    _ handler: any ReadinessHandler
  ) throws(SystemError) {
    checkIsCurrent("register")
    let index = Int(descriptor)
    while watched.count <= index { watched.append(Watched()) }
    let generation = watched[index].generation &+ 1
    var event = epoll_event()
    event.events = events.rawValue | (levelTriggered ? 0 : Readiness.edge.rawValue)
    event.data.u64 = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
    guard epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0 else {
      throw SystemError("watching a descriptor")
    }
    watched[index] = Watched(handler: handler, generation: generation)
  }

  /// Call before the descriptor is closed.
  package func unregister(_ descriptor: Int32) {
    checkIsCurrent("unregister")
    epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, nil)
    watched[Int(descriptor)].handler = nil
  }

  /// Runs `body` on the loop at `deadline` or soon after; cancel with the returned token.
  @discardableResult
  package func schedule(
    at deadline: Instant, _ body: @escaping () -> Void
  ) -> TimerToken {
    checkIsCurrent("schedule")
    return timers.insert(deadline: deadline, body)
  }

  @discardableResult
  package func schedule(after delay: Duration, _ body: @escaping () -> Void) -> TimerToken {
    schedule(at: clock().advanced(by: delay), body)
  }

  package func cancel(_ token: TimerToken) {
    checkIsCurrent("cancel")
    timers.cancel(token)
  }

  /// A timer that opens `gate`, also when the loop stops. False when it stops already.
  func startSleep(until deadline: Instant, _ gate: Gate) -> TimerToken? {
    checkIsCurrent("sleep")
    if isStopping { return nil }
    let token = schedule(at: deadline) { gate.open() }
    sleepers[token] = gate
    return token
  }

  /// True when the sleep ended because the loop stops.
  func endSleep(_ token: TimerToken) -> Bool {
    cancel(token)
    return sleepers.removeValue(forKey: token) == nil
  }

  private func wakeSleepers() {
    let waking = sleepers.values
    sleepers = [:]
    for gate in waking { gate.open() }
  }

  /// Lends a page-aligned buffer of `Limits.scratchBytes` for the length of the call. Calls nest
  /// (a filter lends from within what it was lent), each with a buffer of its own.
  package func withScratch<Result, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let buffer =
      scratchBuffers.popLast() ?? .allocate(byteCount: limits.scratchBytes, alignment: 4096)
    defer { scratchBuffers.append(buffer) }
    return try body(buffer)
  }

  /// The one object of its type that all on this loop share, made when first asked for.
  package func shared<Value: AnyObject>(_ make: () -> Value) -> Value {
    checkIsCurrent("shared")
    if let value = sharedObjects[ObjectIdentifier(Value.self)] as? Value { return value }
    let value = make()
    sharedObjects[ObjectIdentifier(Value.self)] = value
    return value
  }

  /// Runs `body` in the next turn, after other descriptors had their say.
  package func onNextTurn(_ body: @escaping () -> Void) {
    checkIsCurrent("onNextTurn")
    deferred.append(body)
  }

  /// Runs `body` when the jobs of this turn are done, before the loop sleeps: the moment to send
  /// what many tasks have queued.
  package func onTurnEnd(_ body: @escaping () -> Void) {
    checkIsCurrent("onTurnEnd")
    atTurnEnd.append(body)
  }

  /// Lets everybody else on this loop run once.
  package func yieldTurn() async {
    await withUnsafeContinuation { continuation in onNextTurn { continuation.resume() } }
  }

  // MARK: - The thread

  private func run() {
    thread = pthread_self()
    pthread_setspecific(Self.currentKey, Unmanaged.passUnretained(self).toOpaque())
    started.store(true, ordering: .releasing)
    let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: limits.eventsPerTurn)
    defer { events.deallocate() }
    while true {
      runJobs()
      runTurnEnd()
      if isStopping && hasWoundUp() { break }
      let count = epoll_wait(epoll, events, Int32(limits.eventsPerTurn), timeout())
      turn &+= 1
      now = clock()
      let postponed = deferred
      deferred.removeAll(keepingCapacity: true)
      // Negative is EINTR: a signal is no event of ours.
      for index in 0..<Int(max(0, count)) { dispatch(events[index]) }
      for token in timers.popDue(now) { timers.take(token)?() }
      for body in postponed { body() }
    }
    letGo()
  }

  /// What never runs any more may hold the loop, or what holds the loop. It goes when nothing of
  /// the loop is being changed, since it may cancel and unregister as it goes.
  private func letGo() {
    let leftover = (timers, deferred, atTurnEnd, watched.map(\.handler))
    timers = TimerHeap()
    deferred = []
    atTurnEnd = []
    for index in watched.indices { watched[index].handler = nil }
    withExtendedLifetime(leftover) {}
  }

  /// Whoever was woken by the stop, or yields, gets a few turns to take note of it.
  private func hasWoundUp() -> Bool {
    wakeSleepers()
    turnsAfterStop += 1
    return jobs.isEmpty && (deferred.isEmpty || turnsAfterStop > limits.turnsAfterStop)
  }

  private func dispatch(_ event: epoll_event) {
    let descriptor = Int32(bitPattern: UInt32(truncatingIfNeeded: event.data.u64))
    if descriptor == wakeDescriptor {
      emptyInbox()
      return
    }
    // A handler earlier in this turn may have closed this descriptor, and the kernel may have
    // given its number to another: the generation tells them apart.
    let watch = watched[Int(descriptor)]
    guard watch.generation == UInt32(truncatingIfNeeded: event.data.u64 >> 32),
      let handler = watch.handler
    else { return }
    handler.ready(Readiness(rawValue: event.events))
  }

  private func emptyInbox() {
    var value: UInt64 = 0
    _ = Glibc.read(wakeDescriptor, &value, 8)
    let bodies = inbox.withLock { inbox in
      jobs.append(contentsOf: inbox.jobs)
      inbox.jobs.removeAll(keepingCapacity: true)
      inbox.isSignalled = false
      isStopping = inbox.isStopping
      defer { inbox.bodies = [] }
      return inbox.bodies
    }
    for body in bodies { body() }
  }

  private func runJobs() {
    let executor = asUnownedTaskExecutor()
    var rounds = 0
    while !jobs.isEmpty && rounds < limits.jobRoundsPerTurn {
      rounds += 1
      swap(&jobs, &running)
      for job in running { job.runSynchronously(on: executor) }
      running.removeAll(keepingCapacity: true)
    }
  }

  private func runTurnEnd() {
    guard !atTurnEnd.isEmpty else { return }
    let bodies = atTurnEnd
    atTurnEnd.removeAll(keepingCapacity: true)
    for body in bodies { body() }
  }

  /// Milliseconds for epoll, rounded up so that a timer is never early.
  private func timeout() -> Int32 {
    if !jobs.isEmpty || !deferred.isEmpty || !atTurnEnd.isEmpty { return 0 }
    guard let deadline = timers.nextDeadline else { return -1 }
    let nanoseconds = clock().duration(to: deadline).nanoseconds
    if nanoseconds <= 0 { return 0 }
    return Int32(min(Int64(Int32.max), (nanoseconds + 999_999) / 1_000_000))
  }

  private func signal() {
    var one: UInt64 = 1
    _ = Glibc.write(wakeDescriptor, &one, 8)
  }
}
