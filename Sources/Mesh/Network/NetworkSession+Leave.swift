import IO
import Primitives

// MARK: - Leaving

extension NetworkSession {
  /// How often progress is told.
  private static let lookout = Duration.milliseconds(200)
  /// What is left of the index without it, others keep too.
  private static let indexTime = Duration.seconds(10)

  /// Gives what others rely on to them: files first, then lines of the index. Throws when some is
  /// left after `patience`, or when nobody takes it; the node then stays as it was.
  func handOver(
    within patience: Duration, _ progress: (HandingOver) async throws -> Void
  ) async throws {
    do {
      try await handOverTenants(until: .now().advanced(by: patience), progress)
      let refused = handingOver.refused
      guard refused == 0 else {
        throw NetworkError(
          .denied,
          "\(refused) files are on this node alone and nobody takes them: let a node join that has "
            + "the role store and room, or leave without them by --force")
      }
    } catch {
      for tenant in tenants { tenant.stay() }
      throw error
    }
    await within(Self.indexTime) { await self.zones.leave() }
  }

  private var handingOver: HandingOver { tenants.map(\.handingOver).reduce(HandingOver(), +) }

  private func handOverTenants(
    until end: Instant, _ progress: (HandingOver) async throws -> Void
  ) async throws {
    let isOver = Gate()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { [tenants] in
        for tenant in tenants { await tenant.handOver() }
        isOver.open()
      }
      while !isOver.isOpen {
        await within(Self.lookout) { await isOver.wait() }
        try Task.checkCancellation()
        let state = handingOver
        try await progress(state)
        guard isOver.isOpen || .now() < end else {
          throw NetworkError(
            .timedOut,
            "\(state.left) of \(state.total) files have not enough copies elsewhere yet: give it "
              + "more time by --timeout, or leave without that by --force")
        }
      }
    }
  }

  /// Waits for the body, but not longer than that.
  func within(_ time: Duration, _ body: @escaping @Sendable () async -> Void) async {
    let loop = home
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await body() }
      group.addTask {
        // Cancelled when the body is done.
        try? await loop.run { try await loop.sleep(for: time) }
      }
      await group.next()
      group.cancelAll()
    }
  }
}
