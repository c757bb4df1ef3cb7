package import IO
import Primitives
import Synchronization

/// Listens on addresses and serves every connection, whatever it speaks: TLS, HTTP/1.1 and
/// HTTP/2 in clear (where that is allowed) share one port and are told apart by the first bytes.
package final class Server: Component {
  package let name: String
  /// Where it listens, with the ports the kernel chose.
  package let addresses: [SocketAddress]
  private let listeners: [Listener]
  private let loops: LoopGroup
  private let lanes: [ServerLane]
  private let connections = Atomic<Int>(0)
  private let limits: ServerLimits

  /// Binds all addresses, or none.
  package init(
    name: String = "server", on addresses: [SocketAddress], loops: LoopGroup,
    greeter: Greeter
  ) throws(SystemError) {
    self.name = name
    self.loops = loops
    limits = greeter.limits
    var listeners: [Listener] = []
    for address in addresses { listeners.append(try Listener(address)) }
    self.listeners = listeners
    self.addresses = listeners.map(\.address)
    lanes = loops.loops.map { ServerLane(loop: $0, greeter: greeter) }
  }

  /// Connections open now.
  package var openConnections: Int { connections.load(ordering: .relaxed) }

  package func run(_ scope: ComponentScope) async throws {
    let failure = await listen(scope)
    await drain()
    if let failure { throw failure }
  }

  /// Accepts until the stop. When one listener fails, the others end too.
  private func listen(_ scope: ComponentScope) async -> (any Error)? {
    await withThrowingTaskGroup(of: Void.self) { group in
      for listener in listeners {
        group.addTask(executorPreference: loops.loops[0]) { [self] in
          try await listener.run(
            on: loops.loops[0], until: scope.stopGate, hasRoom: { [self] in hasRoom() },
            accepted: { [self] in dispatch($0, $1) })
        }
      }
      scope.started()
      do {
        while try await group.next() != nil {}
        return nil
      } catch {
        group.cancelAll()
        return error
      }
    }
  }

  private func hasRoom() -> Bool {
    connections.load(ordering: .relaxed) < limits.connections
  }

  /// Hands a connection to the next loop.
  private func dispatch(_ descriptor: Int32, _ peer: SocketAddress) {
    connections.wrappingAdd(1, ordering: .relaxed)
    let loop = loops.next()
    guard let lane = lanes.first(where: { $0.loop === loop }) else { return }
    loop.execute { [self] in
      lane.serve(descriptor, peer) { [self] in connections.wrappingSubtract(1, ordering: .relaxed) }
    }
  }

  /// Lets every connection finish what is under way; cancelled, cuts them off.
  private func drain() async {
    await withTaskCancellationHandler {
      // All are told before the first is waited for.
      await withTaskGroup(of: Void.self) { group in
        for lane in lanes {
          group.addTask(executorPreference: lane.loop) { await lane.drain() }
        }
      }
    } onCancel: {
      for lane in lanes { lane.loop.execute { lane.abort() } }
    }
  }
}

/// The connections of one loop.
/// Guard: confinement to `loop`.
private final class ServerLane: @unchecked Sendable {
  let loop: EventLoop
  private let greeter: Greeter
  private let tasks: TaskSet
  private var connections: [ObjectIdentifier: any ServerConnection] = [:]
  private var greeting: [ObjectIdentifier: SocketTransport] = [:]
  private var isDraining = false
  private let log = Logger("HTTP")

  init(loop: EventLoop, greeter: Greeter) {
    self.loop = loop
    self.greeter = greeter
    tasks = TaskSet(on: loop)
  }

  func serve(_ descriptor: Int32, _ peer: SocketAddress, ended: @escaping @Sendable () -> Void) {
    let transport: SocketTransport
    do {
      transport = try SocketTransport(adopting: descriptor, peer: peer, on: loop)
    } catch {
      log.warning("a connection could not be taken over", LogField("why", error))
      ended()
      return
    }
    greeting[ObjectIdentifier(transport)] = transport
    tasks.start { [self] in
      await run(transport)
      ended()
    }
  }

  private func run(_ transport: SocketTransport) async {
    let connection = await greeter.greet(transport)
    greeting[ObjectIdentifier(transport)] = nil
    guard let connection else { return }
    connections[ObjectIdentifier(connection)] = connection
    if isDraining { connection.drain() }
    await connection.serve(received: [])
    connections[ObjectIdentifier(connection)] = nil
  }

  func drain() async {
    isDraining = true
    for transport in greeting.values { transport.close() }
    for connection in connections.values { connection.drain() }
    await tasks.waitForAll()
  }

  func abort() {
    for connection in connections.values { connection.abort() }
    for transport in greeting.values { transport.close() }
    tasks.cancelAll()
  }
}
