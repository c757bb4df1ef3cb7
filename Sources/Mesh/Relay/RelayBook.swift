import IO
package import Primitives

// # A relay's book
//
// A *reservation* is a place held for a member that nobody can dial; the member *listens* on its
// link for what comes. A *circuit* is opened by a caller for a target that holds a place: two
// connections, one from each, are joined when both have shown their ticket. The caller chooses
// both tickets, so that it can send the opening, its connection and the first bytes of TLS at
// once; a connection that overtakes its opening waits a little as an *early* one.
//
// A circuit is pending until both connections are there, at most `ticketTime`; then it is joined,
// until the shell says it has ended. A ticket works once; used and late ones are remembered for
// another `ticketTime`, so that they can be refused by name. Nothing is ever dialled from here.

/// Decides whom a relay serves. Fed with events by its shell or the simulator.
package struct RelayBook {
  package let limits: Limits
  private var random: SplitMix
  private(set) var isOffered: Bool
  private(set) var isDraining = false
  var members: [NodeID: Member] = [:]
  var circuits: [UInt64: Circuit] = [:]
  var tickets: [RelayTicket: TicketUse] = [:]
  var arrivals: [UInt64: Arrival] = [:]
  var early: [RelayTicket: UInt64] = [:]
  var earlyPerSource: [RelaySource: Int] = [:]
  /// What lapses, soonest first: each kind lasts equally long, so queues suffice.
  var openingsToLapse = LapseQueue<UInt64>()
  var ticketsToForget = LapseQueue<RelayTicket>()
  var earlyToLapse = LapseQueue<UInt64>()
  private var nextSweep: Instant?
  private(set) var reservations = 0
  private var nextNumber: UInt64 = 0
  var bytes: TokenBucket
  var traffic: TrafficRate
  /// How often each reason was given.
  package private(set) var refusals: [RelayRefusal: UInt64] = [:]

  package init(limits: Limits = Limits(), isOffered: Bool = true, seed: UInt64, now: Instant) {
    self.limits = limits
    self.isOffered = isOffered
    random = SplitMix(seed: seed)
    bytes = TokenBucket(limits.bytes, now: now)
    traffic = TrafficRate(now: now)
  }

  package mutating func handle(_ event: RelayEvent, now: Instant) -> [RelayAction] {
    var actions: [RelayAction] = []
    switch event {
    case .reserve(let node): reserve(node, now, &actions)
    case .renew(let node, let number): renew(node, number, now, &actions)
    case .release(let node, let number): release(node, number, &actions)
    case .listen(let node, let listener): listen(node, listener, now, &actions)
    case .unlisten(let node, let listener): unlisten(node, listener)
    case .open(let opening): open(opening, now, &actions)
    case .signal(let from, let to, let sealed): signal(from, to, sealed, now, &actions)
    case .arrived(let connection, let ticket, let source):
      arrived(connection, ticket, RelaySource(source), now, &actions)
    case .left(let connection): left(connection, now, &actions)
    case .ended(let circuit): endCircuit(circuit)
    case .offer(let isOffered): self.isOffered = isOffered
    case .drain: drain(&actions)
    case .wake: break
    }
    lapse(now, &actions)
    return actions
  }

  /// When something lapses next; nil while there is nothing.
  package var nextWake: Instant? {
    [openingsToLapse.next, ticketsToForget.next, earlyToLapse.next, nextSweep]
      .compactMap { $0 }.min()
  }

  package mutating func load(now: Instant) -> RelayLoad {
    var load = RelayLoad()
    load.circuits = circuits.count
    load.circuitLimit = limits.circuits
    load.reservations = reservations
    load.reservationLimit = isOffered && !isDraining ? limits.reservations : 0
    load.bytesPerSecond = traffic.perSecond(now: now)
    load.bytesPerSecondLimit = limits.bytes.perSecond
    return load
  }

  // MARK: - Places

  private mutating func reserve(_ node: NodeID, _ now: Instant, _ actions: inout [RelayAction]) {
    if let refusal = refusalToServe { return refuse(refusal, &actions) }
    let old = members[node]?.reservation
    guard old != nil || reservations < limits.reservations, admit(node, now) else {
      return refuse(.tooManyReservations, &actions)
    }
    let number = newNumber()
    let expires = now.advanced(by: limits.lifetime)
    members[node]?.reservation = Reservation(number: number, expires: expires)
    if old == nil { reservations += 1 }
    actions.append(.reserved(number, lifetime: limits.lifetime))
  }

  private mutating func renew(
    _ node: NodeID, _ number: UInt64, _ now: Instant, _ actions: inout [RelayAction]
  ) {
    if let refusal = refusalToServe { return refuse(refusal, &actions) }
    guard let reservation = members[node]?.reservation, reservation.number == number,
      reservation.expires > now
    else { return refuse(.noReservation, &actions) }
    members[node]?.reservation?.expires = now.advanced(by: limits.lifetime)
    actions.append(.reserved(number, lifetime: limits.lifetime))
  }

  private mutating func release(
    _ node: NodeID, _ number: UInt64, _ actions: inout [RelayAction]
  ) {
    if members[node]?.reservation?.number == number {
      members[node]?.reservation = nil
      reservations -= 1
    }
    actions.append(.released)
  }

  private mutating func listen(
    _ node: NodeID, _ listener: UInt64, _ now: Instant, _ actions: inout [RelayAction]
  ) {
    if let refusal = refusalToServe { return refuse(refusal, &actions) }
    guard admit(node, now) else { return refuse(.tooManyReservations, &actions) }
    actions.append(.listening)
    if let old = members[node]?.listener, old != listener {
      actions.append(.silence(listener: old))
    }
    members[node]?.listener = listener
  }

  private mutating func unlisten(_ node: NodeID, _ listener: UInt64) {
    if members[node]?.listener == listener { members[node]?.listener = nil }
  }

  // MARK: - Signals

  /// One of the two must hold a place: this is no post office for everybody.
  private mutating func signal(
    _ sender: NodeID, _ target: NodeID, _ sealed: [UInt8], _ now: Instant,
    _ actions: inout [RelayAction]
  ) {
    if let refusal = refusalToServe { return refuse(refusal, &actions) }
    guard sealed.count <= limits.signalBytes else { return refuse(.signalTooLong, &actions) }
    guard admit(sender, now), members[sender]?.signals.take(1, now: now) == true else {
      return refuse(.tooManySignals, &actions)
    }
    guard holdsPlace(sender, now) || holdsPlace(target, now) else {
      return refuse(.noReservation, &actions)
    }
    guard let listener = members[target]?.listener else {
      return refuse(.notListening, &actions)
    }
    actions.append(.signalled)
    actions.append(.tell(listener: listener, .signalled(from: sender, sealed: sealed)))
  }

  // MARK: - Stopping

  private mutating func drain(_ actions: inout [RelayAction]) {
    if isDraining { return }
    isDraining = true
    let smear = max(1, limits.smear.nanoseconds)
    for listener in members.values.compactMap(\.listener).sorted() {
      let delay = Duration.nanoseconds(Int64.random(in: 0..<smear, using: &random))
      actions.append(.tell(listener: listener, .restarting(after: delay)))
    }
  }

  // MARK: - Helpers

  var refusalToServe: RelayRefusal? {
    if isDraining { return .stopping }
    return isOffered ? nil : .notRelaying
  }

  func holdsPlace(_ node: NodeID, _ now: Instant) -> Bool {
    members[node]?.reservation.map { $0.expires > now } == true
  }

  mutating func newNumber() -> UInt64 {
    nextNumber += 1
    return nextNumber
  }

  /// False when the book is full of others.
  mutating func admit(_ node: NodeID, _ now: Instant) -> Bool {
    if members[node] != nil { return true }
    guard members.count < limits.members else { return false }
    members[node] = Member(limits: limits, now: now)
    if nextSweep == nil { nextSweep = now.advanced(by: limits.sweepTime) }
    return true
  }

  mutating func refuse(_ refusal: RelayRefusal, _ actions: inout [RelayAction]) {
    count(refusal)
    actions.append(.refused(refusal))
  }

  mutating func drop(
    _ connection: UInt64, _ refusal: RelayRefusal, _ actions: inout [RelayAction]
  ) {
    count(refusal)
    actions.append(.drop(connection: connection, refusal))
  }

  private mutating func count(_ refusal: RelayRefusal) { refusals[refusal, default: 0] += 1 }

  private mutating func lapse(_ now: Instant, _ actions: inout [RelayAction]) {
    lapseCircuits(now, &actions)
    guard let nextSweep, nextSweep <= now else { return }
    for (node, var member) in members {
      if let reservation = member.reservation, reservation.expires <= now {
        member.reservation = nil
        reservations -= 1
      }
      member.refill(now: now)
      members[node] = member.isIdle ? nil : member
    }
    self.nextSweep = members.isEmpty ? nil : now.advanced(by: limits.sweepTime)
  }
}
