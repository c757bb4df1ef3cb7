import HTTP
import IO
import Testing

@testable import Calls

/// Every kind of call, through the generated client and service, HTTP/2 and a wire.
@Suite struct CallKindTests {
  private static let pieces = [Int.max, 1_000, 7]

  @Test(arguments: pieces)
  func `one message each way`(_ readLimit: Int) async throws {
    let reply = try await overCalls(ProbeService.test.handlers, readLimit: readLimit) { wired in
      try await wired.probe.echo(
        ProbeV1.EchoRequest {
          $0.payload = Array(0...255)
          $0.labels = ["a": "b"]
        })
    }
    #expect(reply.payload == Array(0...255))
    #expect(reply.labels == ["a": "b"])
  }

  @Test(arguments: pieces)
  func `many messages in`(_ readLimit: Int) async throws {
    let reply = try await overCalls(ProbeService.test.handlers, readLimit: readLimit) { wired in
      try await wired.probe.sink { requests in
        for size in 0..<50 {
          try await requests.write(
            ProbeV1.SinkRequest { $0.payload = [UInt8](repeating: 1, count: size) })
        }
      }
    }
    #expect(reply.messages == 50 && reply.bytes == 1_225)
    #expect(reply.sha256 == [0xC9, 4, 0, 0, 0, 0, 0, 0])
  }

  @Test(arguments: pieces)
  func `many messages out`(_ readLimit: Int) async throws {
    let numbers = try await overCalls(ProbeService.test.handlers, readLimit: readLimit) { wired in
      try await wired.probe.source(
        ProbeV1.SourceRequest {
          $0.messages = 100
          $0.bytes = 3
        }
      ) { replies in
        var numbers: [UInt64] = []
        while let reply = try await replies.next() {
          numbers.append(reply.payload == [0x5A, 0x5A, 0x5A] ? reply.number : .max)
        }
        return numbers
      }
    }
    #expect(numbers == Array(0..<100))
  }

  @Test(arguments: pieces)
  func `messages in turn`(_ readLimit: Int) async throws {
    let numbers = try await overCalls(ProbeService.test.handlers, readLimit: readLimit) { wired in
      try await wired.probe.mirror { talk in
        var numbers: [UInt64] = []
        for number in 0..<20 as Range<UInt64> {
          try await talk.requests.write(ProbeV1.MirrorRequest { $0.number = number })
          numbers.append(try await talk.replies.next()?.number ?? .max)
        }
        try await talk.finish()
        #expect(try await talk.replies.next() == nil)
        return numbers
      }
    }
    #expect(numbers == Array(0..<20))
  }

  @Test func `large messages pass in both directions`() async throws {
    let payload = (0..<(8 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let same = try await overCalls(ProbeService.test.handlers) { wired in
      let reply = try await wired.probe.echo(ProbeV1.EchoRequest { $0.payload = payload })
      let mirrored = try await wired.probe.mirror { talk in
        async let sent: Void = talk.requests.write(ProbeV1.MirrorRequest { $0.payload = payload })
        let reply = try await talk.replies.next()
        try await sent
        try await talk.finish()
        return reply?.payload
      }
      return reply.payload == payload && mirrored == payload
    }
    #expect(same)
  }

  @Test func `calls share a connection`() async throws {
    let payloads = try await overCalls(ProbeService.test.handlers) { wired in
      try await withThrowingTaskGroup(of: [UInt8].self) { group in
        for number in 0..<100 as Range<UInt8> {
          group.addTask(executorPreference: wired.loop) {
            if number % 2 == 0 {
              return try await wired.probe.delay(
                ProbeV1.DelayRequest {
                  $0.payload = [number]
                  $0.milliseconds = 1
                }
              ).payload
            }
            return try await wired.probe.echo(ProbeV1.EchoRequest { $0.payload = [number] }).payload
          }
        }
        var payloads: Set<[UInt8]> = []
        for try await payload in group { payloads.insert(payload) }
        return payloads
      }
    }
    #expect(payloads.count == 100)
  }

  @Test func `calls come from any thread`() async throws {
    let reply = try await overCalls(ProbeService.test.handlers) { wired in
      // Without a preference this runs in the global pool.
      try await withTaskExecutorPreference(globalConcurrentExecutor) {
        await Task.yield()
        #expect(!wired.loop.isCurrent)
        return try await wired.probe.echo(ProbeV1.EchoRequest { $0.payload = [9] })
      }
    }
    #expect(reply.payload == [9])
  }

  @Test func `whoever stops reading a stream ends it`() async throws {
    let ended = Flag()
    let endless = MethodHandler.serverStream(ProbeV1.ProbeMethods.source) {
      (_: ProbeV1.SourceRequest, replies: MessageWriter<ProbeV1.SourceReply>, _) in
      defer { ended.set() }
      while true {
        try await replies.write(
          ProbeV1.SourceReply { $0.payload = [UInt8](repeating: 0, count: 999) })
      }
    }
    let first = try await overCalls([endless]) { wired in
      let first = try await wired.probe.source(ProbeV1.SourceRequest()) { replies in
        try await replies.next()
      }
      await ended.wait()
      return first
    }
    #expect(first != nil)
  }

  @Test func `a server that has heard enough answers a client that has not finished`() async throws
  {
    let first = MethodHandler.clientStream(ProbeV1.ProbeMethods.sink) {
      (requests: MessageReader<ProbeV1.SinkRequest>, _) in
      _ = try await requests.next()
      return ProbeV1.SinkReply { $0.messages = 1 }
    }
    let reply = try await overCalls([first]) { wired in
      try await wired.probe.sink { requests in
        while true {
          try await requests.write(
            ProbeV1.SinkRequest { $0.payload = [UInt8](repeating: 0, count: 100_000) })
        }
      }
    }
    #expect(reply.messages == 1)
  }
}
