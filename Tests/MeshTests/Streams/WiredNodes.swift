import Calls
import HTTP
import IO
import Primitives
import Simulation
import Testing

@testable import Mesh

/// Nodes that answer calls, joined in memory by connections that are made when first called.
/// Guard: confinement to `loop`.
final class WiredNodes: @unchecked Sendable {
  struct Way: Hashable {
    var from: NodeID
    var to: NodeID
  }

  struct Wire {
    var connection: FrameClientConnection
    var near: MemoryTransport
    var far: MemoryTransport
  }

  let loop: EventLoop
  let tasks: TaskSet
  private var servers: [NodeID: CallServer] = [:]
  private var wires: [Way: Wire] = [:]
  private var scopes: [(name: String, scope: ComponentScope)] = []
  /// Between these nothing gets through.
  var broken: Set<Way> = []
  private var dead: Set<NodeID> = []
  private(set) var dials = 0
  private(set) var failures: [any Error] = []
  /// Of each connection.
  var capacity = 64 << 10

  init(on loop: EventLoop) {
    self.loop = loop
    tasks = TaskSet(on: loop)
  }

  func answer(_ node: NodeID, _ handlers: [MethodHandler]) {
    dead.remove(node)
    var permissions = Permissions()
    permissions.members = [.topicExchange, .publish, .subscribe, .zones, .gossip]
    servers[node] = CallServer(
      handlers, permissions: permissions,
      identify: { info in info.peerKey.map { .node($0) } ?? .anonymous(isLoopback: true) })
  }

  /// What a node's shells get for `callers`.
  func callers(of node: NodeID) -> @Sendable (NodeID) throws -> any Caller {
    { [self] peer in try caller(from: node, to: peer) }
  }

  func caller(from: NodeID, to: NodeID) throws -> any Caller {
    loop.checkIsCurrent("caller")
    let way = Way(from: from, to: to)
    guard !broken.contains(way), !dead.contains(from), let server = servers[to] else {
      throw NetworkError(.unreachable, "there is no way")
    }
    let wire = try wires[way] ?? dial(way, server)
    wires[way] = wire
    return CallClient(wire.connection, on: loop, authority: "test")
  }

  private func dial(_ way: Way, _ server: CallServer) throws -> Wire {
    dials += 1
    let (near, far) = MemoryTransport.pair(on: loop, capacity: capacity)
    let info = ConnectionInfo(
      version: .http2, peer: .loopback(port: 1), isSecure: false, peerKey: way.from)
    let answering = try FrameServerConnection(
      transport: far, info: info, handler: server, limits: ServerLimits())
    let asking = try FrameClientConnection(transport: near, isSecure: false)
    tasks.start { await answering.serve() }
    tasks.start { await asking.run() }
    return Wire(connection: asking, near: near, far: far)
  }

  /// Breaks the connections between two nodes; with `forGood` no new ones are made.
  func cut(_ left: NodeID, _ right: NodeID, forGood: Bool = false) {
    for way in [Way(from: left, to: right), Way(from: right, to: left)] {
      if let wire = wires.removeValue(forKey: way) {
        wire.near.close()
        wire.far.close()
      }
      if forGood { broken.insert(way) }
    }
  }

  func mend() { broken = [] }

  /// The node is gone until it answers again.
  func kill(_ node: NodeID) {
    servers[node] = nil
    dead.insert(node)
    for way in wires.keys where way.from == node || way.to == node { cut(way.from, way.to) }
  }

  /// Runs until `stop`.
  func start(_ component: some Component) -> ComponentScope {
    let scope = ComponentScope()
    scopes.append((component.name, scope))
    tasks.start { [self] in
      do { try await component.run(scope) } catch { failures.append(error) }
    }
    return scope
  }

  /// Ends everything; false when something did not end as asked.
  fileprivate func close() async {
    for (_, scope) in scopes { scope.stopGate.open() }
    for wire in wires.values {
      wire.connection.close()
      wire.near.close()
      wire.far.close()
    }
    tasks.cancelAll()
    await tasks.waitForAll()
    // The services that answer hold what dials for them.
    (servers, wires, scopes) = ([:], [:], [])
  }

  /// Returns once something holds that others bring about; an issue when it takes ten seconds.
  func eventually(
    sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
  ) async throws {
    if try await loop.comesAbout(within: .seconds(10), condition) { return }
    Issue.record("it did not come about in ten seconds", sourceLocation: sourceLocation)
  }
}

/// Runs `body` with nodes on a loop of their own, and ends what they do.
func withWiredNodes(_ body: (WiredNodes) async throws -> Void) async throws {
  let loop = try EventLoop(name: "nodes")
  defer { loop.stop() }
  try await loop.run {
    let nodes = WiredNodes(on: loop)
    do {
      try await body(nodes)
    } catch {
      await nodes.close()
      throw error
    }
    await nodes.close()
    #expect(nodes.failures.isEmpty, "\(nodes.failures)")
  }
}
