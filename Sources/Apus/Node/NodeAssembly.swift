import Calls
import Glibc
import HTTP
import IO
import Mesh
import Primitives
import Runtimes
import Security
import Store

/// Everything a node is made of, ready to run.
struct NodeAssembly: Sendable {
  private let node: Node
  private let plan: NodePlan
  private let loops: LoopGroup
  private let database: any Driver
  private let boot: BootLog
  private let components: [any Component]
  private let health: HealthService
  private let disk: any Disk

  static func make(
    _ plan: NodePlan, logs: NodeLogs, stop: Gate, disk: any Disk
  ) async throws -> NodeAssembly {
    let settings = plan.settings
    ProcessUsage.raiseDescriptorLimit()
    let key = try NodeKeyFile(folder: plan.folder.path).loadOrCreate()
    let database = try await Database.open(plan.folder.database)
    try await database.migrate(
      [NodeSchema.schema] + NodeNetwork.schemas + NodeFiles.schemas, at: .now())
    let boot = try await BootLog.begin(database, now: .now())
    let loops = try LoopGroup(
      count: settings.nodeLoops == 0 ? LoopGroup.coreCount : settings.nodeLoops)
    let status = NodeStatus(
      id: key.id, name: settings.nodeName, listen: [], process: getpid(), started: .now())
    let node = Node(status, stop: stop)

    let health = HealthService(services: NodeCalls.serviceNames)
    let web = try await WebCertificate.loadOrCreate(
      settings: settings, folder: plan.folder, disk: disk)
    let credentials = Credentials(of: key)
    let tls = ServerTLS(try PortServer.context(credentials, web: web))
    let network = try await NodeNetwork.make(
      key: key, settings: settings, folder: plan.folder, database: database, loops: loops,
      tls: tls)
    let files = try await NodeFiles.make(
      key: key, settings: settings, folder: plan.folder, database: database, disk: disk,
      loops: loops, network: network
    ) { node.status.webAddresses }
    let sharing = try await SharingBook.open(database)
    let boxes = plan.boxProgram.map {
      sharing.boxes(on: BoxGround(plan.folder, settings, program: $0), key: key, loops: loops)
    }
    let calls = NodeCalls.server(
      node: node, settings: settings, logs: logs.ring, folder: plan.folder, health: health,
      network: network, files: files, boxes: boxes, sharing: sharing)
    let handler = try NodeRoutes.router(
      calls: calls, node: node, settings: settings, files: files)
    let port = try PortServer.make(
      settings: settings, tls: tls, loops: loops, handler: handler, nodes: network)
    network.serve(calls, listening: port.addresses)
    node.network.withLock { $0 = network }
    node.holdings.withLock { $0 = files.files }
    let local = try Server(
      name: "local socket", on: [SocketAddress(.unix(path: plan.folder.socket))], loops: loops,
      greeter: Greeter(handler: handler))
    node.state.withLock {
      $0.listen = port.addresses
      $0.openConnections = { port.openConnections }
      $0.membership = { [weak network] in network.map { NodeMembership(of: $0) } }
    }
    NodeMetrics.register(node: node, port: port, calls: calls)
    let hangUps = Broadcast()
    var components: [any Component] = [
      local, port, network.relay, files.fetcher, files.uploads, network,
    ]
    if let boxes { components.append(boxes) }
    if plan.takesSignals {
      components.insert(StopOnSignals(stop: stop, onHangUp: hangUps.announce), at: 0)
    }
    if !settings.tlsCertificate.isEmpty {
      components.append(
        WebCertificateKeeper(
          certificateFile: settings.tlsCertificate, keyFile: settings.tlsKey, disk: disk,
          hangUps: hangUps
        ) { tls.replace(with: try PortServer.context(credentials, web: $0)) })
    }
    return NodeAssembly(
      node: node, plan: plan, loops: loops, database: database, boot: boot,
      components: components, health: health, disk: disk)
  }

  func run(serving: @escaping @Sendable (Node) -> Void) async throws {
    var limits = ComponentRunner.Limits()
    limits.stopDeadline = plan.settings.nodeStopDeadline
    let log = Logger("Apus")
    let status = node.status
    try await disk.replace(
      plan.folder.status, with: Array((status.json.text + "\n").utf8), mode: 0o600)
    if boot.followsCrash {
      log.warning("the node did not end in order the last time; its state was recovered")
    }
    try await ComponentRunner(components, on: loops, limits: limits).run(until: node.stop) {
      node.state.withLock { $0.isReady = true }
      log.notice(
        "serving", LogField("id", node.id),
        LogField("listen", node.addresses.joined(separator: " ")))
      serving(node)
    } stopping: {
      node.state.withLock { $0.isStopping = true }
      health.stop()
    }
    // What asks the port and the network would keep them as long as somebody keeps the node.
    node.network.withLock { $0 = nil }
    node.holdings.withLock { $0 = nil }
    node.state.withLock {
      $0.openConnections = { 0 }
      $0.membership = { nil }
    }
    try await boot.end(now: .now())
    await database.close()
    try await disk.remove(plan.folder.status)
    log.notice("stopped")
    loops.stop()
  }
}
