/// Makes calls; the gRPC client is one. Generated clients are written on top of it.
package protocol Caller: Sendable {
  /// Opens a call, runs `body`, and returns once the status has come in, throwing it unless
  /// it is `ok`. When `body` throws, the call is cancelled. So is the rest of a server's stream
  /// that `body` does not read to its end; of a bidirectional call the rest is read and dropped,
  /// for what was sent may still be at work.
  func call<Answer: Sendable>(
    _ method: MethodDescription, _ options: CallOptions,
    _ body: (any MessageStream) async throws -> Answer
  ) async throws -> Answer

  /// One frame out, one message in.
  func unary(
    _ method: MethodDescription, _ frame: [UInt8], _ options: CallOptions
  ) async throws -> [UInt8]
}

extension Caller {
  package func unary(
    _ method: MethodDescription, _ frame: [UInt8], _ options: CallOptions
  ) async throws -> [UInt8] {
    try await call(method, options) { stream in
      try await stream.send(frame)
      try await stream.finish()
      guard let reply = try await stream.next(), try await stream.next() == nil else {
        throw Status(.internal, "Expected one reply from \(method), found none or several.")
      }
      return reply
    }
  }

  package func unary<Request: Message, Reply: Message>(
    _ method: MethodDescription, _ request: Request, _ options: CallOptions
  ) async throws -> Reply {
    try Self.decode(await unary(method, FrameWriter.frame(request), options))
  }

  package func clientStream<Request: Message, Reply: Message>(
    _ method: MethodDescription, _ options: CallOptions,
    _ requests: (MessageWriter<Request>) async throws -> Void
  ) async throws -> Reply {
    try await call(method, options) { stream in
      do {
        try await requests(MessageWriter(stream))
      } catch is ServerHasFinished {
        // It has heard enough and answered.
      }
      try await stream.finish()
      return try await MessageReader<Reply>(stream).single()
    }
  }

  package func serverStream<Request: Message, Reply: Message, Answer: Sendable>(
    _ method: MethodDescription, _ request: Request, _ options: CallOptions,
    _ replies: (MessageReader<Reply>) async throws -> Answer
  ) async throws -> Answer {
    try await call(method, options) { stream in
      try await stream.send(FrameWriter.frame(request))
      try await stream.finish()
      return try await replies(MessageReader(stream))
    }
  }

  private static func decode<Reply: Message>(_ bytes: [UInt8]) throws -> Reply {
    do {
      return try Reply(decoding: bytes)
    } catch {
      throw Status(.internal, "The reply cannot be read: \(error)")
    }
  }
}

/// Thrown to a sender when the server has ended the call well before all was sent.
package struct ServerHasFinished: Error {
  package init() {}
}

/// A bidirectional call as its caller sees it.
package struct Conversation<Request: Message, Reply: Message>: Sendable {
  private let stream: any MessageStream
  package let requests: MessageWriter<Request>
  package let replies: MessageReader<Reply>

  package init(_ stream: any MessageStream) {
    self.stream = stream
    requests = MessageWriter(stream)
    replies = MessageReader(stream)
  }

  /// Says that no more requests follow; replies may.
  package func finish() async throws { try await stream.finish() }
}

extension Caller {
  package func bidirectional<Request: Message, Reply: Message, Answer: Sendable>(
    _ method: MethodDescription, _ options: CallOptions,
    _ body: (Conversation<Request, Reply>) async throws -> Answer
  ) async throws -> Answer {
    try await call(method, options) { try await body(Conversation($0)) }
  }
}
