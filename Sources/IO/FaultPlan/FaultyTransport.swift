import Primitives

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
  /// Nothing leaves before, as long as the plan stays what it was then.
  private var sendsAfter: (time: Instant, version: UInt64)?
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
    let (verdict, version) = faults.judge(.stream(from: there, to: here), now: .now())
    switch verdict {
    case .pass, .duplicate: break
    case .delay(let time): try await wait(until: Instant.now().advanced(by: time), version)
    case .drop, .fail: throw broken()
    }
    try held.withUnsafeBytes(body)
    return true
  }

  package func offer(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
    if let held = sendsAfter, held.time > .now(), held.version == faults.version { return 0 }
    sendsAfter = nil
    if mayPass {
      mayPass = false
      return try base.offer(bytes)
    }
    let (verdict, version) = faults.judge(.stream(from: here, to: there), now: .now())
    switch verdict {
    case .pass, .duplicate: return try base.offer(bytes)
    case .drop, .fail: throw broken()
    case .delay(let time):
      sendsAfter = (Instant.now().advanced(by: time), version)
      mayPass = true
      return 0
    }
  }

  package func writable() async throws(SystemError) {
    if let held = sendsAfter { try await wait(until: held.time, held.version) }
    try await base.writable()
  }

  package func finish() async throws(SystemError) {
    if let held = sendsAfter { try await wait(until: held.time, held.version) }
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

  /// Ends early when the plan is replaced.
  private func wait(until deadline: Instant, _ version: UInt64) async throws(SystemError) {
    let gate = Gate(), number = nextWait
    nextWait += 1
    waits[number] = gate
    let timer = loop.schedule(at: deadline) { gate.open() }
    let ticket = faults.open(gate, after: version)
    await gate.wait()
    loop.cancel(timer)
    faults.forget(ticket)
    waits[number] = nil
    if isClosed { throw SystemError(.closed, "the connection was closed on this side") }
    if Task.isCancelled { throw SystemError(.cancelled, "the wait was cancelled") }
  }
}
