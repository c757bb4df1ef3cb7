import Calls
import Glibc
import HTTP
import IO
import Mesh
import Primitives
import Runtimes
import Security

/// The gRPC services of a node, and who may call them.
enum NodeCalls {
  static let serviceNames =
    [
      NodeV1.NodeMethods.service, ProbeV1.ProbeMethods.service, HealthV1.HealthMethods.service,
      ReflectionV1.ServerReflectionMethods.service,
      ReflectionV1alpha.ServerReflectionMethods.service,
    ] + Network.serviceNames + NodeFiles.serviceNames
    + [BoxesV1.BoxesMethods.service, BoxesV1.SharingMethods.service]

  static func server(
    node: Node, settings: Settings, logs: LogRing, folder: StateFolder, health: HealthService,
    network: Network, files: NodeFiles, boxes: Boxes?,
    sharing: SharingBook
  ) -> CallServer {
    let index = ReflectionIndex(services: serviceNames)
    let served = ServedCount()
    let service = NodeService(
      node: node, settings: settings, logs: logs, folder: folder,
      boxProgram: boxes?.settings.program, callsServed: { served.now })
    let handlers =
      service.handlers + ProbeService(makeHash: { RunningHash() }).handlers + health.handlers
      + ReflectionService(index).handlers + ReflectionAlphaService(index).handlers
      + network.handlers(until: node.stop) + files.handlers + BoxService(boxes).handlers
      + SharingService(boxes, sharing).handlers
    var limits = CallServer.Limits()
    limits.messageBytes = Int(settings.callsMaxMessageBytes.bytes)
    limits.concurrentCalls = settings.callsMaxConcurrent
    if settings.callsDefaultDeadline > .zero {
      limits.defaultDeadline = settings.callsDefaultDeadline
    }
    let server = CallServer(
      handlers, permissions: permissions(settings), limits: limits
    ) { principal($0, in: network) }
    served.follow(server)
    return server
  }

  /// On whose behalf a connection speaks. The local owner exists only on the Unix socket, and an
  /// address proves nothing but itself.
  static func principal(_ connection: ConnectionInfo, in network: Network) -> Principal {
    if let user = connection.localUser {
      return user == getuid() ? .localOwner : .anonymous(isLoopback: false)
    }
    if let key = connection.peerKey { return network.principal(of: key) }
    return .anonymous(isLoopback: connection.peer.isLoopback)
  }

  private static func permissions(_ settings: Settings) -> Permissions {
    var permissions = Permissions()
    let grants: [(Bool, Permission)] = [
      (settings.loopbackMetrics, .metrics), (settings.loopbackReflection, .reflection),
      (settings.loopbackReadiness, .readiness), (settings.loopbackProbe, .probe),
      (settings.loopbackStatus, .status),
    ]
    permissions.members = [
      .membership, .gossip, .relay, .traverse, .zones, .topicExchange, .publish, .subscribe,
      .probe, .join, .chunks, .placement, .filesRead,
    ]
    permissions.strangers = [.join]
    permissions.loopback = Set(grants.filter(\.0).map(\.1))
    return permissions
  }
}

/// The service that tells the count is itself part of the server that counts.
private final class ServedCount: Sendable {
  private let server = Locked(Weak<CallServer>())

  var now: UInt64 { server.withLock { $0.object }?.callsServed ?? 0 }
  func follow(_ server: CallServer) { self.server.withLock { $0.object = server } }
}

private struct RunningHash: ProbeHash {
  private var builder = HashBox()

  mutating func update(_ bytes: [UInt8]) { builder.update(bytes) }
  mutating func digest() -> [UInt8] { builder.finish() }

  /// The builder cannot be copied, so a box holds it.
  private final class HashBox {
    private var builder: DigestBuilder? = DigestBuilder()

    func update(_ bytes: [UInt8]) { builder?.update(bytes) }
    func finish() -> [UInt8] { builder.take()?.finish().bytes ?? [] }
  }
}
