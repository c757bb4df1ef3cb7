import Calls
import HTTP
import IO
import Mesh
import Primitives
import Security

/// As much of a node as its links need: it takes and makes them on one loop, with the probe
/// service, a sink for bodies and a relay behind them.
/// Guard: confinement to `loop`.
final class LinkNode: LinkDelegate, @unchecked Sendable {
  let loop: EventLoop
  let key = SigningKey()
  private(set) var attached = 0
  private let tasks: TaskSet
  private let handler: LinkHandler
  private let relay: RelayServer
  private let client: TLSContext
  private let server: TLSContext
  private var links: [NodeID: Link] = [:]

  /// A relay for nodes that only listen, or hold links to be counted, may be any one.
  /// It answers the calls of `handlers` as well.
  init(
    on loop: EventLoop, relay: RelayServer, adding handlers: [MethodHandler] = []
  ) throws {
    self.loop = loop
    self.relay = relay
    tasks = TaskSet(on: loop)
    handler = LinkHandler(relay, handlers)
    client = try TLSContext(client: Credentials(of: key), protocols: [ApplicationProtocol.node])
    server = try TLSContext(server: Credentials(of: key), protocols: [ApplicationProtocol.node])
  }

  /// A relay whose quotas do not come into it.
  static func relay(on loop: EventLoop) -> RelayServer {
    var limits = RelayServer.Limits()
    limits.book.bytes = TokenBucket.Rate(perSecond: 1 << 40, burst: 1 << 40)
    limits.book.bytesPerNode = limits.book.bytes
    limits.book.openings = TokenBucket.Rate(perSecond: 1_000, burst: 1_000)
    return RelayServer(home: loop, seed: 1, limits: limits)
  }

  func link(to peer: NodeID) -> Link {
    if let link = links[peer] { return link }
    let link = Link(
      own: key.id, peer: peer, boot: BootID(1), on: loop, handler: handler, delegate: self)
    links[peer] = link
    return link
  }

  // MARK: - Taking

  /// Serves a port of this machine until the process is ended.
  func serve(_ listener: Listener) async throws {
    try await listener.run(on: loop, until: Gate()) { [self] descriptor, peer in
      tasks.start { [self] in
        do {
          try await take(SocketTransport(adopting: descriptor, peer: peer, on: loop))
        } catch {
          Machine.note("a connection could not be taken: \(error)")
        }
      }
    }
  }

  /// Zero is the first byte of what is to be relayed.
  private func take(_ transport: SocketTransport) async {
    do {
      var first: [UInt8] = []
      _ = try await unsafe transport.read { unsafe first = Array($0) }
      transport.unread(first)
      if first.first == 0 {
        await relay.take(transport)
      } else {
        try await accept(over: transport, path: .direct)
      }
    } catch {
      Machine.note("a connection came to nothing: \(error)")
      transport.close()
    }
  }

  private func accept(over transport: any Transport, path: PathKind) async throws {
    let secured = try await SecureTransport.accept(
      over: transport, context: server, deadline: Self.deadline)
    let carrier = try await shakeHands(secured, path: path, isDialled: false, purpose: .main)
    switch carrier.hello.purpose {
    case .main: link(to: carrier.peerKey).attach(carrier)
    case .bulk: await (try BulkCarrier.server(carrier, handler: handler)).serve()
    }
  }

  // MARK: - Making

  /// A link to the node at that port.
  func connect(to port: UInt16, _ peer: NodeID) async throws -> Link {
    let transport = try await Self.dial(port, on: loop)
    let link = link(to: peer)
    link.attach(try await carrier(over: transport, to: peer, path: .direct, purpose: .main))
    return link
  }

  /// A carrier for bulk to the node at that port.
  func bulkCarrier(to port: UInt16, _ peer: NodeID) async throws -> Carrier {
    let transport = try await Self.dial(port, on: loop)
    return try await carrier(over: transport, to: peer, path: .direct, purpose: .bulk)
  }

  /// A link through a relay to a node that listens there.
  func connect(to target: NodeID, through relay: RelayEndpoint) async throws -> Link {
    let relayed = try await relay.connect(to: target) { [self] in
      try await carrier(over: $0, to: target, path: .relayed, purpose: .main)
    }
    let link = link(to: target)
    link.attach(relayed)
    return link
  }

  /// The relay at that port, over a link to it.
  func relay(at port: UInt16, _ peer: NodeID) async throws -> RelayEndpoint {
    let link = try await connect(to: port, peer)
    return RelayEndpoint(relay: peer, caller: link.caller) { [loop] in
      try await Self.dial(port, on: loop)
    }
  }

  /// Listens at a relay until the process is ended; says when it does.
  func listen(at relay: RelayEndpoint, ready: Gate) {
    var handlers = RelayClient.Handlers { [self] arrival in
      do { try await accept(over: arrival.transport, path: .relayed) } catch {
        Machine.note("a relayed connection came to nothing: \(error)")
      }
    }
    handlers.holds = { _ in ready.open() }
    let client = RelayClient(relay, on: loop, handlers: handlers)
    tasks.start {
      do { _ = try await client.run() } catch {
        Machine.note("listening at a relay ended: \(error)")
      }
    }
  }

  private func carrier(
    over transport: any Transport, to peer: NodeID, path: PathKind, purpose: PeerHello.Purpose
  ) async throws -> Carrier {
    let secured = try await SecureTransport.connect(
      over: transport, context: client, to: .node(peer), deadline: Self.deadline)
    return try await shakeHands(secured, path: path, isDialled: true, purpose: purpose)
  }

  private func shakeHands(
    _ secured: SecureTransport, path: PathKind, isDialled: Bool, purpose: PeerHello.Purpose
  ) async throws -> Carrier {
    guard let peer = secured.peerKey else { throw BenchError("a node has proven no key") }
    let handshake = LinkHandshake(
      certificate: [UInt8](repeating: 7, count: 500), version: "1.0.0", purpose: purpose,
      greeting: link(to: peer).greeting)
    return try await handshake.run(
      over: secured, peerKey: peer, path: path, isDialled: isDialled
    ) { _, _ in }
  }

  private static func dial(_ port: UInt16, on loop: EventLoop) async throws -> SocketTransport {
    try await SocketTransport.connect(to: .loopback(port: port), on: loop, deadline: deadline)
  }

  private static var deadline: Instant { Instant.now().advanced(by: .seconds(60)) }

  // MARK: - LinkDelegate

  func linkAttached(_ link: Link, path: PathKind) { attached += 1 }
  func linkSuspected(_ link: Link) {}
  func linkDetached(_ link: Link) {}
  func linkEnded(_ link: Link, why: LinkCore.Ending) {
    if case .closedThere = why { return }
    Machine.note("a link ended: \(why)")
  }
}

/// What a node of the measurements answers: calls, and bodies which it counts and drops.
private struct LinkHandler: Handler {
  private let calls: CallServer

  init(_ relay: RelayServer, _ others: [MethodHandler]) {
    var permissions = Permissions()
    permissions.members = [.probe, .relay, .chunks]
    let handlers =
      ProbeService(makeHash: { NoHash() }).handlers + RelayService(relay).handlers + others
    calls = CallServer(handlers, permissions: permissions) { connection in
      connection.peerKey.map { .node($0) } ?? .anonymous(isLoopback: false)
    }
  }

  func answersAtOnce(_ exchange: any Exchange) throws -> Bool {
    exchange.request.target == "/sink" ? false : try calls.answersAtOnce(exchange)
  }

  func handle(_ exchange: any Exchange) async throws {
    guard exchange.request.target == "/sink" else { return try await calls.handle(exchange) }
    var count = 0
    while let piece = try await exchange.nextBody() { count += piece.count }
    exchange.respond(ResponseHead(.ok), body: Array(String(count).utf8))
  }

  /// What it would cost is no part of the link.
  private struct NoHash: ProbeHash {
    mutating func update(_ bytes: [UInt8]) {}
    mutating func digest() -> [UInt8] { [] }
  }
}
