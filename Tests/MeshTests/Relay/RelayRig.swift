import Calls
import HTTP
import IO
import Primitives
import Security
import Synchronization
import Testing

@testable import Mesh

/// A relay on loops of its own, with a port on loopback, as nodes on the test's loop use it.
final class RelayRig: Sendable {
  let server: RelayServer
  let loop: EventLoop
  let address: SocketAddress
  /// Everything that any dialled connection carried.
  let tap = Tap()
  private let controls = Locked<[FrameClientConnection]>([])

  fileprivate init(server: RelayServer, loop: EventLoop, address: SocketAddress) {
    self.server = server
    self.loop = loop
    self.address = address
  }

  /// The relay as `node` uses it; its control runs in `group`.
  func endpoint(
    for node: NodeID, _ group: inout ThrowingTaskGroup<Void, any Error>,
    relay: NodeID = .numbered(900)
  ) throws -> RelayEndpoint {
    let (near, far) = MemoryTransport.pair(on: loop)
    var permissions = Permissions()
    permissions.members = [.relay]
    let calls = CallServer(
      RelayService(server).handlers, permissions: permissions, identify: { _ in .node(node) })
    let answering = try FrameServerConnection(
      transport: far,
      info: ConnectionInfo(version: .http2, peer: .loopback(port: 1), isSecure: false),
      handler: calls, limits: ServerLimits())
    let asking = try FrameClientConnection(transport: near, isSecure: false)
    group.addTask(executorPreference: loop) { await answering.serve() }
    group.addTask(executorPreference: loop) { await asking.run() }
    controls.withLock { $0.append(asking) }
    return RelayEndpoint(
      relay: relay, caller: CallClient(asking, on: loop, authority: "test"),
      dial: { [self] in
        let socket = try await SocketTransport.connect(
          to: address, on: loop, deadline: .now().advanced(by: .seconds(10)))
        return TappedTransport(socket, tap)
      })
  }
}

extension RelayRig {
  /// Ends what the nodes have open; on their loop.
  fileprivate func close() {
    for control in controls.withLock({ $0 }) { control.close() }
    for connection in tap.takeConnections() { connection.close() }
  }
}

/// Runs `body` with a relay; on the test's loop.
func withRelay(
  _ limits: RelayServer.Limits = .init(), on loop: EventLoop,
  _ body: (RelayRig, inout ThrowingTaskGroup<Void, any Error>) async throws -> Void
) async throws {
  let relayLoops = try LoopGroup(count: 2)
  defer { relayLoops.stop() }
  let home = relayLoops.loops[0]
  let server = RelayServer(home: home, seed: 1, limits: limits)
  let listener = try Listener(.loopback(port: 0))
  let rig = RelayRig(server: server, loop: loop, address: listener.address)
  let stop = Gate()
  let accepted = Accepted(relayLoops, server)
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask(executorPreference: home) {
      try await listener.run(on: home, until: stop) { accepted.take($0, $1) }
    }
    let outcome: Result<Void, any Error>
    do {
      try await body(rig, &group)
      outcome = .success(())
    } catch { outcome = .failure(error) }
    stop.open()
    server.stop()
    group.cancelAll()
    await accepted.end()
    rig.close()
    do { try await group.waitForAll() } catch {}
    try outcome.get()
  }
}

/// The relay's connections, on one loop and the other in turn.
private final class Accepted: Sendable {
  private let loops: LoopGroup
  private let server: RelayServer
  private let tasks: [TaskSet]
  private let count = Atomic<Int>(0)

  init(_ loops: LoopGroup, _ server: RelayServer) {
    self.loops = loops
    self.server = server
    tasks = loops.loops.map { TaskSet(on: $0) }
  }

  func take(_ descriptor: Int32, _ peer: SocketAddress) {
    let index = count.wrappingAdd(1, ordering: .relaxed).oldValue % tasks.count
    let (loop, tasks, server) = (loops.loops[index], tasks[index], server)
    loop.execute {
      guard let transport = try? SocketTransport(adopting: descriptor, peer: peer, on: loop) else {
        return
      }
      tasks.start { await server.take(transport) }
    }
  }

  func end() async {
    for (loop, tasks) in zip(loops.loops, tasks) {
      await loop.run {
        tasks.cancelAll()
        await tasks.waitForAll()
      }
    }
  }
}

/// What a relay could see: every byte of every dialled connection.
final class Tap: Sendable {
  private let seen = Locked<[UInt8]>([])
  private let open = Locked<[TappedTransport]>([])

  func add(_ bytes: UnsafeRawBufferPointer) { seen.withLock { $0.append(contentsOf: bytes) } }
  func add(_ transport: TappedTransport) { open.withLock { $0.append(transport) } }
  var connections: [TappedTransport] { open.withLock { $0 } }

  /// They know their tap: whoever is done with them must take them out.
  func takeConnections() -> [TappedTransport] {
    open.withLock { connections in
      defer { connections = [] }
      return connections
    }
  }
  var bytes: [UInt8] { seen.withLock { $0 } }

  func holds(_ marker: [UInt8]) -> Bool {
    let bytes = bytes
    guard let first = marker.first, bytes.count >= marker.count else { return false }
    return bytes.indices.dropLast(marker.count - 1).contains {
      bytes[$0] == first && bytes[$0..<$0 + marker.count].elementsEqual(marker)
    }
  }
}

final class TappedTransport: Transport {
  private let inner: any Transport
  private let tap: Tap
  var loop: EventLoop { inner.loop }
  var peer: SocketAddress { inner.peer }

  init(_ inner: any Transport, _ tap: Tap) {
    self.inner = inner
    self.tap = tap
    tap.add(self)
  }

  func read(_ body: (UnsafeRawBufferPointer) throws -> Void) async throws -> Bool {
    try await inner.read { bytes in
      tap.add(bytes)
      try body(bytes)
    }
  }

  func offer(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
    let count = try inner.offer(bytes)
    tap.add(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
    return count
  }

  func writable() async throws(SystemError) { try await inner.writable() }
  func finish() async throws(SystemError) { try await inner.finish() }
  func close() { inner.close() }
}

/// A node of the test: its key, and the two kinds of TLS it speaks.
struct RelayedNode: Sendable {
  let key = SigningKey()
  var id: NodeID { key.id }

  func connect(
    over transport: any Transport, to peer: NodeID
  ) async throws -> SecureTransport {
    let context = try TLSContext(
      client: Credentials(of: key), protocols: [ApplicationProtocol.node])
    return try await SecureTransport.connect(
      over: transport, context: context, to: .node(peer),
      deadline: .now().advanced(by: .seconds(10)))
  }

  func accept(over transport: any Transport) async throws -> SecureTransport {
    let context = try TLSContext(
      server: Credentials(of: key), protocols: [ApplicationProtocol.node])
    return try await SecureTransport.accept(
      over: transport, context: context, deadline: .now().advanced(by: .seconds(10)))
  }
}
