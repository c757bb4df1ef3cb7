import IO
import Primitives

/// What this node says of itself, signed anew when it changes.
extension Network {
  /// As things stand; the sequence number is still to be given.
  func describeOwn(relays: [NodeID], zone: String, lease: Duration) -> NodeRecord {
    let certificate = membership.certificate
    var record = state.withLock { state in
      var record = NodeRecord(
        id: own, sequence: 0, name: membership.name, issuedAt: .now(), lease: lease)
      record.addresses = Self.addresses(state, options).map(\.description)
      let free = min(ground.specs.load().diskAvailable, state.room())
      state.specs.freeDiskBytes = NodeSpecs.coarse(
        freeDiskBytes: free, told: state.specs.freeDiskBytes)
      record.specs = state.specs
      record.nat = state.nat.kind
      return record
    }
    record.roles = certificate.roles.filter { $0 != .relay || options.relays }
      .sorted { $0.rawValue < $1.rawValue }
    record.labels = options.labels.merging(membership.labels(of: own)) { _, decided in decided }
    record.version = options.version
    record.relays = relays
    record.zone = zone
    record.certificate = certificate.encoded
    record.startedAt = startedAt
    return record
  }

  /// Where others may find this node, best first.
  static func addresses(_ state: State, _ options: Options) -> [SocketAddress] {
    let own = AdvertisedAddress.own(
      listening: state.listening, interfaces: state.interfaces,
      includesLoopback: options.includesLoopback)
    var addresses = own.filter { $0.provenance == .public }.map(\.address)
    if let mapped = state.mapped { addresses.append(mapped) }
    addresses += own.filter { $0.provenance != .public }.map(\.address)
    // Without a NAT in between, or behind one that forwards the port by hand, this works too.
    if let outside = state.nat.outside, state.nat.mapping != .none,
      let port = state.listening.first?.port
    {
      addresses.append(outside.with(port: port))
    }
    var seen: Set<SocketAddress> = []
    return Array(addresses.filter { seen.insert($0).inserted }.prefix(AdvertisedAddress.limit))
  }

  /// Nobody can dial it, as far as it knows.
  var isHidden: Bool {
    state.withLock { state in
      if state.mapped != nil { return false }
      switch state.nat.mapping {
      case .independent, .dependent: return true
      // A NAT of a kind that is still to be found out.
      case .unknown: return state.nat.onlyWebPort || state.nat.outside != nil
      // A firewall may still be in the way; somebody who came in proves that there is none.
      case .none: return state.nat.onlyWebPort
      }
    }
  }

  func sign(
    _ record: NodeRecord, after sequence: UInt64
  ) async throws -> SignedRecord {
    var record = record
    record.sequence = try await ground.store.nextSequence(after: sequence)
    return try SignedRecord(record, key: ground.key)
  }
}

extension NodeRecord {
  /// Whether it says the same, whenever it was signed.
  func says(_ other: NodeRecord) -> Bool {
    var other = other
    other.sequence = sequence
    other.issuedAt = issuedAt
    other.lease = lease
    return self == other
  }
}
