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
      let bell = Bell()
      let tasks = TaskSet(on: loop)
      tasks.start {
        var change = changes.next()
        while !Task.isCancelled {
          await change.wait()
          // What changes from here on is heard; what changed before, `body` will see.
          change = changes.next()
          bell.ring()
        }
      }
      tasks.start { await work(bell) }
      await scope.stopRequested()
      tasks.cancelAll()
      bell.ring()
      await tasks.waitForAll()
    }
  }

  private func work(_ bell: Bell) async {
    await wait(bell, first)
    while !Task.isCancelled {
      do { try await body() } catch {
        if Task.isCancelled { return }
        Logger("Mesh").debug(
          "to be tried again", LogField("what", name), LogField("why", String(describing: error)))
      }
      await wait(bell, interval)
    }
  }

  /// Until it rings or the time is over.
  private func wait(_ bell: Bell, _ time: Duration) async {
    let timer = loop.schedule(after: time) { bell.ring() }
    await bell.wait()
    loop.cancel(timer)
  }
}

/// What rings while nobody waits is heard by the next one who does.
/// Guard: confinement to the loop of the one who waits.
private final class Bell: @unchecked Sendable {
  private let wakeup = Wakeup()
  private var hasRung = false

  func ring() {
    hasRung = true
    wakeup.raise()
  }

  func wait() async {
    while !hasRung { await wakeup.wait() }
    hasRung = false
  }
}
