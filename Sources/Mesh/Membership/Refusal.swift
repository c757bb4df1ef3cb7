package import Calls

// How an error between nodes travels: as a status of gRPC, with the exact kind in its details.

extension Status {
  package init(refusing error: NetworkError) {
    self.init(
      error.code.status, error.message,
      details: [Detail(NetworkV1.Refusal { $0.code = error.code.wireName })])
  }
}

extension NetworkError {
  /// What a peer has refused with, as exactly as it said.
  package init(refusal status: Status) {
    self.init(
      Self.code(in: status) ?? (status.code == .unavailable ? .unreachable : .denied),
      status.message.isEmpty ? "the peer refused: \(status.code)" : status.message, cause: status)
  }

  private static func code(in status: Status) -> Code? {
    let url = "type.googleapis.com/" + NetworkV1.Refusal.schema.name
    guard let detail = status.details.first(where: { $0.typeURL == url }),
      // Without a readable detail the status itself says enough.
      let refusal = try? NetworkV1.Refusal(decoding: detail.value)
    else { return nil }
    return Code.all.first { $0.wireName == refusal.code }
  }
}

extension NetworkError.Code {
  fileprivate static let all: [Self] = [
    .violation, .forged, .expired, .revoked, .used, .wrongNetwork, .denied, .notFound, .ambiguous,
    .exists, .unreachable, .busy, .timedOut, .closed,
  ]

  fileprivate var wireName: String {
    switch self {
    case .violation: "violation"
    case .forged: "forged"
    case .expired: "expired"
    case .revoked: "revoked"
    case .used: "used"
    case .wrongNetwork: "wrong_network"
    case .denied: "denied"
    case .notFound: "not_found"
    case .ambiguous: "ambiguous"
    case .exists: "exists"
    case .unreachable: "unreachable"
    case .busy: "busy"
    case .timedOut: "timed_out"
    case .closed: "closed"
    }
  }

  fileprivate var status: Status.Code {
    switch self {
    case .violation, .ambiguous: .invalidArgument
    case .forged: .unauthenticated
    case .expired, .used, .wrongNetwork: .failedPrecondition
    case .revoked, .denied: .permissionDenied
    case .notFound: .notFound
    case .exists: .alreadyExists
    case .unreachable, .closed: .unavailable
    case .busy: .resourceExhausted
    case .timedOut: .deadlineExceeded
    }
  }
}
