import Calls

// MARK: - What goes wrong with files, as calls say it

extension Status {
  init(refusing error: BlobError) { self.init(error.code.status, error.message) }

  /// Runs `body` and says in a call's terms what went wrong.
  static func refusing<Result>(_ body: () async throws -> Result) async throws -> Result {
    do { return try await body() } catch let error as BlobError {
      throw Status(refusing: error)
    }
  }
}

extension BlobError.Code {
  fileprivate var status: Status.Code {
    switch self {
    case .damaged: .dataLoss
    case .notFound: .notFound
    case .ambiguous: .invalidArgument
    case .exists: .alreadyExists
    case .denied: .permissionDenied
    case .expired, .refused: .failedPrecondition
    case .full: .resourceExhausted
    case .busy: .unavailable
    case .timedOut: .deadlineExceeded
    case .cancelled: .cancelled
    case .failed: .internal
    }
  }
}
