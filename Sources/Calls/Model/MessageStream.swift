/// One call's messages, both ways. The gRPC server and client supply it.
package protocol MessageStream: Sendable {
  /// The next message, decompressed; nil when the other side has finished. Throws `Status`.
  func next() async throws -> [UInt8]?
  /// Sends one message with its prefix (`FrameWriter`); suspends while the peer is behind.
  func send(_ frame: [UInt8]) async throws
  /// Says that nothing more follows. A server's stream is finished by its status instead.
  func finish() async throws
}

/// The messages that come in, one by one: `while let request = try await requests.next()`.
package struct MessageReader<M: Message>: Sendable {
  private let stream: any MessageStream

  package init(_ stream: any MessageStream) { self.stream = stream }

  /// Nil at the end. Throws `DecodingFailure` for a message that exceeds the limits.
  package func next(limits: WireReader.Limits = WireReader.Limits()) async throws -> M? {
    guard let bytes = try await stream.next() else { return nil }
    return try M(decoding: bytes, limits: limits)
  }

  /// Exactly one message, as unary halves of calls have.
  package func single() async throws -> M {
    guard let message = try await next() else {
      throw Status(.internal, "Expected one \(M.schema.name), found none.")
    }
    guard try await stream.next() == nil else {
      throw Status(.internal, "Expected one \(M.schema.name), found several.")
    }
    return message
  }
}

/// Where messages go out.
package struct MessageWriter<M: Message>: Sendable {
  private let stream: any MessageStream

  package init(_ stream: any MessageStream) { self.stream = stream }

  /// Suspends while the peer is behind.
  package func write(_ message: M) async throws {
    try await stream.send(FrameWriter.frame(message))
  }

  /// A message that stands in its frame already.
  package func write(frame: [UInt8]) async throws { try await stream.send(frame) }
}
