import HTTP
import IO
import Primitives
import Testing

/// A server that runs, and clients for it on a loop of their own.
struct RunningServer: Sendable {
  let server: Server
  let loops: LoopGroup
  let loop: EventLoop
  let stop = Gate()
  let stoppedGate = Gate()

  /// A connection of ours, carried by a task.
  struct Client: Sendable {
    let connection: FrameClientConnection
    let ended = Gate()

    func close() async {
      connection.close()
      await ended.wait()
    }
  }

  let tasks: TaskSet

  func dial(to address: SocketAddress? = nil) async throws -> SocketTransport {
    try await SocketTransport.connect(
      to: address ?? server.addresses[0], on: loop,
      deadline: Instant.now().advanced(by: .seconds(30)))
  }

  func connect(to address: SocketAddress? = nil) async throws -> Client {
    let client = Client(
      connection: try FrameClientConnection(
        transport: try await dial(to: address), isSecure: false))
    tasks.start {
      await client.connection.run()
      client.ended.open()
    }
    return client
  }

  func connectFailure() async -> SystemError.Code? {
    do {
      try await dial().close()
      return nil
    } catch { return (error as? SystemError)?.code }
  }

  func withClient<Result: Sendable>(
    to address: SocketAddress? = nil,
    _ body: (FrameClientConnection) async throws -> Result
  ) async throws -> Result {
    let client = try await connect(to: address)
    do {
      let result = try await body(client.connection)
      await client.close()
      return result
    } catch {
      await client.close()
      throw error
    }
  }

  /// Sends bytes and returns everything that comes back until the server ends it.
  func say(_ bytes: [UInt8], ends: Bool = true) async throws -> String {
    let transport = try await dial()
    defer { transport.close() }
    async let sending: Void = send(bytes, over: transport, ends: ends)
    var answer: [UInt8] = []
    do {
      while try await transport.read({ answer.append(contentsOf: $0) }) {}
    } catch {
      // A reset behind the answer.
    }
    await sending
    return String(decoding: answer, as: UTF8.self)
  }

  private func send(_ bytes: [UInt8], over transport: SocketTransport, ends: Bool) async {
    do {
      try await transport.write(bytes)
      if ends { try await transport.finish() }
    } catch {
      // The server may close before it has heard everything.
    }
  }

  /// Returns when no connection is left.
  func emptied() async throws {
    while server.openConnections > 0 { await loop.yieldTurn() }
  }

  func stopped() async throws { await stoppedGate.wait() }
}

func withServer(
  _ greeter: Greeter, on addresses: [SocketAddress] = [.loopback(port: 0)], loops count: Int = 1,
  stopDeadline: Duration = .seconds(30),
  _ body: @Sendable @escaping (RunningServer) async throws -> Void
) async throws {
  try await onLoop { loop in
    let loops = try LoopGroup(count: count)
    defer { loops.stop() }
    let running = RunningServer(
      server: try Server(on: addresses, loops: loops, greeter: greeter), loops: loops, loop: loop,
      tasks: TaskSet(on: loop))
    var limits = ComponentRunner.Limits()
    limits.stopDeadline = stopDeadline
    let runner = ComponentRunner([running.server], on: loops, limits: limits)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { running.stoppedGate.open() }
        try await runner.run(until: running.stop)
      }
      defer { running.stop.open() }
      try await body(running)
      running.stop.open()
      try await group.waitForAll()
    }
    #expect(running.server.openConnections == 0)
    await running.tasks.waitForAll()
  }
}
