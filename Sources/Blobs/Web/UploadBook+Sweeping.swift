package import IO
import Primitives

extension UploadBook: Component {
  package var name: String { "uploads" }

  /// Removes what nobody goes on with, also while nothing new comes.
  package func run(_ scope: ComponentScope) async throws {
    guard let loop = EventLoop.current else { preconditionFailure("components run on loops") }
    scope.started()
    await withTaskGroup(of: Void.self) { group in
      group.addTask(executorPreference: loop) { await self.sweep(on: loop) }
      await scope.stopRequested()
      group.cancelAll()
    }
  }

  private func sweep(on loop: EventLoop) async {
    while !Task.isCancelled {
      // Ends early only with the component.
      try? await loop.sleep(for: limits.sweep)
      if Task.isCancelled { return }
      do { try await removeExpired(now: .now()) } catch {
        Logger("Blobs").warning(
          "uploads whose time is over cannot be removed; it is tried again",
          LogField("cause", error.message))
      }
    }
  }
}
