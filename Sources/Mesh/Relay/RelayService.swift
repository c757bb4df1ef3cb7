package import Calls
import IO
import Primitives

/// Answers what nodes ask of a relay.
package struct RelayService: RelayV1.RelayService {
  private let server: RelayServer

  package init(_ server: RelayServer) { self.server = server }

  package func reserve(
    _ request: RelayV1.ReserveRequest, _ context: CallContext
  ) async throws -> RelayV1.ReserveReply {
    let node = try Self.node(context)
    return try reply(to: node, server.handle(.reserve(node)))
  }

  package func renew(
    _ request: RelayV1.RenewRequest, _ context: CallContext
  ) async throws -> RelayV1.ReserveReply {
    let node = try Self.node(context)
    return try reply(to: node, server.handle(.renew(node, reservation: request.reservation)))
  }

  package func release(
    _ request: RelayV1.ReleaseRequest, _ context: CallContext
  ) async throws -> RelayV1.ReleaseReply {
    let node = try Self.node(context)
    try Self.check(server.handle(.release(node, reservation: request.reservation)))
    return RelayV1.ReleaseReply()
  }

  package func listen(
    _ request: RelayV1.ListenRequest, _ replies: MessageWriter<RelayV1.Notice>,
    _ context: CallContext
  ) async throws {
    let node = try Self.node(context)
    let (number, mailbox) = server.addListener()
    defer { server.removeListener(number, of: node) }
    try Self.check(server.handle(.listen(node, listener: number)))
    try await replies.write(RelayV1.Notice { $0.kind = .listening(RelayV1.Listening()) })
    while let notice = await mailbox.next() {
      try await replies.write(message(notice))
    }
    if !Task.isCancelled {
      throw Status(.aborted, "The relay stopped telling: it goes, or this node listens elsewhere.")
    }
  }

  package func open(
    _ request: RelayV1.OpenRequest, _ context: CallContext
  ) async throws -> RelayV1.OpenReply {
    let caller = try Self.node(context)
    guard let target = NodeID(request.target),
      let callerTicket = RelayTicket(request.callerTicket),
      let targetTicket = RelayTicket(request.targetTicket)
    else { throw RelayRefusal.malformedOpening.status }
    let opening = RelayOpening(
      caller: caller, target: target, callerTicket: callerTicket, targetTicket: targetTicket)
    try Self.check(server.handle(.open(opening)))
    return RelayV1.OpenReply { $0.observed = observed(target) }
  }

  package func signal(
    _ request: RelayV1.SignalRequest, _ context: CallContext
  ) async throws -> RelayV1.SignalReply {
    let sender = try Self.node(context)
    guard let target = NodeID(request.target) else { throw RelayRefusal.noReservation.status }
    try Self.check(server.handle(.signal(from: sender, to: target, sealed: request.sealed)))
    return RelayV1.SignalReply()
  }

  // MARK: - Helpers

  private static func node(_ context: CallContext) throws(Status) -> NodeID {
    guard case .node(let id) = context.principal else {
      throw Status(.permissionDenied, "Only nodes are relayed for: call over a link.")
    }
    return id
  }

  private static func check(_ action: RelayAction?) throws(Status) {
    if case .refused(let refusal)? = action { throw refusal.status }
  }

  private func reply(
    to node: NodeID, _ action: RelayAction?
  ) throws(Status) -> RelayV1.ReserveReply {
    try Self.check(action)
    guard case .reserved(let number, let lifetime)? = action else {
      preconditionFailure("a relay's book gave no answer to a reservation")
    }
    let load = server.load
    let observed = observed(node)
    return RelayV1.ReserveReply {
      $0.reservation = number
      $0.lifetimeSeconds = UInt32(lifetime.components.seconds)
      $0.observed = observed
      $0.load = load.message
    }
  }

  private func message(_ notice: RelayNotice) -> RelayV1.Notice {
    let kind: RelayV1.Notice.KindChoice
    switch notice {
    case .incoming(let ticket, let caller):
      let observed = observed(caller)
      kind = .incoming(
        RelayV1.Incoming {
          $0.ticket = ticket.bytes.bytes
          $0.caller = caller.bytes
          $0.observed = observed
        })
    case .signalled(let sender, let sealed):
      let observed = observed(sender)
      kind = .signalled(
        RelayV1.Signalled {
          $0.sender = sender.bytes
          $0.sealed = sealed
          $0.observed = observed
        })
    case .restarting(let delay):
      kind = .restarting(
        RelayV1.Restarting {
          $0.afterMilliseconds = UInt32(clamping: delay.nanoseconds / 1_000_000)
        })
    }
    return RelayV1.Notice { $0.kind = kind }
  }

  private func observed(_ node: NodeID) -> String { server.observed(node)?.description ?? "" }
}

extension RelayRefusal {
  var status: Status {
    let code: Status.Code =
      switch self {
      case .notRelaying: .permissionDenied
      case .stopping, .notListening, .abandoned: .unavailable
      case .noReservation: .notFound
      case .malformedOpening, .signalTooLong: .invalidArgument
      case .ticketTaken: .alreadyExists
      case .ticketUsed, .ticketExpired, .ticketUnknown: .failedPrecondition
      case .tooManyReservations, .tooManyOpenings, .tooManyCircuits, .tooManyCircuitsOfNode,
        .tooManyEarlyConnections, .tooManySignals:
        .resourceExhausted
      }
    return Status(code, error.message)
  }
}

extension RelayLoad {
  var message: RelayV1.Load {
    RelayV1.Load {
      $0.circuits = UInt32(clamping: circuits)
      $0.circuitLimit = UInt32(clamping: circuitLimit)
      $0.reservations = UInt32(clamping: reservations)
      $0.reservationLimit = UInt32(clamping: reservationLimit)
      $0.bytesPerSecond = UInt64(clamping: bytesPerSecond)
      $0.bytesPerSecondLimit = UInt64(clamping: bytesPerSecondLimit)
    }
  }

  init(_ message: RelayV1.Load) {
    self.init()
    circuits = Int(message.circuits)
    circuitLimit = Int(message.circuitLimit)
    reservations = Int(message.reservations)
    reservationLimit = Int(message.reservationLimit)
    bytesPerSecond = Int(clamping: message.bytesPerSecond)
    bytesPerSecondLimit = Int(clamping: message.bytesPerSecondLimit)
  }
}
