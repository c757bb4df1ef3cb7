package import IO
import Primitives

/// Keeps the bandwidths of the node table from being unknown for ever: the shell around
/// `BandwidthSchedule`.
package final class BandwidthKeeper: Component {
  package struct Limits: Sendable {
    package var schedule = BandwidthSchedule.Limits()
    package var test = SpeedTest.Limits()

    package init() {
      test.time = .seconds(1)
      test.bytes = 2 << 20
    }
  }

  package let name = "bandwidth"
  private let view: any NetworkView
  private let tester: SpeedTester
  private let limits: Limits
  private let schedule: Locked<BandwidthSchedule>
  private let log = Logger("Mesh")

  package init(
    _ view: any NetworkView, tester: SpeedTester, limits: Limits = Limits(), seed: UInt64
  ) {
    self.view = view
    self.tester = tester
    self.limits = limits
    schedule = Locked(BandwidthSchedule(limits: limits.schedule, seed: seed, now: .now()))
  }

  package func run(_ scope: ComponentScope) async throws {
    guard let loop = EventLoop.current else { preconditionFailure("components run on loops") }
    scope.started()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask(executorPreference: loop) { try await self.measure(on: loop) }
      await scope.stopRequested()
      group.cancelAll()
      try await group.waitForAll()
    }
  }

  private func measure(on loop: EventLoop) async throws {
    while true {
      let next = schedule.withLock { $0.nextWake } ?? .now()
      do throws(SystemError) {
        try await loop.sleep(until: next)
      } catch {
        // Being cancelled is how it ends.
        if error.code == .cancelled { return }
        throw error
      }
      let candidates = try candidates()
      let actions = schedule.withLock { $0.handle(.wake(candidates), now: .now()) }
      for case .measure(let peer) in actions {
        let succeeded = await test(peer)
        _ = schedule.withLock { $0.handle(.ended(peer, succeeded: succeeded), now: .now()) }
      }
    }
  }

  private func candidates() throws(NetworkError) -> [BandwidthSchedule.Candidate] {
    let now = WallTime.now()
    return try view.withTable { table throws(NetworkError) in
      table.rows.filter { $0.state == .alive && !$0.isSelf }.map { row in
        BandwidthSchedule.Candidate(
          node: row.id, path: row.path, age: row.bandwidth?.measuredAt.duration(to: now))
      }
    }
  }

  private func test(_ peer: NodeID) async -> Bool {
    do {
      _ = try await tester.measure(peer, limits: limits.test)
      return true
    } catch {
      log.debug(
        "the bandwidth to a node could not be measured", LogField("peer", peer.short),
        LogField("why", "\(error)"))
      return false
    }
  }
}
