package import HTTP
package import IO
package import Primitives
package import Security

// MARK: - What comes in at the port

extension Network: NodeDoor {
  package func secured(
    _ transport: SecureTransport, by peer: NodeID
  ) -> any ServerConnection { NodeArrival(transport, peer, network: self) }

  package func relayed(_ transport: SocketTransport) -> any ServerConnection {
    RelayedArrival(transport, relay)
  }

  /// Everything about a peer happens on its own loop: the connection moves there first.
  func welcome(_ arrival: SecureTransport.Detached, from peer: NodeID, at address: SocketAddress)
    async
  {
    do {
      try await peers.loop(of: peer).run { [self] in
        guard let secured = try SecureTransport(arrival, on: peers.loop(of: peer)) else { return }
        try await receive(secured, from: peer)
      }
      if !address.isLoopback { state.withLock { $0.enteredAt = .now() } }
    } catch {
      log.debug(
        "a node was turned away", LogField("peer", peer.short),
        LogField("why", String(describing: error)))
    }
  }

  private func receive(_ secured: SecureTransport, from peer: NodeID) async throws {
    if state.withLock({ $0.session }) == nil { return secured.close() }
    let greeting = await peers.greeting(of: peer) ?? LinkCore.Greeting(boot: boot)
    let (carrier, isStranger) = try await greet(secured, from: peer, greeting)
    switch (carrier.hello.purpose, isStranger) {
    case (.main, false): await peers.with(peer) { $0.attach(carrier) }
    case (.bulk, false): await peers.with(peer) { await $0.serveBulk(carrier) }
    case (.bulk, true): try await serve(stranger: carrier)
    case (.main, true):
      carrier.close()
      throw NetworkError(.denied, "a node without a certificate wants a link")
    }
  }

  /// Hellos; one without a certificate is a stranger.
  func greet(
    _ secured: SecureTransport, from peer: NodeID, _ greeting: LinkCore.Greeting
  ) async throws -> (carrier: Carrier, isStranger: Bool) {
    var isStranger = false
    let carrier = try await handshake(.main, greeting).run(
      over: faults.wrap(secured, to: peer), peerKey: peer, path: .direct, isDialled: false
    ) { [self] id, certificate in
      if certificate.isEmpty { isStranger = true } else { try admit(id, certificate) }
    }
    return (carrier, isStranger)
  }

  /// One who may ask to become a member, and nothing else; not for long.
  func serve(stranger carrier: Carrier) async throws {
    let isRoom = state.withLock { state in
      guard state.strangers < options.strangers else { return false }
      state.strangers += 1
      return true
    }
    guard isRoom else {
      carrier.close()
      throw NetworkError(.busy, "too many nodes ask to join at once")
    }
    defer { state.withLock { $0.strangers -= 1 } }
    let connection = try BulkCarrier.server(carrier, handler: handler)
    let timer = carrier.loop.schedule(after: options.strangerTime) { connection.abort() }
    defer { carrier.loop.cancel(timer) }
    await connection.serve()
  }

  /// A connection that a relay has handed on; the caller is the relay's word until TLS proves it.
  func welcome(_ arrival: RelayClient.Arrival) async {
    guard let socket = (arrival.transport as? SocketTransport)?.detach() else {
      return arrival.transport.close()
    }
    do {
      try await peers.with(arrival.caller) { [self] peer in
        guard let transport = try SocketTransport(socket, on: peer.loop) else { return }
        let deadline = Instant.now().advanced(by: .seconds(10))
        peer.attach(try await accept(transport, from: peer, .relayed, deadline))
      }
    } catch {
      log.debug(
        "a relayed node was turned away", LogField("peer", arrival.caller.short),
        LogField("why", String(describing: error)))
    }
  }
}

/// A connection of a node, until its carrier is with its peer.
/// Guard: confinement to the transport's loop.
private final class NodeArrival: ServerConnection, @unchecked Sendable {
  private let transport: SecureTransport
  private let peer: NodeID
  private let network: Network

  init(_ transport: SecureTransport, _ peer: NodeID, network: Network) {
    self.transport = transport
    self.peer = peer
    self.network = network
  }

  func serve(received: [UInt8]) async {
    let address = transport.peer
    guard let arrival = transport.detach() else { return }
    await network.welcome(arrival, from: peer, at: address)
  }

  /// The network closes its links itself.
  func drain() {}
  func abort() { transport.close() }
}

/// A connection that shows a ticket of the relay's.
/// Guard: confinement to the transport's loop.
private final class RelayedArrival: ServerConnection, @unchecked Sendable {
  private let transport: SocketTransport
  private let relay: RelayServer

  init(_ transport: SocketTransport, _ relay: RelayServer) {
    self.transport = transport
    self.relay = relay
  }

  func serve(received: [UInt8]) async { await relay.take(transport) }

  /// The relay gives its circuits their time itself.
  func drain() {}
  func abort() { transport.close() }
}
