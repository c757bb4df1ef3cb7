/// How a call ended when it did not end well, and the error that handlers throw.
package struct Status: Error, Equatable, Sendable, CustomStringConvertible {
  package var code: Code
  /// A sentence for the person who reads it, with what to do.
  package var message: String
  /// Typed facts for programs, carried in `grpc-status-details-bin`.
  package var details: [Detail]

  package struct Detail: Equatable, Sendable {
    /// `type.googleapis.com/` and the message's full name.
    package var typeURL: String
    package var value: [UInt8]

    package init(typeURL: String, value: [UInt8]) {
      self.typeURL = typeURL
      self.value = value
    }

    package init(_ message: some Message) {
      typeURL = "type.googleapis.com/" + type(of: message).schema.name
      value = message.encoded()
    }
  }

  package init(_ code: Code, _ message: String = "", details: [Detail] = []) {
    self.code = code
    self.message = message
    self.details = details
  }

  package var description: String { message.isEmpty ? "\(code)" : "\(code): \(message)" }

  /// The codes of gRPC; their numbers are on the wire.
  package enum Code: Int, Sendable, CaseIterable {
    case ok = 0
    case cancelled, unknown, invalidArgument, deadlineExceeded, notFound, alreadyExists
    case permissionDenied, resourceExhausted, failedPrecondition, aborted, outOfRange
    case unimplemented, `internal`, unavailable, dataLoss, unauthenticated

    /// What a client concludes from an HTTP status that came without a `grpc-status`.
    package init(httpStatus: Int) {
      switch httpStatus {
      case 400: self = .internal
      case 401: self = .unauthenticated
      case 403: self = .permissionDenied
      case 404: self = .unimplemented
      case 429, 502, 503, 504: self = .unavailable
      default: self = .unknown
      }
    }

    /// What a client concludes from a stream that was reset (gRPC over HTTP/2, Errors). Codes
    /// without a meaning there are unknown.
    package init(resetCode: UInt32) {
      switch resetCode {
      case 0x0...0x4, 0x6, 0x9, 0xA: self = .internal
      case 0x7: self = .unavailable
      case 0x8: self = .cancelled
      case 0xB: self = .resourceExhausted
      case 0xC: self = .permissionDenied
      default: self = .unknown
      }
    }
  }
}

extension Status {
  /// What a handler's error tells the caller. Errors that are no `Status` say nothing of
  /// themselves: their text may hold what only the log should.
  package init(answering error: any Error) {
    switch error {
    case let status as Status where status.code != .ok: self = status
    case let failure as DecodingFailure:
      self.init(.invalidArgument, "The request cannot be read: \(failure)")
    case is CancellationError: self.init(.cancelled, "The call was cancelled.")
    default: self.init(.unknown, "The handler failed; the node's log says why.")
    }
  }

  /// Bytes for `grpc-status-details-bin`; nil without details.
  package func encodedDetails() -> [UInt8]? {
    if details.isEmpty { return nil }
    let wire = GoogleRPC.Status {
      $0.code = Int32(code.rawValue)
      $0.message = message
      $0.details = details.map { detail in
        GoogleProtobuf.AnyMessage {
          $0.typeURL = detail.typeURL
          $0.value = detail.value
        }
      }
    }
    return wire.encoded()
  }

  /// Reads trailers: the number, the text still percent-encoded, and the details, which are
  /// dropped when they cannot be read, for the code and message matter more.
  package init(trailerCode: String, message: String?, details: [UInt8]?) {
    code = Int(trailerCode).flatMap(Code.init(rawValue:)) ?? .unknown
    self.message = message.map(StatusText.decode) ?? ""
    self.details = []
    // A peer's broken details must not hide its status.
    guard let details, let wire = try? GoogleRPC.Status(decoding: details) else { return }
    self.details = wire.details.map { Detail(typeURL: $0.typeURL, value: $0.value) }
  }
}
