package import IO
import Primitives
import Security

/// Keeps a port of the router forwarded to this node for as long as it runs: the shell of
/// `PortMappingCore`. The router is spoken to on a thread of its own.
package final class PortMapping: Component {
  package let name = "port mapping"
  private let loop: EventLoop
  private let inside: UInt16
  private let limits: PortMappingCore.Limits
  private let router: PortMapRouter
  private let pool = BlockingPool(name: "port mapping")
  private let changed: @Sendable (SocketAddress?) -> Void
  private let networkChanges = Broadcast()
  private let log = Logger("Mesh")

  /// `changed` is called on the loop with what others are to be told; nil takes it back.
  package init(
    inside: UInt16, on loop: EventLoop, limits: PortMappingCore.Limits = .init(),
    router: PortMapRouter = PortMapRouter(), changed: @escaping @Sendable (SocketAddress?) -> Void
  ) {
    self.inside = inside
    self.loop = loop
    self.limits = limits
    self.router = router
    self.changed = changed
  }

  /// From anywhere: another network may have another router.
  package func networkChanged() { networkChanges.announce() }

  package func run(_ scope: ComponentScope) async throws {
    await loop.run {
      let keeper = Keeper(self)
      scope.started()
      keeper.feed(.begin)
      let listener = TaskSet(on: loop)
      listener.start { [networkChanges] in
        while !Task.isCancelled {
          await networkChanges.next().wait()
          if !Task.isCancelled { keeper.feed(.networkChanged) }
        }
      }
      await scope.stopRequested()
      listener.cancelAll()
      await listener.waitForAll()
      keeper.feed(.stop)
      await keeper.work.waitForAll()
    }
  }

  /// Guard: confinement to the loop.
  private final class Keeper: @unchecked Sendable {
    private let owner: PortMapping
    private var core: PortMappingCore
    private var timer: TimerToken?
    let work: TaskSet

    init(_ owner: PortMapping) {
      self.owner = owner
      core = PortMappingCore(inside: owner.inside, limits: owner.limits, seed: SplitMix.freshSeed())
      work = TaskSet(on: owner.loop)
    }

    func feed(_ event: PortMappingCore.Event) {
      for action in core.handle(event, now: .now()) { perform(action) }
      if let timer { owner.loop.cancel(timer) }
      timer = core.nextWake.map { owner.loop.schedule(at: $0) { [self] in feed(.wake) } }
    }

    private func perform(_ action: PortMappingCore.Action) {
      switch action {
      case .ask(let method, let wanted, let lifetime):
        work.start { [self] in await ask(method, wanted, lifetime) }
      case .remove(let port): work.start { [self] in await remove(port) }
      case .changed(let outside): owner.changed(outside)
      case .without(let failures):
        for (method, failure) in failures {
          owner.log.info(
            "no port was mapped", LogField("method", method.description),
            LogField("reason", failure.description))
        }
      }
    }

    private func ask(
      _ method: PortMappingMethod, _ wanted: UInt16, _ lifetime: Duration
    ) async {
      let (router, inside) = (owner.router, owner.inside)
      do {
        let port = try await owner.pool.run {
          try router.map(method, inside: inside, wanted: wanted, lifetime: lifetime)
        }
        feed(.mapped(port))
      } catch {
        let failure =
          error as? PortMappingFailure ?? PortMappingFailure(.failed, String(describing: error))
        feed(.failed(method, failure))
      }
    }

    private func remove(_ port: MappedPort) async {
      let router = owner.router
      do { try await owner.pool.run { try router.remove(port) } } catch {
        owner.log.info(
          "a mapped port could not be given back; the router forgets it by itself",
          LogField("reason", String(describing: error)))
      }
    }
  }
}
