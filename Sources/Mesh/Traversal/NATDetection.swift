package import IO
package import Primitives

/// What a node has found out about the NAT in front of it.
package struct NATReport: Hashable, Sendable {
  /// How the outside port of one inside port is chosen.
  package enum Mapping: String, Hashable, Sendable {
    case unknown
    /// There is no NAT.
    case none
    /// The same whoever is spoken to.
    case independent
    /// Another one for each destination.
    case dependent
  }

  package enum Datagrams: String, Hashable, Sendable { case unknown, pass, blocked }

  package var mapping = Mapping.unknown
  /// The outside port is the inside one.
  package var keepsPort = false
  package var datagrams = Datagrams.unknown
  /// Other ports than 443 were tried and not reached.
  package var onlyWebPort = false
  /// Seen by others, without a port that would mean anything.
  package var outside: SocketAddress?

  package init() {}

  package var kind: NATKind {
    if onlyWebPort { return .blocked }
    // Without a NAT there is nothing to punch: all that matters then is that others come in.
    switch mapping {
    case .unknown: return .unknown
    case .none: return .open
    case .independent: return datagrams == .blocked ? .blocked : .easy
    case .dependent: return datagrams == .blocked ? .blocked : .hard
    }
  }

  /// True when TCP punching towards such a peer is worth the attempt.
  package func canPunch(towards other: NATKind) -> Bool {
    if onlyWebPort { return false }
    switch (mapping, other) {
    case (.dependent, .hard): return keepsPort
    case (.dependent, .blocked): return keepsPort
    default: return true
    }
  }
}

/// Concludes from what at least two vantage points saw of one local port what kind of NAT there
/// is. Conclusions expire; a change of networks makes them void at once.
package struct NATDetection: Sendable {
  package struct Limits: Sendable {
    package var age = Duration.seconds(30 * 60)
    /// Before looking again when a look did not bring enough.
    package var retry = Duration.seconds(60)
    package var observations = 32
    /// Vantage points whose silence means that datagrams are blocked: one alone may be what does
    /// not hear.
    package var silent = 2
    package init() {}
  }

  package struct Observation: Hashable, Sendable {
    /// Where the connection went.
    package var vantage: SocketAddress
    /// Where it left this machine.
    package var local: SocketAddress
    /// Where it seemed to come from.
    package var seen: SocketAddress

    package init(vantage: SocketAddress, local: SocketAddress, seen: SocketAddress) {
      self.vantage = vantage
      self.local = local
      self.seen = seen
    }
  }

  package enum Event: Sendable {
    case begin
    case observed(Observation)
    /// A vantage point could not be connected to.
    case unreached(SocketAddress)
    case datagramAnswered
    /// To several questions.
    case datagramUnanswered(SocketAddress)
    case networkChanged
    case wake
  }

  package enum Action: Equatable, Sendable {
    /// Connect to two vantage points or more from one port and ask what they see; ask their
    /// datagram echoes too.
    case look
    case changed(NATReport)
  }

  private let limits: Limits
  private var observations: [(Observation, at: Instant)] = []
  private var unreachedPorts: Set<UInt16> = []
  private var silent: Set<SocketAddress> = []
  private var answered = false
  private var nextLook: Instant?
  package private(set) var report = NATReport()

  package init(limits: Limits = Limits()) { self.limits = limits }

  package var nextWake: Instant? { nextLook }

  package mutating func handle(_ event: Event, now: Instant) -> [Action] {
    var actions: [Action] = []
    switch event {
    case .begin: look(now, &actions)
    case .networkChanged:
      forget()
      look(now, &actions)
    case .wake:
      guard let nextLook, nextLook <= now else { break }
      // What was seen stays valid until the new look has brought something else.
      unreachedPorts = []
      (silent, answered) = ([], false)
      look(now, &actions)
    case .observed(let observation):
      if observations.count >= limits.observations { observations.removeFirst() }
      observations.append((observation, now))
    case .unreached(let address): if let port = address.port { unreachedPorts.insert(port) }
    case .datagramAnswered: answered = true
    case .datagramUnanswered(let vantage): silent.insert(vantage)
    }
    conclude(now, &actions)
    return actions
  }

  private mutating func look(_ now: Instant, _ actions: inout [Action]) {
    nextLook = now.advanced(by: limits.retry)
    actions.append(.look)
  }

  private mutating func forget() {
    observations = []
    unreachedPorts = []
    (silent, answered) = ([], false)
  }

  private mutating func conclude(_ now: Instant, _ actions: inout [Action]) {
    observations.removeAll { $0.at.duration(to: now) >= limits.age }
    let found = conclusion()
    if found.mapping != .unknown, let newest = observations.last {
      nextLook = newest.at.advanced(by: limits.age)
    }
    guard found != report else { return }
    report = found
    actions.append(.changed(found))
  }

  private func conclusion() -> NATReport {
    var report = NATReport()
    var relevant = observations.map(\.0)
    // A vantage point on this side of the NAT sees nothing of it.
    let translated = relevant.filter { $0.seen.unmapped != $0.local.unmapped }
    let hasNAT = !translated.isEmpty
    if hasNAT { relevant = translated }
    report.outside = relevant.last?.seen.unmapped.with(port: 0)
    report.keepsPort =
      !relevant.isEmpty && relevant.allSatisfy { $0.seen.port == $0.local.port }
    report.mapping = Self.mapping(relevant, hasNAT: hasNAT)
    if answered {
      report.datagrams = .pass
    } else if silent.count >= limits.silent, !relevant.isEmpty {
      report.datagrams = .blocked
    }
    let reachedPorts = Set(observations.compactMap(\.0.vantage.port))
    report.onlyWebPort =
      reachedPorts == [443] && !unreachedPorts.subtracting([443]).isEmpty
    return report
  }

  /// By the newest local port that two vantage points have seen.
  private static func mapping(_ relevant: [Observation], hasNAT: Bool) -> NATReport.Mapping {
    guard let newest = relevant.last else { return .unknown }
    // One that sees what this machine sees proves that there is nothing in between.
    if !hasNAT { return .none }
    var latest = NATReport.Mapping.unknown
    var seenBy: [SocketAddress: [SocketAddress: SocketAddress]] = [:]
    for one in relevant {
      seenBy[one.local, default: [:]][one.vantage] = one.seen.unmapped
    }
    for (local, views) in seenBy where views.count >= 2 {
      let found: NATReport.Mapping = Set(views.values).count == 1 ? .independent : .dependent
      // Once seen to depend on the destination, a lucky port does not take it back.
      if local == newest.local || found == .dependent || latest == .unknown {
        if latest != .dependent { latest = found }
      }
    }
    return latest
  }
}
