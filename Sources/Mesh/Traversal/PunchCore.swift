package import IO
package import Primitives

// # Punching
//
// Two nodes behind NATs connect to each other at the same moment, so that each NAT takes the
// other's SYN for an answer to its own side's (TCP simultaneous open, RFC 9293 3.5). They arrange
// it over what connects them already, the signalling, mostly a relay:
//
//   follower                         leader (the smaller NodeID; later the TLS client)
//      | -- WISH (it wants to begin) -> |  learns its outside address from a new local port
//      | <- OFFER addresses ----------- |
//   learns its own                      |
//      | -- ANSWER addresses, held ---> |  round trip = until now, less held
//      | <- GO ------------------------ |  connects half a round trip later
//   connects when GO comes              |
//
// A round ends when it connects or after `Limits.round`. The next has new local ports, because a
// SYN that came too early may have left a NAT with a mapping that sends the answers astray; after
// the last the punch is over. Within a round the shell connects again when it is refused.

/// The core of punching to one peer once, on either side.
package struct PunchCore: Sendable {
  package struct Limits: Sendable {
    package var rounds: UInt32 = 3
    /// Connecting, in one round.
    package var round = Duration.seconds(4)
    /// For the other side's next message.
    package var patience = Duration.seconds(6)
    package var learning = Duration.seconds(5)
    /// A round trip is never taken for longer: a relay that holds messages back must not.
    package var roundTrip = Duration.seconds(2)
    package var targets = 4
    /// For tests on one machine.
    package var allowsLoopback = false
    package init() {}
  }

  package enum Event: Sendable {
    /// This side wants it; the other side's first message begins it as well.
    case begin
    case received(PunchSignal)
    /// Where this side will seem to come from in this round.
    case learnt(round: UInt32, [SocketAddress])
    case learningFailed(round: UInt32, reason: String)
    /// A connection came up in this round.
    case connected
    case wake
    case stop
  }

  package enum Action: Equatable, Sendable {
    /// Take a new local port and learn its outside address.
    case learn(round: UInt32)
    case send(PunchSignal)
    /// Connect to all of them from the learnt port, from then until then.
    case connect(round: UInt32, [SocketAddress], at: Instant, until: Instant)
    /// Give up the connecting of this round and its port.
    case abandon(round: UInt32)
    case succeeded
    case failed(DialFailure)
  }

  private enum State {
    case idle
    /// The follower has wished and waits for an offer.
    case wishing(until: Instant)
    /// Towards an offer, or towards the answer to one that came.
    case learning(round: UInt32, offer: (targets: [SocketAddress], at: Instant)?, until: Instant)
    case offered(round: UInt32, at: Instant, until: Instant)
    case answered(round: UInt32, targets: [SocketAddress], until: Instant)
    case connecting(round: UInt32, until: Instant)
    /// The follower's round brought nothing; the leader decides.
    case between(until: Instant)
    case over
  }

  private let limits: Limits
  /// The smaller NodeID leads and is the TLS client.
  package let leads: Bool
  private var state = State.idle
  private var lastRound: UInt32 = 0

  package init(own: NodeID, peer: NodeID, limits: Limits = Limits()) {
    precondition(own != peer, "a node does not punch to itself")
    self.limits = limits
    leads = own < peer
  }

  package var isOver: Bool { if case .over = state { true } else { false } }

  package var nextWake: Instant? {
    switch state {
    case .idle, .over: nil
    case .wishing(let until), .learning(_, _, let until), .offered(_, _, let until),
      .answered(_, _, let until), .connecting(_, let until), .between(let until):
      until
    }
  }

  package mutating func handle(_ event: Event, now: Instant) -> [Action] {
    if isOver { return [] }
    var actions: [Action] = []
    switch event {
    case .begin: begin(now, &actions)
    case .received(let signal): received(signal, now, &actions)
    case .learnt(let round, let addresses): learnt(round, addresses, now, &actions)
    case .learningFailed(let round, let reason):
      guard case .learning(round, _, _) = state else { break }
      fail(.notPunched, "this side's outside address is not known: \(reason)", &actions)
    case .connected:
      state = .over
      actions.append(.succeeded)
    case .wake: if let due = nextWake, due <= now { timeUp(now, &actions) }
    case .stop: fail(.cancelled, "", &actions)
    }
    return actions
  }

  // MARK: - Events

  private mutating func begin(_ now: Instant, _ actions: inout [Action]) {
    guard case .idle = state else { return }
    if leads {
      learn(round: 1, offer: nil, now, &actions)
    } else {
      state = .wishing(until: now.advanced(by: limits.patience))
      actions.append(.send(PunchSignal(.wish, round: 0)))
    }
  }

  private mutating func received(
    _ signal: PunchSignal, _ now: Instant, _ actions: inout [Action]
  ) {
    switch (signal.kind, state) {
    case (.wish, .idle) where leads: learn(round: 1, offer: nil, now, &actions)
    case (.offer(let addresses), _) where !leads && signal.round > lastRound:
      guard signal.round <= limits.rounds else { return }
      if lastRound > 0 { actions.append(.abandon(round: lastRound)) }
      learn(round: signal.round, offer: (usable(addresses), now), now, &actions)
    case (.answer(let addresses, let held), .offered(signal.round, let sentAt, _)):
      let passed = sentAt.duration(to: now) - held
      let roundTrip = max(.zero, min(passed, limits.roundTrip))
      actions.append(.send(PunchSignal(.go, round: signal.round)))
      connect(signal.round, usable(addresses), at: now.advanced(by: roundTrip / 2), &actions)
    case (.go, .answered(signal.round, let targets, _)):
      connect(signal.round, targets, at: now, &actions)
    case (.stop(let reason), _):
      if lastRound > 0 { actions.append(.abandon(round: lastRound)) }
      state = .over
      actions.append(.failed(DialFailure(.notPunched, "the other side says: \(reason)")))
    // Late, or twice.
    case (.wish, _), (.offer, _), (.answer, _), (.go, _): break
    }
  }

  private mutating func learn(
    round: UInt32, offer: (targets: [SocketAddress], at: Instant)?, _ now: Instant,
    _ actions: inout [Action]
  ) {
    lastRound = round
    state = .learning(round: round, offer: offer, until: now.advanced(by: limits.learning))
    actions.append(.learn(round: round))
  }

  private mutating func learnt(
    _ round: UInt32, _ addresses: [SocketAddress], _ now: Instant, _ actions: inout [Action]
  ) {
    guard case .learning(round, let offer, _) = state else { return }
    let own = Array(addresses.prefix(limits.targets))
    let until = now.advanced(by: limits.patience)
    if let offer {
      state = .answered(round: round, targets: offer.targets, until: until)
      let held = offer.at.duration(to: now)
      actions.append(.send(PunchSignal(.answer(own, held: held), round: round)))
    } else {
      state = .offered(round: round, at: now, until: until)
      actions.append(.send(PunchSignal(.offer(own), round: round)))
    }
  }

  private mutating func connect(
    _ round: UInt32, _ targets: [SocketAddress], at start: Instant, _ actions: inout [Action]
  ) {
    let until = start.advanced(by: limits.round)
    state = .connecting(round: round, until: until)
    actions.append(.connect(round: round, targets, at: start, until: until))
  }

  private mutating func timeUp(_ now: Instant, _ actions: inout [Action]) {
    switch state {
    case .idle, .over: break
    case .connecting(let round, _):
      actions.append(.abandon(round: round))
      if !leads {
        state = .between(until: now.advanced(by: limits.patience))
      } else if round < limits.rounds {
        learn(round: round + 1, offer: nil, now, &actions)
      } else {
        fail(.notPunched, "\(round) rounds brought no connection", &actions)
      }
    case .learning: fail(.notPunched, "learning this side's outside address took long", &actions)
    case .wishing, .offered, .answered, .between:
      fail(.notPunched, "the other side did not answer in time", &actions)
    }
  }

  private mutating func fail(
    _ reason: DialFailure.Reason, _ detail: String, _ actions: inout [Action]
  ) {
    if lastRound > 0 { actions.append(.abandon(round: lastRound)) }
    let words = detail.isEmpty ? "given up" : detail
    actions.append(.send(PunchSignal(.stop(reason: String(words.prefix(60))), round: lastRound)))
    actions.append(.failed(DialFailure(reason, detail)))
    state = .over
  }

  /// What may be connected to of what the other side says.
  private func usable(_ addresses: [SocketAddress]) -> [SocketAddress] {
    Array(
      addresses.filter { address in
        guard let port = address.port, port != 0 else { return false }
        switch AddressScope(of: address) {
        case .unspecified, .multicast, .linkLocal: return false
        case .loopback: return limits.allowsLoopback
        case .privateUse, .shared, .global: return true
        }
      }.prefix(limits.targets))
  }
}
