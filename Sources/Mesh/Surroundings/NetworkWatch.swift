package import IO
import Primitives

/// Tells when the networks of this machine changed: an interface, an address or a route came or
/// went. A change brings a burst of news from the kernel; it is told once, when it has settled.
package final class NetworkWatch: Component {
  package struct Limits: Sendable {
    /// Without news before a change counts as settled.
    package var settling = Duration.milliseconds(200)
    /// For an interface that never settles.
    package var atLatest = Duration.seconds(2)
    package init() {}
  }

  package struct Change: Sendable, Equatable {
    package var interfaces: [NetworkInterface]
    package var mark: NetworkMark
    /// False when the addresses are the same and only routes or links changed.
    package var hasOtherAddresses: Bool
  }

  package let name = "network watch"
  private let loop: EventLoop
  private let limits: Limits
  private let changed: @Sendable (Change) -> Void
  private let log = Logger("Mesh")

  /// `changed` is called on the loop.
  package init(
    on loop: EventLoop, limits: Limits = Limits(), changed: @escaping @Sendable (Change) -> Void
  ) {
    self.loop = loop
    self.limits = limits
    self.changed = changed
  }

  package func run(_ scope: ComponentScope) async throws {
    try await loop.run {
      var known = try NetworkInterface.all()
      let wakeup = Wakeup()
      let news = News()
      let socket = try RouteSocket(on: loop) { [limits] in
        news.hear(at: .now(), limits)
        wakeup.raise()
      }
      defer { socket.close() }
      scope.started()
      let stopper = TaskSet(on: loop)
      stopper.start {
        await scope.stopRequested()
        wakeup.raise()
      }
      while !scope.isStopping && !Task.isCancelled {
        await wait(for: news, wakeup)
        if news.take(at: .now()) { known = tell(since: known) }
      }
      stopper.cancelAll()
      await stopper.waitForAll()
    }
  }

  private func wait(for news: News, _ wakeup: Wakeup) async {
    guard let due = news.due else {
      await wakeup.wait()
      return
    }
    let timer = loop.schedule(at: due) { wakeup.raise() }
    await wakeup.wait()
    loop.cancel(timer)
  }

  private func tell(since known: [NetworkInterface]) -> [NetworkInterface] {
    let interfaces: [NetworkInterface]
    do {
      interfaces = try NetworkInterface.all()
    } catch {
      log.warning("the network changed and cannot be looked at", LogField("error", error.message))
      return known
    }
    let addresses = { (list: [NetworkInterface]) in Set(list.filter(\.isUp).map(\.address)) }
    changed(
      Change(
        interfaces: interfaces, mark: NetworkMark(interfaces),
        hasOtherAddresses: addresses(interfaces) != addresses(known)))
    return interfaces
  }

  /// When the news so far counts as settled.
  /// Guard: confinement to the loop.
  final class News: @unchecked Sendable {
    private var first: Instant?
    private(set) var due: Instant?

    func hear(at now: Instant, _ limits: Limits) {
      let first = self.first ?? now
      self.first = first
      due = min(now.advanced(by: limits.settling), first.advanced(by: limits.atLatest))
    }

    /// True once, when settled.
    func take(at now: Instant) -> Bool {
      guard let due, due <= now else { return false }
      (self.first, self.due) = (nil, nil)
      return true
    }
  }
}
