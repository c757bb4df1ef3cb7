import Calls
import IO
import Primitives
import Security

// MARK: - Helping a stranger to the admin that invited it

extension Network {
  /// Passes bytes on towards the admin; or, where that is this node, takes the stranger in.
  func introduce(
    _ requests: MessageReader<NetworkV1.Passage>, _ replies: MessageWriter<NetworkV1.Passage>,
    _ context: CallContext
  ) async throws {
    guard let admin = NodeID(try await requests.next()?.admin ?? []) else {
      throw NetworkError(.violation, "the first message of an introduction names the admin")
    }
    if admin == own { return try await takeIn(requests, replies) }
    // One step, never further: only who cannot reach the admin itself is helped.
    guard case .stranger = context.principal else {
      throw NetworkError(.denied, "members reach \(admin.short) by links of their own")
    }
    let admins = Set(membership.admins.map(\.admin))
    guard admins.contains(admin) else {
      throw NetworkError(
        .notFound, "the network knows no admin \(admin.short); ask for a new invite")
    }
    guard let loop = EventLoop.current else { preconditionFailure("calls are on a loop") }
    try await NetworkV1.MembershipClient(try caller(to: admin)).introduce { onward in
      try await onward.requests.write(NetworkV1.Passage { $0.admin = admin.bytes })
      try await Passage.join(requests, replies, of: loop, onward)
    }
  }

  private func takeIn(
    _ requests: MessageReader<NetworkV1.Passage>, _ replies: MessageWriter<NetworkV1.Passage>
  ) async throws {
    guard let loop = EventLoop.current else { preconditionFailure("calls are on a loop") }
    try await Passage.carry(requests, replies, on: loop) { [self] transport in
      let deadline = Instant.now().advanced(by: .seconds(10))
      let secured = try await SecureTransport.accept(
        over: transport, context: ground.tls.current, deadline: deadline)
      guard let peer = secured.peerKey else { return secured.close() }
      let (carrier, _) = try await greet(secured, from: peer, LinkCore.Greeting(boot: boot))
      guard carrier.hello.purpose == .bulk else { return carrier.close() }
      try await serve(stranger: carrier)
    }
  }
}

/// A stream of messages that carries the bytes of a connection.
enum Passage {
  /// Joining takes a few kilobytes each way.
  private static let limit = 256 << 10
  private static let time = Duration.seconds(30)

  /// Lends a transport whose other end is the stream, for as long as `body` runs.
  static func carry<Answer: Sendable>(
    _ reader: MessageReader<NetworkV1.Passage>, _ writer: MessageWriter<NetworkV1.Passage>,
    on loop: EventLoop, _ body: @escaping @Sendable (any Transport) async throws -> Answer
  ) async throws -> Answer {
    let (inside, outside) = MemoryTransport.pair(on: loop)
    let timer = loop.schedule(after: time) {
      inside.close()
      outside.close()
    }
    defer { loop.cancel(timer) }
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask(executorPreference: loop) {
        // Whatever breaks the stream ends the connection in it, which `body` notices.
        try? await pump(reader, into: outside)
        // As above.
        try? await outside.finish()
      }
      group.addTask(executorPreference: loop) {
        // As above.
        try? await pump(outside, into: writer)
      }
      let result: Result<Answer, any Error>
      do { result = .success(try await body(inside)) } catch { result = .failure(error) }
      inside.close()
      outside.close()
      group.cancelAll()
      return try result.get()
    }
  }

  private static func pump(
    _ reader: MessageReader<NetworkV1.Passage>, into transport: any Transport
  ) async throws {
    var left = limit
    while let passage = try await reader.next() {
      left -= passage.data.count
      guard left >= 0 else { throw tooMuch }
      try await transport.write(passage.data)
    }
  }

  private static func pump(
    _ transport: any Transport, into writer: MessageWriter<NetworkV1.Passage>
  ) async throws {
    while true {
      var data: [UInt8] = []
      guard try await transport.read({ data += $0 }) else { return }
      let piece = data
      try await writer.write(NetworkV1.Passage { $0.data = piece })
    }
  }

  /// Hands messages on, both ways, until one side ends. Every stream is used on its own loop:
  /// the first one's is `loop`, the other one's where this is called.
  static func join(
    _ reader: MessageReader<NetworkV1.Passage>, _ writer: MessageWriter<NetworkV1.Passage>,
    of loop: EventLoop, _ onward: Conversation<NetworkV1.Passage, NetworkV1.Passage>
  ) async throws {
    guard let there = EventLoop.current else { preconditionFailure("calls are on a loop") }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask(executorPreference: there) {
        var left = limit
        while let passage = try await loop.run({ try await reader.next() }) {
          left -= passage.data.count
          guard left >= 0 else { throw tooMuch }
          try await onward.requests.write(passage)
        }
        try await onward.finish()
      }
      group.addTask(executorPreference: there) {
        while let passage = try await onward.replies.next() {
          try await loop.run { try await writer.write(passage) }
        }
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private static var tooMuch: NetworkError {
    NetworkError(.violation, "an introduction carries more than joining takes")
  }
}
