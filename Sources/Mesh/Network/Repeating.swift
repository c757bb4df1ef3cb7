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
      let wakeup = Wakeup()
      let tasks = TaskSet(on: loop)
      tasks.start {
        var change = changes.next()
        while !Task.isCancelled {
          await change.wait()
          // What changes from here on is heard; what changed before, `body` will see.
          change = changes.next()
          wakeup.raise()
        }
      }
      tasks.start { await work(wakeup) }
      await scope.stopRequested()
      tasks.cancelAll()
      wakeup.raise()
      await tasks.waitForAll()
    }
  }

  private func work(_ wakeup: Wakeup) async {
    await wait(wakeup, first)
    while !Task.isCancelled {
      do { try await body() } catch {
        if Task.isCancelled { return }
        Logger("Mesh").debug(
          "to be tried again", LogField("what", name), LogField("why", String(describing: error)))
      }
      await wait(wakeup, interval)
    }
  }

  /// Until it is raised or the time is over.
  private func wait(_ wakeup: Wakeup, _ time: Duration) async {
    let timer = loop.schedule(after: time) { wakeup.raise() }
    await wakeup.wait()
    loop.cancel(timer)
  }
}
