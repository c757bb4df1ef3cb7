package import Primitives

/// The plan of a running node, which all its transports ask.
package final class FaultInjector: Sendable {
  private let plan: Locked<FaultPlan>

  /// The plan's time begins at `now`.
  package init(_ plan: FaultPlan, now: Instant) {
    var started = plan
    started.start(at: now)
    self.plan = Locked(started)
  }

  package func decide(on operation: FaultPlan.Operation, now: Instant) -> FaultPlan.Verdict {
    plan.withLock { $0.decide(on: operation, now: now) }
  }

  /// Nodes that shall crash by now and were not named before.
  package func crashes(now: Instant) -> [String] { plan.withLock { $0.crashes(now: now) } }

  package var nextCrash: Instant? { plan.withLock { $0.nextCrash } }
}

/// A transport that suffers what a fault plan says: bytes come and leave late, or the stream
/// breaks. Bytes are never lost from the middle of it, as they never are with TCP. Only made
/// when a plan is in force.
/// Guard: confinement to `loop`.
package final class FaultyTransport: Transport, @unchecked Sendable {
  private let base: any Transport
  private let faults: FaultInjector
  /// How the plan calls the two ends.
  private let here: String
  private let there: String
  private var sendsAfter: Instant?
  /// Bytes that were held may go without being asked about again.
  private var mayPass = false
  private var isClosed = false
  /// Whoever waits for its time; opened early by `close`.
  private var waits: [UInt64: Gate] = [:]
  private var nextWait: UInt64 = 0

  package init(_ base: any Transport, _ faults: FaultInjector, here: String, there: String) {
    self.base = base
    self.faults = faults
    self.here = here
    self.there = there
  }

  package var loop: EventLoop { base.loop }
  package var peer: SocketAddress { base.peer }

  package func read(_ body: (UnsafeRawBufferPointer) throws -> Void) async throws -> Bool {
    var held: [UInt8] = []
    guard try await base.read({ held = Array($0) }) else { return false }
    switch faults.decide(on: .stream(from: there, to: here), now: .now()) {
    case .pass, .duplicate: break
    case .delay(let time): try await wait(until: Instant.now().advanced(by: time))
    case .drop, .fail: throw broken()
    }
    try held.withUnsafeBytes(body)
    return true
  }

  package func offer(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
    if let sendsAfter, sendsAfter > .now() { return 0 }
    sendsAfter = nil
    if mayPass {
      mayPass = false
      return try base.offer(bytes)
    }
    switch faults.decide(on: .stream(from: here, to: there), now: .now()) {
    case .pass, .duplicate: return try base.offer(bytes)
    case .drop, .fail: throw broken()
    case .delay(let time):
      sendsAfter = Instant.now().advanced(by: time)
      mayPass = true
      return 0
    }
  }

  package func writable() async throws(SystemError) {
    if let sendsAfter { try await wait(until: sendsAfter) }
    try await base.writable()
  }

  package func finish() async throws(SystemError) {
    if let sendsAfter { try await wait(until: sendsAfter) }
    try await base.finish()
  }

  package func close() {
    isClosed = true
    base.close()
    for gate in waits.values { gate.open() }
  }

  private func broken() -> SystemError {
    close()
    return SystemError(.reset, "the fault plan in force broke the connection")
  }

  private func wait(until deadline: Instant) async throws(SystemError) {
    let gate = Gate(), number = nextWait
    nextWait += 1
    waits[number] = gate
    let timer = loop.schedule(at: deadline) { gate.open() }
    await gate.wait()
    loop.cancel(timer)
    waits[number] = nil
    if isClosed { throw SystemError(.closed, "the connection was closed on this side") }
    if Task.isCancelled { throw SystemError(.cancelled, "the wait was cancelled") }
  }
}
