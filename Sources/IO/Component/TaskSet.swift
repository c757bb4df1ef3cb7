/// Tasks that belong to a loop-confined owner (a connection, a server) and can be ended one by
/// one, which a task group cannot do. Besides the component runner the one place where tasks are
/// made. The owner waits for all of them before it goes.
/// Guard: confinement to `loop`.
package final class TaskSet: @unchecked Sendable {
  private final class Slot: @unchecked Sendable {  // guard: confinement to `loop`
    var task: Task<Void, Never>?
    var isDone = false
  }

  private let loop: EventLoop
  private var slots: [UInt64: Slot] = [:]
  private var next: UInt64 = 0
  private var emptied: Gate?

  package init(on loop: EventLoop) { self.loop = loop }

  package var count: Int { slots.count }

  /// Runs `body` at once, up to its first suspension, and from then on on the loop. Returns a
  /// number for `cancel`, or nil when it is already done.
  @discardableResult
  package func start(_ body: @escaping @Sendable () async -> Void) -> UInt64? {
    loop.checkIsCurrent("TaskSet.start")
    let slot = Slot()
    let number = next
    next += 1
    let task = Task.immediate(executorPreference: loop) { [self] in
      await body()
      slot.isDone = true
      if slot.task != nil { remove(number) }
    }
    if slot.isDone { return nil }
    slot.task = task
    slots[number] = slot
    return number
  }

  package func cancel(_ number: UInt64) { slots[number]?.task?.cancel() }

  package func cancelAll() {
    for slot in slots.values { slot.task?.cancel() }
  }

  /// Returns when no task is left.
  package func waitForAll() async {
    while !slots.isEmpty {
      let gate = emptied ?? Gate()
      emptied = gate
      await gate.waitUncancelled()
    }
  }

  private func remove(_ number: UInt64) {
    slots[number] = nil
    guard slots.isEmpty, let gate = emptied else { return }
    emptied = nil
    gate.open()
  }
}
