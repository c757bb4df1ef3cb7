import Calls
import HTTP
import IO
import Primitives
import Security

// # Ways to a peer
//
// Every way ends in the same: TLS with both keys proven, hellos with certificates, and a carrier.

extension Network {
  /// One search, as `PathSelector` wants it. Carriers found go to the peer's link. `begun` gets
  /// what makes it look again which ways there are.
  func dial(
    _ peer: Peer, betterThan kind: PathKind?, begun: (@escaping () -> Void) -> Void = { _ in }
  ) async -> DialReport {
    if membership.whyOut() != nil { return DialReport(entries: [], best: nil, took: .zero) }
    let id = peer.id
    let known: () -> [DialRoute] = { [self] in
      routes(to: id).filter { route in kind.map { route.path.tier < $0.tier } ?? true }
    }
    var dialler = dialler(for: peer)
    if kind != nil {
      // For the better of what works: four round trips of a handshake, over a way twice as long.
      let beside = max(dialler.limits.attemptBeside, (peer.link.roundTrip ?? .zero) * 8)
      dialler.limits.attempt = min(dialler.limits.attempt, beside)
    }
    let report = await dialler.dial(
      id, by: known(), isConnected: peer.link.path != nil, on: peer.loop,
      begun: { news in begun { news(known()) } }
    ) { [self] found in
      guard let carrier = found.transport as? Carrier else { return found.transport.close() }
      peer.attach(carrier)
      state.withLock { state in
        state.recipes.remember(found.route, to: peer.id, in: state.mark, now: .now())
      }
    }
    if report.best == nil {
      log.debug("a node was not reached", LogField("peer", peer.id.short), LogField("how", report))
    }
    return report
  }

  func routes(to peer: NodeID) -> [DialRoute] {
    state.withLock { state in
      let record = state.table[peer]?.record
      let told = (record?.addresses ?? []).compactMap { SocketAddress($0) }
      let addresses = (told + (state.hints[peer] ?? [])).map { AdvertisedAddress($0, .observed) }
      let relays = (record?.relays ?? []).filter { $0 != own && $0 != peer }
      let mayPunch = state.nat.canPunch(towards: record?.nat ?? .unknown)
      return DialRoute.routes(
        to: addresses, relays: relays, from: state.interfaces, mayPunch: mayPunch,
        last: state.recipes.recall(peer, in: state.mark, now: .now()))
    }
  }

  private func dialler(for peer: Peer) -> Dialler {
    Dialler(
      secure: { [self] connection, id, path, deadline in
        try await secure(connection, to: id, path, deadline, link: peer.link)
      },
      relay: { [self] relay in
        { [self] id, loop, deadline in
          let endpoint = try relayEndpoint(relay)
          return try await endpoint.connect(
            to: id, within: Instant.now().duration(to: deadline)
          ) { transport in
            try await self.secure(transport, to: id, .relayed, deadline, link: peer.link)
          }
        }
      },
      punch: { [self] id, loop, _ in
        guard peer.punch == nil else {
          throw DialFailure(.notPunched, "the other side is at it already")
        }
        let punch = makePunch(to: peer)
        peer.punch = punch
        defer { if peer.punch === punch { peer.punch = nil } }
        return try await secure(try await punch.run(), from: peer)
      })
  }

  // MARK: - Handshakes

  /// The dialler's side.
  func secure(
    _ connection: any Transport, to peer: NodeID, _ path: PathKind, _ deadline: Instant,
    link: Link
  ) async throws -> Carrier {
    try await shakeHands(
      handshake(.main, link.greeting), over: connection, to: .node(peer), deadline, path: path
    ) { [self] id, certificate in try admit(id, certificate) }
  }

  /// What the dialler does on any connection: TLS, then hellos.
  func shakeHands(
    _ handshake: LinkHandshake, over connection: any Transport, to expected: ExpectedPeer,
    _ deadline: Instant, path: PathKind = .direct,
    check: (_ peer: NodeID, _ certificate: [UInt8]) async throws -> Void
  ) async throws -> Carrier {
    let secured = try await SecureTransport.connect(
      over: connection, context: clientTLS, to: expected, deadline: deadline)
    guard let peer = secured.peerKey else {
      secured.close()
      throw NetworkError(.unreachable, "\(connection.peer) is no node")
    }
    return try await handshake.run(
      over: faults.wrap(secured, to: peer), peerKey: peer, path: path, isDialled: true,
      check: check)
  }

  /// What a punch made, whichever side of it this is.
  func secure(_ outcome: Punch.Outcome, from peer: Peer) async throws -> Carrier {
    let deadline = Instant.now().advanced(by: .seconds(10))
    if outcome.isClient {
      return try await secure(
        outcome.connection, to: peer.id, .punched, deadline, link: peer.link)
    }
    return try await accept(outcome.connection, from: peer, .punched, deadline)
  }

  /// The side that was dialled, for a connection that can be only that peer's. It says hello
  /// before the caller has proven its key, so that the caller may speak a round trip earlier: a
  /// hello tells nothing that the network's members do not know.
  func accept(
    _ connection: any Transport, from peer: Peer, _ path: PathKind, _ deadline: Instant
  ) async throws -> Carrier {
    let handshake = handshake(.main, peer.link.greeting)
    let secured = try await SecureTransport.accept(
      over: connection, context: ground.tls.current,
      foreword: handshake.hello(to: connection.peer), deadline: deadline)
    guard secured.peerKey == peer.id else {
      secured.close()
      throw NetworkError(.forged, "another node than \(peer.id.short) came by \(path)")
    }
    return try await handshake.run(
      over: faults.wrap(secured, to: peer.id), peerKey: peer.id, path: path, isDialled: false,
      hasSaidHello: true
    ) { [self] id, certificate in try admit(id, certificate) }
  }

  /// A bulk session belongs to no link, so it greets for itself.
  func handshake(
    _ purpose: PeerHello.Purpose, _ greeting: LinkCore.Greeting? = nil
  ) -> LinkHandshake {
    var handshake = LinkHandshake(
      certificate: membership.certificate.encoded, version: options.version, purpose: purpose,
      greeting: greeting ?? LinkCore.Greeting(boot: boot))
    handshake.refusing = { [membership] error, peer, certificate in
      membership.farewell(to: peer, showing: certificate, because: error)
    }
    return handshake
  }

  /// Believes a member's certificate, or throws.
  func admit(_ peer: NodeID, _ certificate: [UInt8]) throws(NetworkError) {
    if membership.isRevoked {
      throw NetworkError(.revoked, "this node was revoked; it speaks to nobody any more")
    }
    _ = try membership.verify(certificate, for: peer)
  }

  /// An extra connection with a session of its own, towards one address; it takes no part in the
  /// link. `port` is where it leaves from, shared with other sockets. With where it left.
  func bulkCarrier(
    to peer: ExpectedPeer, at address: SocketAddress, from port: UInt16? = nil,
    on loop: EventLoop, within time: Duration = .seconds(5)
  ) async throws -> (carrier: Carrier, local: SocketAddress) {
    if let why = membership.whyOut() { throw why }
    let deadline = Instant.now().advanced(by: time)
    var options = SocketOptions.node
    if let port {
      options.local = Punch.anyAddress(like: address, port: port)
      options.sharesLocal = true
    }
    let connection = try await SocketTransport.connect(
      to: address, on: loop, deadline: deadline, options: options)
    let carrier = try await shakeHands(
      handshake(.bulk), over: connection, to: peer, deadline
    ) { [self] id, certificate in try admit(id, certificate) }
    return (carrier, connection.local)
  }

  /// An extra carrier to a peer whose link is direct: to where that leads, when this side dialled
  /// it, or to the best of the addresses that the peer has told.
  func bulkCarrier(to peer: Peer) async throws -> Carrier {
    guard peer.link.path == .direct else {
      throw NetworkError(.unreachable, "the way to \(peer.id.short) is not direct")
    }
    let addresses = routes(to: peer.id).compactMap { route -> SocketAddress? in
      if case .address(let address) = route.target { address } else { nil }
    }
    let known = addresses.filter { $0 == peer.link.peerAddress }
    let time = max(options.bulkTime, (peer.link.roundTrip ?? .zero) * 8)
    var last = NetworkError(.unreachable, "no address of \(peer.id.short) is known") as any Error
    for address in known + addresses.filter({ !known.contains($0) }).prefix(2) {
      do {
        return try await bulkCarrier(
          to: .node(peer.id), at: address, on: peer.loop, within: time
        ).carrier
      } catch {
        last = error
      }
    }
    throw last
  }

  // MARK: - Relays and punching

  func relayEndpoint(_ relay: NodeID) throws(NetworkError) -> RelayEndpoint {
    let caller = try caller(to: relay)
    return RelayEndpoint(relay: relay, caller: caller) { [self] in
      try await connect(toPortOf: relay)
    }
  }

  /// A bare connection to a node's port, by the address that works for its link. On a loop.
  private func connect(toPortOf node: NodeID) async throws -> SocketTransport {
    guard let loop = EventLoop.current else { preconditionFailure("relays are dialled on a loop") }
    let deadline = Instant.now().advanced(by: .seconds(5))
    var last: any Error = NetworkError(
      .unreachable, "no address of the relay \(node.short) is known")
    for route in routes(to: node) {
      guard case .address(let address) = route.target else { continue }
      do {
        return try await SocketTransport.connect(
          to: address, on: loop, deadline: deadline, options: .node)
      } catch {
        last = error
      }
    }
    throw last
  }

  func makePunch(to peer: Peer) -> Punch {
    var limits = PunchCore.Limits()
    limits.allowsLoopback = options.includesLoopback
    let id = peer.id
    return Punch(
      own: own, peer: id, on: peer.loop, coreLimits: limits,
      learn: { [self] local, loop in try await outside(of: local, on: loop, except: id) },
      send: { [self] bytes in
        peer.start { [self] in
          do {
            let message = try TraversalV1.PunchMessage(decoding: bytes)
            _ = try await TraversalV1.TraversalClient(try caller(to: id)).punch(
              message, options: CallOptions(timeout: .seconds(5)))
          } catch {
            log.debug(
              "a punch message was not passed on", LogField("peer", id.short),
              LogField("why", String(describing: error)))
          }
        }
      })
  }

  /// How a local port looks from outside: asked of the first vantage point that answers.
  private func outside(
    of local: SocketAddress, on loop: EventLoop, except peer: NodeID
  ) async throws -> Punch.Outside {
    var last: any Error = NetworkError(
      .unreachable, "no other node can say from where this one seems to come")
    for vantage in vantages(except: peer).prefix(3) {
      do {
        let (carrier, _) = try await bulkCarrier(
          to: .node(vantage.node), at: vantage.address, from: local.port, on: loop)
        guard let seen = SocketAddress(carrier.hello.observedAddress) else {
          carrier.close()
          continue
        }
        return Punch.Outside([seen], hold: carrier)
      } catch {
        last = error
      }
    }
    throw last
  }

  /// Nodes that this one is linked with directly, by the address of each that works, relays
  /// first; after them other ports of the same hosts. A NAT that maps anew for each destination
  /// does so for another port too, and a firewall may let only some of them pass.
  func vantages(except peer: NodeID? = nil) -> [(node: NodeID, address: SocketAddress)] {
    state.withLock { state in
      var found: [(node: NodeID, address: SocketAddress, isRelay: Bool)] = []
      var others: [(node: NodeID, address: SocketAddress)] = []
      for row in state.table.rows where row.id != peer && row.id != own && row.path == .direct {
        guard let route = state.recipes.recall(row.id, in: state.mark, now: .now()),
          case .address(let address) = route.target
        else { continue }
        found.append((row.id, address, row.record.roles.contains(.relay)))
        for other in row.record.addresses.lazy.compactMap({ SocketAddress($0) })
        where other.isSameHost(as: address) && other.port != address.port {
          others.append((row.id, other))
        }
      }
      found.sort { ($0.isRelay ? 0 : 1, $0.node) < ($1.isRelay ? 0 : 1, $1.node) }
      return found.map { ($0.node, $0.address) } + others
    }
  }
}
