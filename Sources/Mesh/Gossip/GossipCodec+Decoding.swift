import Calls
import Primitives

extension GossipCodec {
  /// Gives numbers to nodes that are new; call `settle` when the message is dealt with. Nil when
  /// the message is about nobody this node knows.
  package func decode(
    _ bytes: [UInt8], _ directory: inout PeerDirectory
  ) throws(NetworkError) -> GossipMessage? {
    guard bytes.count <= limits.bytes else {
      throw violation("has \(bytes.count) bytes, more than \(limits.bytes)")
    }
    var reading = WireReader.Limits()
    reading.depth = 6
    reading.elements = 4096
    do {
      return try read(
        Wire.GossipMessage(decoding: bytes, limits: reading), &directory)
    } catch let error as NetworkError {
      throw error
    } catch {
      throw NetworkError(.violation, "A gossip message cannot be read.", cause: error)
    }
  }

  func read(
    _ wire: Wire.GossipMessage, _ directory: inout PeerDirectory
  ) throws(NetworkError) -> GossipMessage? {
    guard wire.records.count <= limits.records, wire.claims.count <= limits.claims else {
      throw violation("has more updates than a message may")
    }
    var updates: [GossipMessage.Update] = []
    for record in wire.records {
      let signed = try SignedRecord(payload: record.payload, signature: record.signature)
      updates.append(.record(directory.number(of: signed.id), signed))
    }
    for claim in wire.claims {
      if let claim = try self.claim(claim, directory) { updates.append(.claim(claim)) }
    }
    guard let body = try body(wire.body, &directory) else {
      return updates.isEmpty ? nil : GossipMessage(.rumours, updates: updates)
    }
    return GossipMessage(body, updates: updates)
  }

  private func claim(
    _ wire: Wire.Claim, _ directory: PeerDirectory
  ) throws(NetworkError) -> GossipMessage.Claim? {
    let kind: GossipMessage.Claim.Kind
    switch wire.kind {
    case .suspect: kind = .suspect
    case .dead: kind = .dead
    default: throw violation("holds a claim of unknown kind \(wire.kind.rawValue)")
    }
    guard let node = try peer(wire.node, directory), let by = try peer(wire.by, directory) else {
      return nil
    }
    return GossipMessage.Claim(peer: node, sequence: wire.sequence, kind: kind, by: by)
  }

  private func body(
    _ wire: Wire.GossipMessage.BodyChoice?, _ directory: inout PeerDirectory
  ) throws(NetworkError) -> GossipMessage.Body? {
    switch wire {
    case nil: return nil
    case .probe(let value): return .probe(try probe(value))
    case .ack(let value): return .ack(try probe(value))
    case .indirect(let value):
      return try peer(value.target, directory).map { .indirect(number: value.number, target: $0) }
    case .indirectAck(let value):
      return try peer(value.target, directory)
        .map { .indirectAck(number: value.number, target: $0) }
    case .join: return .join
    case .forwardJoin(let value):
      guard value.hops <= limits.hops else { throw violation("walks \(value.hops) hops") }
      return try peer(value.newcomer, directory)
        .map { .forwardJoin(newcomer: $0, hops: Int(value.hops)) }
    case .neighbour(let value): return .neighbour(isUrgent: value.urgent)
    case .neighbourReply(let value): return .neighbourReply(isAccepted: value.accepted)
    case .disconnect: return .disconnect
    case .shuffle(let value): return .shuffle(try peers(value.nodes, directory))
    case .shuffleReply(let value): return .shuffleReply(try peers(value.nodes, directory))
    case .changes(let value): return try changes(value, &directory)
    case .wanted(let value): return .wanted(try peers(value.nodes, directory))
    }
  }

  /// Live nodes that are not known here get numbers: they are what one asks for.
  private func changes(
    _ wire: Wire.Changes, _ directory: inout PeerDirectory
  ) throws(NetworkError) -> GossipMessage.Body {
    guard wire.changes.count <= limits.changes else { throw violation("lists too many changes") }
    var changes: [GossipMessage.Change] = []
    for change in wire.changes {
      guard let id = NodeID(change.node) else { throw violation("names a node by no key") }
      let known = directory.existing(id)
      guard let peer = change.gone ? known : known ?? directory.number(of: id) else { continue }
      changes.append(
        GossipMessage.Change(peer: peer, sequence: change.sequence, isGone: change.gone))
    }
    return .changes(changes, isReply: wire.reply)
  }

  private func probe(_ wire: Wire.Probe) throws(NetworkError) -> GossipMessage.Probe {
    guard let place = wire.coordinate,
      let coordinate = Coordinate(
        position: place.position, height: place.height, error: place.error)
    else { throw violation("holds a probe without a sensible coordinate") }
    return GossipMessage.Probe(
      number: wire.number, digest: wire.digest, live: wire.live,
      watchers: UInt8(clamping: wire.watchers), strain: UInt8(clamping: wire.strain),
      accused: wire.accused, coordinate: coordinate)
  }

  private func peers(
    _ keys: [[UInt8]], _ directory: PeerDirectory
  ) throws(NetworkError) -> [PeerNumber] {
    guard keys.count <= limits.nodes else { throw violation("lists too many nodes") }
    var peers: [PeerNumber] = []
    for key in keys {
      if let peer = try peer(key, directory) { peers.append(peer) }
    }
    return peers
  }

  private func peer(
    _ key: [UInt8], _ directory: PeerDirectory
  ) throws(NetworkError) -> PeerNumber? {
    guard let id = NodeID(key) else { throw violation("names a node by \(key.count) bytes") }
    return directory.existing(id)
  }

  private func violation(_ what: String) -> NetworkError {
    NetworkError(.violation, "A gossip message \(what).")
  }
}
