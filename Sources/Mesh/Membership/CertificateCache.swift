import Primitives

/// Certificates whose signatures were proven, the latest of each node. It holds between `limit`
/// and twice as many of those used last.
struct CertificateCache: Sendable {
  private let limit: Int
  private var young: [NodeID: MembershipCertificate] = [:]
  private var old: [NodeID: MembershipCertificate] = [:]

  init(limit: Int) { self.limit = limit }

  mutating func certificate(of node: NodeID) -> MembershipCertificate? {
    if let found = young[node] { return found }
    guard let found = old.removeValue(forKey: node) else { return nil }
    keep(found)
    return found
  }

  mutating func keep(_ certificate: MembershipCertificate) {
    if young.count >= limit, young[certificate.member] == nil {
      old = young
      young = [:]
    }
    old[certificate.member] = nil
    young[certificate.member] = certificate
  }

  mutating func removeAll() {
    young = [:]
    old = [:]
  }

  /// When each of them is over.
  var ends: [WallTime] {
    young.values.map(\.validity.over) + old.values.map(\.validity.over)
  }

  /// Drops those that are over. Returns whose they were.
  mutating func removeLapsed(at time: WallTime) -> [NodeID] {
    let lapsed = (Array(young.values) + Array(old.values)).filter { $0.validity.isOver(at: time) }
    for certificate in lapsed {
      young[certificate.member] = nil
      old[certificate.member] = nil
    }
    return lapsed.map(\.member)
  }

  /// Drops those that do not hold any more, and returns them.
  mutating func removeRevoked(by revocations: RevocationSet) -> [MembershipCertificate] {
    let fallen = (Array(young.values) + Array(old.values)).filter { revocations.isRevoked($0) }
    for certificate in fallen {
      young[certificate.member] = nil
      old[certificate.member] = nil
    }
    return fallen
  }
}
