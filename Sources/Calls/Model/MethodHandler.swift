/// A method and the code that answers it, as the generated services list them for the server.
///
/// The server checks `description.permission` before it runs the body, turns what the body
/// throws into a status with `Status(answering:)`, and cancels it when the caller is gone.
package struct MethodHandler: Sendable {
  package typealias Immediate =
    @Sendable (_ bytes: [UInt8], _ start: Int, CallContext) throws -> [UInt8]
  package typealias Unary = @Sendable ([UInt8], CallContext) async throws -> [UInt8]
  package typealias Streaming = @Sendable (any MessageStream, CallContext) async throws -> Void

  package enum Body: Sendable {
    /// The message begins at `start`; its frame out, without waiting.
    case immediate(Immediate)
    /// One message in, its frame out: needs no stream.
    case unary(Unary)
    case streaming(Streaming)
  }

  package let description: MethodDescription
  package let body: Body

  package static func immediate<Request: Message, Reply: Message>(
    _ description: MethodDescription,
    _ answer: @escaping @Sendable (Request, CallContext) throws -> Reply
  ) -> MethodHandler {
    MethodHandler(
      description: description,
      body: .immediate { bytes, start, context in
        FrameWriter.frame(try answer(Request(decoding: bytes, from: start), context))
      })
  }

  package static func unary<Request: Message, Reply: Message>(
    _ description: MethodDescription,
    _ answer: @escaping @Sendable (Request, CallContext) async throws -> Reply
  ) -> MethodHandler {
    MethodHandler(
      description: description,
      body: .unary { bytes, context in
        FrameWriter.frame(try await answer(Request(decoding: bytes), context))
      })
  }

  package static func clientStream<Request: Message, Reply: Message>(
    _ description: MethodDescription,
    _ answer: @escaping @Sendable (MessageReader<Request>, CallContext) async throws -> Reply
  ) -> MethodHandler {
    MethodHandler(
      description: description,
      body: .streaming { stream, context in
        let reply = try await answer(MessageReader(stream), context)
        try await stream.send(FrameWriter.frame(reply))
      })
  }

  package static func serverStream<Request: Message, Reply: Message>(
    _ description: MethodDescription,
    _ answer: @escaping @Sendable (Request, MessageWriter<Reply>, CallContext) async throws -> Void
  ) -> MethodHandler {
    MethodHandler(
      description: description,
      body: .streaming { stream, context in
        let request = try await MessageReader<Request>(stream).single()
        try await answer(request, MessageWriter(stream), context)
      })
  }

  package static func bidirectional<Request: Message, Reply: Message>(
    _ description: MethodDescription,
    _ answer:
      @escaping @Sendable (
        MessageReader<Request>, MessageWriter<Reply>, CallContext
      ) async throws -> Void
  ) -> MethodHandler {
    MethodHandler(
      description: description,
      body: .streaming { stream, context in
        try await answer(MessageReader(stream), MessageWriter(stream), context)
      })
  }
}

extension MethodHandler {
  /// Answers by a handler that is looked up at each call: for a service that is replaced while the
  /// server runs.
  package static func late(
    _ description: MethodDescription, _ find: @escaping @Sendable () throws -> MethodHandler
  ) -> MethodHandler {
    MethodHandler(
      description: description,
      body: .streaming { stream, context in
        switch try find().body {
        case .streaming(let body): try await body(stream, context)
        case .unary(let body):
          try await stream.send(await body(only(of: stream, description), context))
        case .immediate(let body):
          try await stream.send(body(only(of: stream, description), 0, context))
        }
      })
  }

  private static func only(
    of stream: any MessageStream, _ description: MethodDescription
  ) async throws -> [UInt8] {
    guard let message = try await stream.next(), try await stream.next() == nil else {
      throw Status(
        .invalidArgument, "Expected one message of \(description), found none or several.")
    }
    return message
  }
}
