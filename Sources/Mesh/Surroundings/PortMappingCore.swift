package import IO
package import Primitives

/// How a router is asked for a port.
package enum PortMappingMethod: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case natPMP = "NAT-PMP"
  case upnp = "UPnP"

  package var description: String { rawValue }
}

/// A port that a router forwards to this node.
package struct MappedPort: Hashable, Sendable {
  package var method: PortMappingMethod
  /// As others reach it.
  package var outside: SocketAddress
  package var inside: UInt16
  /// What the router granted; it forgets the mapping then.
  package var lifetime: Duration

  package init(
    method: PortMappingMethod, outside: SocketAddress, inside: UInt16, lifetime: Duration
  ) {
    self.method = method
    self.outside = outside
    self.inside = inside
    self.lifetime = lifetime
  }
}

/// Why there is no mapped port.
package struct PortMappingFailure: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Reason: String, Hashable, Sendable {
    /// No router that speaks the protocol answered.
    case noRouter
    case refused
    /// The router's own outside address is private: it stands behind another NAT.
    case secondNAT
    case failed
  }

  package var reason: Reason
  package var detail: String

  package init(_ reason: Reason, _ detail: String) {
    self.reason = reason
    self.detail = detail
  }

  package var description: String { detail }
}

/// When to ask routers for a port, by which protocol, and when to renew. One value per node.
///
/// idle -> asking (NAT-PMP, then UPnP) -> mapped, renewed at half its life -> ...
///                                     -> without, asked again ever more rarely
package struct PortMappingCore: Sendable {
  package struct Limits: Sendable {
    package var lifetime = Duration.seconds(7_200)
    /// Renewed no sooner than this, whatever the router granted.
    package var soonestRenewal = Duration.seconds(30)
    package var firstRetry = Duration.seconds(60)
    package var rarestRetry = Duration.seconds(3_600)
    package var methods = PortMappingMethod.allCases
    /// For tests and for networks within networks: take private outside addresses as well.
    package var takesPrivate = false
    package init() {}
  }

  package enum Event: Sendable {
    case begin
    case mapped(MappedPort)
    case failed(PortMappingMethod, PortMappingFailure)
    case networkChanged
    case wake
    case stop
  }

  package enum Action: Equatable, Sendable {
    /// `wanted` is the outside port that would be best.
    case ask(PortMappingMethod, wanted: UInt16, lifetime: Duration)
    case remove(MappedPort)
    /// What others are to be told; nil takes it back.
    case changed(SocketAddress?)
    /// None of the methods worked; for the log and for `doctor`.
    case without([PortMappingMethod: PortMappingFailure])
  }

  private enum State {
    case idle
    case asking(PortMappingMethod)
    case mapped(renewAt: Instant)
    case without(retryAt: Instant)
    case stopped
  }

  private let inside: UInt16
  private let limits: Limits
  private var jitter: SplitMix
  private var retry: Backoff
  private var state = State.idle
  private var failures: [PortMappingMethod: PortMappingFailure] = [:]
  private var mustAskAgain = false
  package private(set) var port: MappedPort?

  package init(inside: UInt16, limits: Limits = Limits(), seed: UInt64) {
    self.inside = inside
    self.limits = limits
    jitter = SplitMix(seed: seed)
    retry = Backoff(first: limits.firstRetry, most: limits.rarestRetry)
  }

  package var nextWake: Instant? {
    switch state {
    case .idle, .asking, .stopped: nil
    case .mapped(let at), .without(let at): at
    }
  }

  package mutating func handle(_ event: Event, now: Instant) -> [Action] {
    var actions: [Action] = []
    switch (event, state) {
    case (.stop, _): stop(&actions)
    // A mapping that came too late to be wanted.
    case (.mapped(let port), .stopped): actions.append(.remove(port))
    case (_, .stopped): break
    case (.begin, .idle): ask(&actions)
    case (.begin, _): break
    case (.mapped(let port), _): mapped(port, now, &actions)
    case (.failed(let method, let failure), .asking(let asked)) where method == asked:
      failed(failure, now, &actions)
    case (.failed, _): break
    case (.networkChanged, .asking): mustAskAgain = true
    case (.networkChanged, _):
      retry.reset()
      ask(&actions)
    case (.wake, _): if let due = nextWake, due <= now { ask(&actions) }
    }
    return actions
  }

  private mutating func ask(_ actions: inout [Action]) {
    failures = [:]
    mustAskAgain = false
    // What worked is asked first.
    guard let first = port?.method ?? limits.methods.first else { return }
    ask(first, &actions)
  }

  private mutating func ask(_ method: PortMappingMethod, _ actions: inout [Action]) {
    state = .asking(method)
    actions.append(
      .ask(method, wanted: port?.outside.port ?? inside, lifetime: limits.lifetime))
  }

  private mutating func mapped(_ new: MappedPort, _ now: Instant, _ actions: inout [Action]) {
    guard limits.takesPrivate || AddressScope(of: new.outside) == .global else {
      actions.append(.remove(new))
      let failure = PortMappingFailure(
        .secondNAT,
        "the router's outside address \(new.outside.host) is private: it stands behind another "
          + "NAT, which would have to forward the port too")
      failed(failure, now, &actions)
      return
    }
    let old = port
    port = new
    retry.reset()
    let life = min(max(new.lifetime, .seconds(1)), limits.lifetime)
    state = .mapped(renewAt: now.advanced(by: max(life / 2, limits.soonestRenewal)))
    if old?.outside != new.outside { actions.append(.changed(new.outside)) }
    if mustAskAgain { ask(&actions) }
  }

  private mutating func failed(
    _ failure: PortMappingFailure, _ now: Instant, _ actions: inout [Action]
  ) {
    guard case .asking(let method) = state else { return }
    if mustAskAgain {
      ask(&actions)
      return
    }
    failures[method] = failure
    if let next = limits.methods.first(where: { failures[$0] == nil }) {
      ask(next, &actions)
      return
    }
    if port != nil { actions.append(.changed(nil)) }
    port = nil
    actions.append(.without(failures))
    state = .without(retryAt: now.advanced(by: retry.next(&jitter)))
  }

  private mutating func stop(_ actions: inout [Action]) {
    state = .stopped
    guard let port else { return }
    self.port = nil
    actions.append(.remove(port))
    actions.append(.changed(nil))
  }
}
