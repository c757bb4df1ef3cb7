import IO
import Primitives

/// Looks after the memberships that end: this node's, which is renewed before, and those of the
/// peers, whose links end with them.
struct MembershipKeeper: Component {
  let name = "membership"
  private let network: Network
  private let loop: EventLoop
  private static let rarest = Duration.seconds(600)
  private static let soonest = Duration.seconds(1)
  private static let first = Duration.seconds(5)

  init(_ network: Network, on loop: EventLoop) {
    self.network = network
    self.loop = loop
  }

  func run(_ scope: ComponentScope) async throws {
    await loop.run {
      let tasks = TaskSet(on: loop)
      tasks.start {
        var pause = min(Self.first, pause)
        while !Task.isCancelled {
          // Cancelled at the end.
          try? await loop.sleep(for: pause)
          if !Task.isCancelled { await look() }
          pause = self.pause
        }
      }
      scope.started()
      await scope.stopRequested()
      tasks.cancelAll()
      await tasks.waitForAll()
    }
  }

  private func look() async {
    do { try await network.keepMembership() } catch {
      if Task.isCancelled { return }
      Logger("Mesh").debug(
        "the membership was not renewed", LogField("why", String(describing: error)))
    }
  }

  /// Often enough for the shortest-lived, and at the moment the next one ends.
  private var pause: Duration {
    let membership = network.membership
    let share = membership.certificate.validity.life / 50
    let now = WallTime.now()
    let lapse = membership.nextLapse(now: now).map { now.duration(to: $0) } ?? Self.rarest
    return max(Self.soonest, min(Self.rarest, share, lapse))
  }
}
