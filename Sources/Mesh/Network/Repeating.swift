import IO
import Primitives

/// Does something at intervals, and soon after something changed.
struct Repeating: Component {
  let name: String
  private let loop: EventLoop
  private let first: Duration
  private let interval: Duration
  private let changes: Broadcast
  private let body: @Sendable () async throws -> Void

  /// What `body` throws is logged, and it is tried again when its time comes.
  init(
    _ name: String, on loop: EventLoop, after first: Duration, every interval: Duration,
    changes: Broadcast = Broadcast(), _ body: @escaping @Sendable () async throws -> Void
  ) {
    self.name = name
    self.loop = loop
    self.first = first
    self.interval = interval
    self.changes = changes
    self.body = body
  }

  func run(_ scope: ComponentScope) async throws {
    scope.started()
    await loop.run {
      let tasks = TaskSet(on: loop)
      tasks.start { await work() }
      await scope.stopRequested()
      tasks.cancelAll()
      await tasks.waitForAll()
    }
  }

  private func work() async {
    var gate = changes.next()
    await wait(gate, first)
    while !Task.isCancelled {
      gate = changes.next()
      do { try await body() } catch {
        if Task.isCancelled { return }
        Logger("Mesh").debug(
          "to be tried again", LogField("what", name), LogField("why", String(describing: error)))
      }
      await wait(gate, interval)
    }
  }

  /// Until the gate opens or the time is over.
  private func wait(_ gate: Gate, _ time: Duration) async {
    let timer = loop.schedule(after: time) { gate.open() }
    await gate.wait()
    loop.cancel(timer)
  }
}
