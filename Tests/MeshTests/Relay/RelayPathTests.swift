import Calls
import IO
import Primitives
import Security
import Testing

@testable import Mesh

/// What a hidden node's client heard and took.
private final class Heard: Sendable {
  let holds = Gate()
  let renewed = Gate()
  let came = Gate()
  let signalled = Gate()
  let arrival = Locked<RelayClient.Arrival?>(nil)
  let signal = Locked<RelayClient.Signal?>(nil)
  private let places = Locked(0)

  var handlers: RelayClient.Handlers {
    var handlers = RelayClient.Handlers { [self] arrival in
      self.arrival.withLock { $0 = arrival }
      came.open()
    }
    handlers.holds = { [self] _ in
      let count = places.withLock {
        $0 += 1
        return $0
      }
      (count == 1 ? holds : renewed).open()
    }
    handlers.signalled = { [self] signal in
      self.signal.withLock { $0 = signal }
      signalled.open()
    }
    return handlers
  }
}

private func onLoop(_ body: @Sendable (EventLoop) async throws -> Void) async throws {
  let loop = try EventLoop(name: "test")
  defer { loop.stop() }
  try await loop.run { try await body(loop) }
}

private func readExactly(_ count: Int, from transport: some Transport) async throws -> [UInt8] {
  var bytes: [UInt8] = []
  while bytes.count < count, try await transport.read({ bytes.append(contentsOf: $0) }) {}
  return bytes
}

private func failure<Value>(
  _ body: @Sendable () async throws -> Value
) async -> (any Error)? {
  do {
    _ = try await body()
    return nil
  } catch { return error }
}

/// Calls that run on the loop of their link, with what is done with their answers.
private struct LinkedCaller: Caller {
  private let caller: any Caller
  private let loop: EventLoop

  init(_ caller: any Caller, on loop: EventLoop) {
    self.caller = caller
    self.loop = loop
  }

  func call<Answer: Sendable>(
    _ method: MethodDescription, _ options: CallOptions,
    _ body: (any MessageStream) async throws -> Answer
  ) async throws -> Answer {
    try await loop.run { try await caller.call(method, options, body) }
  }

  func unary(
    _ method: MethodDescription, _ frame: [UInt8], _ options: CallOptions
  ) async throws -> [UInt8] {
    try await loop.run { try await caller.unary(method, frame, options) }
  }
}

/// Two nodes and an open TLS session between them through the relay.
private struct Path: Sendable {
  let near: SecureTransport
  let far: SecureTransport
}

private func path(
  _ rig: RelayRig, _ group: inout ThrowingTaskGroup<Void, any Error>,
  from caller: RelayedNode = RelayedNode(), to hidden: RelayedNode = RelayedNode()
) async throws -> Path {
  let heard = Heard()
  let client = RelayClient(
    try rig.endpoint(for: hidden.id, &group), on: rig.loop, handlers: heard.handlers)
  // Ends with the relay.
  group.addTask(executorPreference: rig.loop) { _ = try? await client.run() }
  let endpoint = try rig.endpoint(for: caller.id, &group)
  await heard.holds.wait()
  async let accepted = {
    await heard.came.wait()
    let arrival = try #require(heard.arrival.withLock { $0 })
    #expect(arrival.caller == caller.id)
    return try await hidden.accept(over: arrival.transport)
  }()
  let near = try await endpoint.connect(to: hidden.id) {
    try await caller.connect(over: $0, to: hidden.id)
  }
  return Path(near: near, far: try await accepted)
}

@Suite(.timeLimit(.minutes(5))) struct RelayPathTests {
  @Test func `two nodes speak TLS through a relay that sees nothing of it`() async throws {
    try await onLoop { loop in
      try await withRelay(on: loop) { rig, group in
        let hidden = RelayedNode()
        let caller = RelayedNode()
        let path = try await path(rig, &group, from: caller, to: hidden)
        #expect(path.near.peerKey == hidden.id)
        #expect(path.far.peerKey == caller.id)
        let marker = Array("a plaintext nobody in between may read".utf8)
        let message = marker + [UInt8](repeating: 0x5A, count: 300_000) + marker
        async let sent: Void = path.near.write(message)
        #expect(try await readExactly(message.count, from: path.far) == message)
        try await sent
        try await path.far.write(marker)
        #expect(try await readExactly(marker.count, from: path.near) == marker)
        #expect(!rig.tap.holds(marker))
        // The tap does see what passes: the tickets' magic stands there in clear.
        #expect(rig.tap.holds(Array("apus/r1".utf8)))
        #expect(rig.server.load.circuits == 1)
      }
    }
  }

  @Test func `the ends of both directions pass, and the relay forgets the circuit`() async throws {
    try await onLoop { loop in
      try await withRelay(on: loop) { rig, group in
        let path = try await path(rig, &group)
        try await path.near.write([1, 2, 3])
        try await path.near.finish()
        #expect(try await readExactly(4, from: path.far) == [1, 2, 3])
        try await path.far.write([4])
        try await path.far.finish()
        #expect(try await readExactly(2, from: path.near) == [4])
        path.near.close()
        path.far.close()
        while rig.server.load.circuits > 0 { await loop.yieldTurn() }
        #expect(rig.server.carriedBytes > 1000)
      }
    }
  }

  @Test func `the death of a relay breaks its connections; another relay goes on`() async throws {
    try await onLoop { loop in
      try await withRelay(on: loop) { first, firstGroup in
        try await withRelay(on: loop) { second, secondGroup in
          let (hidden, caller) = (RelayedNode(), RelayedNode())
          let old = try await path(first, &firstGroup, from: caller, to: hidden)
          let new = try await path(second, &secondGroup, from: caller, to: hidden)
          first.server.stop()
          #expect(await failure { try await readExactly(1, from: old.near) } != nil)
          #expect(await failure { try await readExactly(1, from: old.far) } != nil)
          try await new.near.write([7])
          #expect(try await readExactly(1, from: new.far) == [7])
        }
      }
    }
  }

  @Test func `the relay's refusal is what the caller hears`() async throws {
    try await onLoop { loop in
      try await withRelay(on: loop) { rig, group in
        let caller = RelayedNode()
        let endpoint = try rig.endpoint(for: caller.id, &group)
        let error = await failure {
          try await endpoint.connect(to: .numbered(5)) {
            try await caller.connect(over: $0, to: .numbered(5))
          }
        }
        #expect((error as? NetworkError)?.code == .notFound)
        #expect(rig.server.refusals[.noReservation] == 1)
      }
    }
  }

  @Test func `whoever answers with another key is found out by the caller`() async throws {
    try await onLoop { loop in
      try await withRelay(on: loop) { rig, group in
        let (hidden, impostor) = (RelayedNode(), RelayedNode())
        let heard = Heard()
        let client = RelayClient(
          try rig.endpoint(for: hidden.id, &group), on: loop, handlers: heard.handlers)
        group.addTask(executorPreference: loop) { _ = try? await client.run() }
        let caller = RelayedNode()
        let endpoint = try rig.endpoint(for: caller.id, &group)
        await heard.holds.wait()
        async let refused = failure {
          await heard.came.wait()
          let arrival = try #require(heard.arrival.withLock { $0 })
          return try await impostor.accept(over: arrival.transport)
        }
        let error = await failure {
          try await endpoint.connect(to: hidden.id) {
            try await caller.connect(over: $0, to: hidden.id)
          }
        }
        #expect((error as? TrustError)?.code != nil)
        #expect(await refused != nil)
      }
    }
  }

  @Test(arguments: [
    [0x00, 1, 2, 3], [0x00] + Array("apus/r1".utf8) + [UInt8](repeating: 1, count: 32),
  ])
  func `a stranger's connection is closed without a word`(_ bytes: [UInt8]) async throws {
    try await onLoop { loop in
      var limits = RelayServer.Limits()
      limits.book.earlyTime = .milliseconds(50)
      try await withRelay(limits, on: loop) { rig, _ in
        let stranger = try await SocketTransport.connect(
          to: rig.address, on: loop, deadline: .now().advanced(by: .seconds(10)))
        defer { stranger.close() }
        try await stranger.write(bytes)
        let count = Locked(0)
        _ = await failure {
          while try await stranger.read({ bytes in count.withLock { $0 += bytes.count } }) {}
        }
        #expect(count.withLock { $0 } == 0)
        #expect(rig.server.load.circuits == 0)
      }
    }
  }

  @Test func `a hidden node answers on its own loop, whichever the link to its relay has`()
    async throws
  {
    let own = try EventLoop(name: "own")
    defer { own.stop() }
    try await onLoop { loop in
      try await withRelay(on: loop) { rig, group in
        let (hidden, caller) = (RelayedNode(), RelayedNode())
        let control = LinkedCaller(try rig.endpoint(for: hidden.id, &group).caller, on: loop)
        let endpoint = RelayEndpoint(relay: .numbered(900), caller: control) {
          try await SocketTransport.connect(
            to: rig.address, on: own, deadline: .now().advanced(by: .seconds(10)))
        }
        let heard = Heard()
        let client = RelayClient(endpoint, on: own, handlers: heard.handlers)
        group.addTask(executorPreference: own) { _ = try? await client.run() }
        let opening = try rig.endpoint(for: caller.id, &group)
        await heard.holds.wait()
        // Nobody shakes hands with it here.
        group.addTask(executorPreference: loop) {
          _ = try? await opening.connect(to: hidden.id) {
            try await caller.connect(over: $0, to: hidden.id)
          }
        }
        await heard.came.wait()
        let arrival = try #require(heard.arrival.withLock { $0 })
        #expect(arrival.transport.loop === own)
        await own.run { arrival.transport.close() }
      }
    }
  }

  @Test func `a place is renewed at half its life`() async throws {
    try await onLoop { loop in
      var limits = RelayServer.Limits()
      limits.book.lifetime = .seconds(1)
      try await withRelay(limits, on: loop) { rig, group in
        let heard = Heard()
        let client = RelayClient(
          try rig.endpoint(for: .numbered(1), &group), on: loop, handlers: heard.handlers)
        group.addTask(executorPreference: loop) { _ = try? await client.run() }
        let start = Instant.now()
        await heard.renewed.wait()
        #expect(start.duration(to: .now()) >= .milliseconds(490))
        #expect(rig.server.load.reservations == 1)
      }
    }
  }

  @Test func `a relay that goes says so, and a client that goes gives its place back`() async throws
  {
    try await onLoop { loop in
      try await withRelay(on: loop) { rig, group in
        let staying = Heard()
        let leaving = Heard()
        let client = RelayClient(
          try rig.endpoint(for: .numbered(1), &group), on: loop, handlers: staying.handlers)
        let other = RelayClient(
          try rig.endpoint(for: .numbered(2), &group), on: loop, handlers: leaving.handlers)
        try await withThrowingTaskGroup(of: Void.self) { leaver in
          leaver.addTask(executorPreference: loop) { _ = try? await other.run() }
          await leaving.holds.wait()
          leaver.cancelAll()
          try await leaver.waitForAll()
        }
        #expect(rig.server.load.reservations == 0)
        async let restart = client.run()
        await staying.holds.wait()
        rig.server.handle(.drain)
        #expect(try await restart.after < .seconds(10))
      }
    }
  }

  @Test func `a signal reaches the other node with its sender's name`() async throws {
    try await onLoop { loop in
      try await withRelay(on: loop) { rig, group in
        let heard = Heard()
        let client = RelayClient(
          try rig.endpoint(for: .numbered(1), &group), on: loop, handlers: heard.handlers)
        group.addTask(executorPreference: loop) { _ = try? await client.run() }
        let endpoint = try rig.endpoint(for: .numbered(2), &group)
        await heard.holds.wait()
        try await endpoint.signal([1, 2, 3], to: .numbered(1))
        await heard.signalled.wait()
        let signal = heard.signal.withLock { $0 }
        #expect(signal?.sender == .numbered(2))
        #expect(signal?.sealed == [1, 2, 3])
        let error = await failure { try await endpoint.signal([1], to: .numbered(3)) }
        #expect((error as? NetworkError)?.code == .notFound)
      }
    }
  }
}
