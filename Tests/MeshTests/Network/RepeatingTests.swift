import IO
import Primitives
import Testing

@testable import Mesh

@Suite(.timeLimit(.minutes(5))) struct RepeatingTests {
  @Test func `a change while the body runs is followed by another run`() async throws {
    let loop = try EventLoop(name: "test")
    defer { loop.stop() }
    let changes = Broadcast()
    let runs = Locked(0)
    let second = Gate()
    let repeating = Repeating(
      "test", on: loop, after: .zero, every: .seconds(3_600), changes: changes
    ) {
      let count = runs.withLock {
        $0 += 1
        return $0
      }
      guard count == 1 else { return second.open() }
      changes.announce()
      // It is heard while this still runs.
      for _ in 0..<20 { await loop.yieldTurn() }
    }
    let scope = ComponentScope()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await repeating.run(scope) }
      await second.wait()
      scope.stopGate.open()
      try await group.waitForAll()
    }
    #expect(runs.withLock { $0 } == 2)
  }
}
