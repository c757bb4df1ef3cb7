import Primitives
import Testing

@testable import Calls

/// The generated client and service put together without a network.
@Suite struct StubTests {
  /// Answers the way a server does, with all requests there before the handler starts.
  private struct Loopback: Caller {
    let handlers: [MethodHandler]

    func call<Answer: Sendable>(
      _ method: MethodDescription, _ options: CallOptions,
      _ body: (any MessageStream) async throws -> Answer
    ) async throws -> Answer {
      guard let handler = handlers.first(where: { $0.description == method }) else {
        throw Status(.unimplemented, "There is no \(method).")
      }
      return try await body(Pipe(handler))
    }
  }

  private final class Pipe: MessageStream {
    private struct State {
      var requests: [[UInt8]] = []
      var replies: [[UInt8]] = []
      var parser = FrameParser(maximumMessageSize: 1 << 20)
    }

    private let handler: MethodHandler
    private let state = Locked(State())

    init(_ handler: MethodHandler) { self.handler = handler }

    func next() async throws -> [UInt8]? {
      state.withLock { $0.replies.isEmpty ? nil : $0.replies.removeFirst() }
    }

    func send(_ frame: [UInt8]) async throws {
      try state.withLock { state in
        state.parser.feed(frame)
        while let next = try state.parser.next() { state.requests.append(next.payload) }
      }
    }

    func finish() async throws {
      let requests = state.withLock { $0.requests }
      let context = CallContext(
        method: handler.description, principal: .localOwner, metadata: Metadata(),
        deadline: nil, trace: TraceContext(randomTrace: (1, 2), randomSpan: 3))
      let served = Served(requests)
      switch handler.body {
      case .immediate(let answer):
        guard requests.count == 1 else { throw Status(.internal, "Expected one request.") }
        served.replies.withLock { $0 = [] }
        try await served.send(answer(requests[0], 0, context))
      case .unary(let answer):
        guard requests.count == 1 else { throw Status(.internal, "Expected one request.") }
        served.replies.withLock { $0 = [] }
        try await served.send(answer(requests[0], context))
      case .streaming(let answer): try await answer(served, context)
      }
      state.withLock { $0.replies = served.replies.withLock { $0 } }
    }
  }

  private final class Served: MessageStream {
    private let requests: Locked<[[UInt8]]>
    let replies = Locked<[[UInt8]]>([])

    init(_ requests: [[UInt8]]) { self.requests = Locked(requests) }

    func next() async throws -> [UInt8]? {
      requests.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
    func send(_ frame: [UInt8]) async throws {
      replies.withLock { $0.append(Array(frame.dropFirst(5))) }
    }
    func finish() async throws {}
  }

  private struct Prober: ProbeV1.ProbeService {
    func echo(
      _ request: ProbeV1.EchoRequest, _ context: CallContext
    ) throws -> ProbeV1.EchoReply {
      ProbeV1.EchoReply { $0.payload = request.payload }
    }

    func delay(
      _ request: ProbeV1.DelayRequest, _ context: CallContext
    ) async throws -> ProbeV1.EchoReply {
      ProbeV1.EchoReply { $0.payload = request.payload }
    }

    func sink(
      _ requests: MessageReader<ProbeV1.SinkRequest>, _ context: CallContext
    ) async throws -> ProbeV1.SinkReply {
      var reply = ProbeV1.SinkReply()
      while let request = try await requests.next() {
        reply.messages += 1
        reply.bytes += UInt64(request.payload.count)
      }
      return reply
    }

    func source(
      _ request: ProbeV1.SourceRequest, _ replies: MessageWriter<ProbeV1.SourceReply>,
      _ context: CallContext
    ) async throws {
      for number in 0..<request.messages {
        try await replies.write(ProbeV1.SourceReply { $0.number = number })
      }
    }

    func mirror(
      _ requests: MessageReader<ProbeV1.MirrorRequest>,
      _ replies: MessageWriter<ProbeV1.MirrorReply>, _ context: CallContext
    ) async throws {
      while let request = try await requests.next() {
        try await replies.write(ProbeV1.MirrorReply { $0.number = request.number })
      }
    }

    func exchange(
      _ requests: MessageReader<ProbeV1.ExchangeRequest>,
      _ replies: MessageWriter<ProbeV1.ExchangeReply>, _ context: CallContext
    ) async throws {}
  }

  private let client = ProbeV1.ProbeClient(Loopback(handlers: Prober().handlers))

  @Test func `one message each way`() async throws {
    let reply = try await client.echo(ProbeV1.EchoRequest { $0.payload = [1, 2] })
    #expect(reply.payload == [1, 2])
  }

  @Test func `many messages one way`() async throws {
    let counted = try await client.sink { requests in
      for size in 1...3 {
        try await requests.write(
          ProbeV1.SinkRequest { $0.payload = Array(repeating: 0, count: size) })
      }
    }
    #expect(counted.messages == 3 && counted.bytes == 6)
    let numbers = try await client.source(ProbeV1.SourceRequest { $0.messages = 4 }) { replies in
      var numbers: [UInt64] = []
      while let reply = try await replies.next() { numbers.append(reply.number) }
      return numbers
    }
    #expect(numbers == [0, 1, 2, 3])
  }

  @Test func `many messages both ways`() async throws {
    let sum = try await client.mirror { talk in
      for number in 1...5 as ClosedRange<UInt64> {
        try await talk.requests.write(ProbeV1.MirrorRequest { $0.number = number })
      }
      try await talk.finish()
      var sum: UInt64 = 0
      while let reply = try await talk.replies.next() { sum += reply.number }
      return sum
    }
    #expect(sum == 15)
  }

  @Test func `a method nobody answers says so`() async throws {
    let nobody = ProbeV1.ProbeClient(Loopback(handlers: []))
    let error = await #expect(throws: Status.self) { try await nobody.echo(ProbeV1.EchoRequest()) }
    #expect(error?.code == .unimplemented)
  }

  @Test func `headers close with the first message and trailers do not`() throws {
    let context = CallContext(
      method: ProbeV1.ProbeMethods.echo, principal: .user("ada"), metadata: Metadata(),
      deadline: nil, trace: TraceContext(randomTrace: (1, 2), randomSpan: 3))
    try context.addHeader("a", "1")
    #expect(context.takeHeaders()["a"] == "1")
    #expect(throws: Status.self) { try context.addHeader("b", "2") }
    try context.addTrailer("c", "3")
    #expect(context.takeTrailers()["c"] == "3")
  }

  @Test func `every file's description reads and names its imports`() throws {
    let names = Set(FileDescription.generated.map(\.name))
    #expect(names.contains("google/protobuf/descriptor.proto"))
    for file in FileDescription.generated {
      #expect(names.isSuperset(of: file.dependencies))
      // Field 1 of FileDescriptorProto is the name.
      let expected = [0x0A, UInt8(file.name.utf8.count)] + Array(file.name.utf8)
      #expect(Array(file.bytes.prefix(expected.count)) == expected)
    }
    let probe = FileDescription.generated.first { $0.name == "apus/probe/v1/probe.proto" }
    #expect(probe?.symbols.contains("apus.probe.v1.Probe.Echo") == true)
  }
}
