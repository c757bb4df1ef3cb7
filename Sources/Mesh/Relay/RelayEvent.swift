package import IO
package import Primitives

/// What happens at a relay. Nodes are proven by their links; connections prove nothing but that
/// they know a ticket. Numbers are the shell's.
package enum RelayEvent: Equatable, Sendable {
  case reserve(NodeID)
  case renew(NodeID, reservation: UInt64)
  case release(NodeID, reservation: UInt64)
  case listen(NodeID, listener: UInt64)
  case unlisten(NodeID, listener: UInt64)
  case open(RelayOpening)
  case signal(from: NodeID, to: NodeID, sealed: [UInt8])
  /// A connection showed a ticket.
  case arrived(connection: UInt64, RelayTicket, from: SocketAddress)
  /// A connection went before it was joined to another.
  case left(connection: UInt64)
  /// Two joined connections have ended.
  case ended(circuit: UInt64)
  /// The node offers to relay, or no longer.
  case offer(Bool)
  /// The node is about to stop.
  case drain
  case wake
}

/// A node asks for a circuit to another and names the tickets of both sides.
package struct RelayOpening: Equatable, Sendable {
  package var caller: NodeID
  package var target: NodeID
  package var callerTicket: RelayTicket
  package var targetTicket: RelayTicket

  package init(
    caller: NodeID, target: NodeID, callerTicket: RelayTicket, targetTicket: RelayTicket
  ) {
    self.caller = caller
    self.target = target
    self.callerTicket = callerTicket
    self.targetTicket = targetTicket
  }
}

/// What the shell is to do. The answer to a node's request comes first.
package enum RelayAction: Equatable, Sendable {
  case reserved(UInt64, lifetime: Duration)
  case released
  case listening
  case opened(circuit: UInt64)
  case signalled
  case refused(RelayRefusal)
  case tell(listener: UInt64, RelayNotice)
  /// Another has taken its place.
  case silence(listener: UInt64)
  case join(circuit: UInt64, caller: UInt64, target: UInt64)
  /// Close it: it was refused.
  case drop(connection: UInt64, RelayRefusal)
}

package enum RelayNotice: Equatable, Sendable {
  case incoming(RelayTicket, caller: NodeID)
  case signalled(from: NodeID, sealed: [UInt8])
  case restarting(after: Duration)
}

/// How busy a relay is.
package struct RelayLoad: Equatable, Sendable {
  package var circuits = 0
  package var circuitLimit = 0
  package var reservations = 0
  package var reservationLimit = 0
  package var bytesPerSecond = 0
  package var bytesPerSecondLimit = 0

  package init() {}

  /// 0 is idle, 1 takes no more: the scarcest of what it has.
  package var fraction: Double {
    let shares = [
      (circuits, circuitLimit), (reservations, reservationLimit),
      (bytesPerSecond, bytesPerSecondLimit),
    ]
    return shares.map { $1 > 0 ? min(1, Double($0) / Double($1)) : 1 }.max() ?? 1
  }
}
