package import IO
package import Primitives

extension RelayBook {
  // MARK: - Opening

  mutating func open(_ opening: RelayOpening, _ now: Instant, _ actions: inout [RelayAction]) {
    guard let listener = admitted(opening, now, &actions) else {
      // Its connection may be here already, and would wait for nothing.
      if let connection = early[opening.callerTicket] {
        forgetEarly(connection)
        drop(connection, .abandoned, &actions)
      }
      return
    }
    guard let reservation = members[opening.target]?.reservation else {
      preconditionFailure("a circuit was admitted to a node without a place")
    }
    let number = newNumber()
    circuits[number] = Circuit(opening: opening, reservation: reservation.number)
    members[opening.caller]?.circuits += 1
    members[opening.target]?.circuits += 1
    tickets[opening.callerTicket] = .open(circuit: number, .caller)
    tickets[opening.targetTicket] = .open(circuit: number, .target)
    openingsToLapse.append(number, at: now.advanced(by: limits.ticketTime))
    for ticket in [opening.callerTicket, opening.targetTicket] {
      ticketsToForget.append(ticket, at: now.advanced(by: limits.ticketTime * 2))
    }
    actions.append(.opened(circuit: number))
    actions.append(
      .tell(listener: listener, .incoming(opening.targetTicket, caller: opening.caller)))
    for ticket in [opening.callerTicket, opening.targetTicket] {
      guard let connection = early[ticket] else { continue }
      unlistEarly(connection)
      attach(connection, ticket, now, &actions)
    }
  }

  /// The target's listener when everything allows the circuit; else it is refused.
  private mutating func admitted(
    _ opening: RelayOpening, _ now: Instant, _ actions: inout [RelayAction]
  ) -> UInt64? {
    guard let refusal = refusal(of: opening, now) else { return members[opening.target]?.listener }
    refuse(refusal, &actions)
    return nil
  }

  private mutating func refusal(of opening: RelayOpening, _ now: Instant) -> RelayRefusal? {
    if let refusalToServe { return refusalToServe }
    if opening.caller == opening.target || opening.callerTicket == opening.targetTicket {
      return .malformedOpening
    }
    guard admit(opening.caller, now) else { return .tooManyCircuits }
    // Counted before anything is looked up: asking is what floods.
    guard members[opening.caller]?.openings.take(1, now: now) == true else {
      return .tooManyOpenings
    }
    if tickets[opening.callerTicket] != nil || tickets[opening.targetTicket] != nil {
      return .ticketTaken
    }
    guard holdsPlace(opening.target, now) else { return .noReservation }
    if members[opening.target]?.listener == nil { return .notListening }
    if circuits.count >= limits.circuits { return .tooManyCircuits }
    for node in [opening.caller, opening.target]
    where members[node].map({ $0.circuits >= limits.circuitsPerNode }) == true {
      return .tooManyCircuitsOfNode
    }
    return nil
  }

  // MARK: - Connections

  mutating func arrived(
    _ connection: UInt64, _ ticket: RelayTicket, _ source: RelaySource, _ now: Instant,
    _ actions: inout [RelayAction]
  ) {
    switch tickets[ticket] {
    case .used?: return drop(connection, .ticketUsed, &actions)
    case .expired?: return drop(connection, .ticketExpired, &actions)
    case .open?:
      arrivals[connection] = Arrival(ticket: ticket, source: source)
      attach(connection, ticket, now, &actions)
    case nil:
      // Of two that show the same, one has stolen it; nobody can say which.
      if early[ticket] != nil { return drop(connection, .ticketUsed, &actions) }
      if let refusalToServe { return drop(connection, refusalToServe, &actions) }
      guard early.count < limits.earlyConnections,
        earlyPerSource[source, default: 0] < limits.earlyConnectionsPerSource
      else { return drop(connection, .tooManyEarlyConnections, &actions) }
      early[ticket] = connection
      earlyPerSource[source, default: 0] += 1
      arrivals[connection] = Arrival(ticket: ticket, source: source)
      earlyToLapse.append(connection, at: now.advanced(by: limits.earlyTime))
    }
  }

  private mutating func attach(
    _ connection: UInt64, _ ticket: RelayTicket, _ now: Instant, _ actions: inout [RelayAction]
  ) {
    guard case .open(let number, let side)? = tickets[ticket], var circuit = circuits[number]
    else { preconditionFailure("a connection was attached to no circuit") }
    guard members[circuit.opening.target]?.reservation?.number == circuit.reservation,
      holdsPlace(circuit.opening.target, now)
    else {
      // The place was given back meanwhile.
      arrivals[connection] = nil
      drop(connection, .noReservation, &actions)
      abandon(number, .noReservation, now, &actions)
      return
    }
    tickets[ticket] = .used
    circuit[side] = connection
    circuits[number] = circuit
    arrivals[connection]?.circuit = number
    guard let caller = circuit.caller, let target = circuit.target else { return }
    arrivals[caller] = nil
    arrivals[target] = nil
    actions.append(.join(circuit: number, caller: caller, target: target))
  }

  /// A pending circuit loses one side: it can never be joined, for tickets work once.
  mutating func left(_ connection: UInt64, _ now: Instant, _ actions: inout [RelayAction]) {
    guard let arrival = arrivals[connection] else { return }
    guard let number = arrival.circuit else { return forgetEarly(connection) }
    arrivals[connection] = nil
    for side in Side.allCases where circuits[number]?[side] == connection {
      circuits[number]?[side] = nil
    }
    abandon(number, .abandoned, now, &actions)
  }

  mutating func endCircuit(_ number: UInt64) {
    guard let circuit = circuits.removeValue(forKey: number) else { return }
    members[circuit.opening.caller]?.circuits -= 1
    members[circuit.opening.target]?.circuits -= 1
  }

  // MARK: - Lapsing

  mutating func lapseCircuits(_ now: Instant, _ actions: inout [RelayAction]) {
    while let number = openingsToLapse.pop(due: now) {
      guard let circuit = circuits[number], !circuit.isJoined else { continue }
      abandon(number, .abandoned, now, &actions)
    }
    while let ticket = ticketsToForget.pop(due: now) { tickets[ticket] = nil }
    while let connection = earlyToLapse.pop(due: now) {
      guard let arrival = arrivals[connection], arrival.circuit == nil else { continue }
      forgetEarly(connection)
      drop(connection, .ticketUnknown, &actions)
    }
  }

  /// Ends a circuit that was never joined.
  private mutating func abandon(
    _ number: UInt64, _ refusal: RelayRefusal, _ now: Instant, _ actions: inout [RelayAction]
  ) {
    guard let circuit = circuits[number] else { return }
    endCircuit(number)
    for connection in [circuit.caller, circuit.target].compactMap({ $0 }) {
      arrivals[connection] = nil
      drop(connection, refusal, &actions)
    }
    for ticket in [circuit.opening.callerTicket, circuit.opening.targetTicket] {
      if case .open? = tickets[ticket] { tickets[ticket] = .expired }
    }
  }

  private mutating func forgetEarly(_ connection: UInt64) {
    unlistEarly(connection)
    arrivals[connection] = nil
  }

  /// It is no longer early.
  private mutating func unlistEarly(_ connection: UInt64) {
    guard let arrival = arrivals[connection] else { return }
    early[arrival.ticket] = nil
    let left = earlyPerSource[arrival.source, default: 1] - 1
    earlyPerSource[arrival.source] = left > 0 ? left : nil
  }

  // MARK: - Quotas

  /// How much a circuit may move now: what the relay and both nodes have left.
  package mutating func draw(
    _ wanted: Int, for number: UInt64, now: Instant
  ) -> SpliceAllowance {
    guard let circuit = circuits[number], var caller = members[circuit.opening.caller]?.bytes,
      var target = members[circuit.opening.target]?.bytes
    else { return .none }
    bytes.refill(now: now)
    caller.refill(now: now)
    target.refill(now: now)
    let least = max(1, min(limits.leastBytes, limits.bytes.burst, limits.bytesPerNode.burst))
    let allowed = min(wanted, bytes.level, caller.level, target.level)
    guard allowed >= min(wanted, least) else {
      let times = [bytes, caller, target].map { $0.time(of: least) }
      return .later(times.max() ?? now)
    }
    guard bytes.take(allowed, now: now), caller.take(allowed, now: now),
      target.take(allowed, now: now)
    else { preconditionFailure("a quota had less than it said") }
    members[circuit.opening.caller]?.bytes = caller
    members[circuit.opening.target]?.bytes = target
    traffic.add(allowed, now: now)
    return .bytes(allowed)
  }

  package mutating func giveBack(_ unspent: Int, for number: UInt64, now: Instant) {
    guard unspent > 0, let circuit = circuits[number] else { return }
    bytes.giveBack(unspent)
    members[circuit.opening.caller]?.bytes.giveBack(unspent)
    members[circuit.opening.target]?.bytes.giveBack(unspent)
    traffic.add(-unspent, now: now)
  }
}
