import IO
import Primitives

/// What has to be on disk before something else may happen: written in order, all that has come
/// up meanwhile in one transaction. A disk that refuses is asked again until it takes it.
final class SaveQueue<Item: Sendable>: Sendable {
  private let waiting = Locked<[Item]>([])
  private let hasMore = Broadcast()
  private let what: String

  /// `what`: for the log, in the plural.
  init(of what: String) { self.what = what }

  /// From anywhere, without waiting.
  func add(_ item: Item) {
    waiting.withLock { $0.append(item) }
    hasMore.announce()
  }

  /// Runs until it is cancelled; `saved` is told what is on disk.
  func run(
    pause: Duration, save: ([Item]) async throws -> Void, saved: ([Item]) -> Void
  ) async {
    guard let loop = EventLoop.current else { fatalError("what is saved is saved on a loop") }
    while !Task.isCancelled {
      let gate = hasMore.next()
      let items = waiting.withLock { waiting in
        defer { waiting = [] }
        return waiting
      }
      if items.isEmpty {
        await gate.wait()
        continue
      }
      while true {
        do {
          try await save(items)
          break
        } catch {
          if Task.isCancelled { return }
          Logger("Mesh").error("\(what) cannot be kept", LogField("cause", "\(error)"))
          // Ends early only when all of this does, which is looked at next.
          try? await loop.sleep(for: pause)
          if Task.isCancelled { return }
        }
      }
      saved(items)
    }
  }
}
