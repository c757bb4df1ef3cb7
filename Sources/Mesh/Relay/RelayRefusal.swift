/// Why a relay did not do what it was asked.
package enum RelayRefusal: String, Hashable, Sendable, CaseIterable {
  /// This node does not offer to relay.
  case notRelaying
  /// It is about to stop.
  case stopping
  case tooManyReservations
  case noReservation
  /// The target holds a place but does not listen now.
  case notListening
  case malformedOpening
  case ticketTaken
  case tooManyOpenings
  case tooManyCircuits
  case tooManyCircuitsOfNode
  case ticketUsed
  case ticketExpired
  /// Nobody opened a circuit for the ticket while its connection waited.
  case ticketUnknown
  case tooManyEarlyConnections
  /// The other side did not come, or went.
  case abandoned
  case tooManySignals
  case signalTooLong

  package var error: NetworkError { NetworkError(code, "The relay refused: \(explanation)") }

  package var code: NetworkError.Code {
    switch self {
    case .notRelaying: .denied
    case .stopping: .closed
    case .noReservation: .notFound
    case .notListening, .abandoned: .unreachable
    case .malformedOpening, .ticketTaken, .signalTooLong: .violation
    case .ticketUsed: .used
    case .ticketExpired, .ticketUnknown: .expired
    case .tooManyReservations, .tooManyOpenings, .tooManyCircuits, .tooManyCircuitsOfNode,
      .tooManyEarlyConnections, .tooManySignals:
      .busy
    }
  }

  private var explanation: String {
    switch self {
    case .notRelaying: "it does not hold the role relay; choose a node that does."
    case .stopping: "it is about to stop; use another."
    case .tooManyReservations: "all its places are taken; use another."
    case .noReservation: "the node holds no place here; ask the node table for its relays."
    case .notListening: "the node holds a place here but has lost touch; use its other relay."
    case .malformedOpening:
      "a circuit needs another node as its target and two different tickets of 32 bytes."
    case .ticketTaken: "the ticket is in use; draw a new one at random."
    case .tooManyOpenings: "the node opens circuits too fast; wait a few seconds."
    case .tooManyCircuits: "it carries as many connections as it may; use another."
    case .tooManyCircuitsOfNode: "one of the two nodes has as many circuits as it may; close some."
    case .ticketUsed: "the ticket was used before; open a new circuit."
    case .ticketExpired: "the ticket came too late; open a new circuit."
    case .ticketUnknown: "nobody opened a circuit for the ticket in time."
    case .tooManyEarlyConnections: "too many connections wait for their circuit; try again later."
    case .abandoned: "the other side did not come."
    case .tooManySignals: "the node signals too fast; wait a second."
    case .signalTooLong: "the signal is too long; it carries a time and addresses, no data."
    }
  }
}
