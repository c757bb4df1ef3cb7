import Glibc
import Primitives

extension PlacementCore {
  /// What the core knows of a node.
  struct Node: Sendable {
    var candidate: PlacementCandidate
    var liveSince: Instant
    /// Since when it is gone; nil while it lives.
    var missingSince: Instant?
    /// It did not answer, or has no room.
    var avoidedUntil: Instant?

    var isLive: Bool { missingSince == nil }
  }

  /// Lower is better. Each node draws a number for each blob, the same everywhere; a node of
  /// twice the weight wins twice as often (weighted rendezvous hashing).
  static func score(_ blob: BlobID, _ node: NodeID, weight: Double) -> Double {
    guard weight > 0 else { return .infinity }
    let (left, right) = (blob.digest.value.words, node.key.words)
    var mixed = SplitMix.number(at: 0, seed: left.0 ^ right.0)
    mixed = SplitMix.number(at: left.1 & 0xFFFF, seed: mixed ^ right.1)
    let drawn = (Double(mixed >> 11) + 1) * 0x1p-53
    return -log(drawn) / weight
  }

  /// What decides between holders too, be they good places for a copy or not.
  func order(_ held: HeldShare, _ node: NodeID) -> (Int, Double, NodeID) {
    if node == held.share.owner { return (0, 0, node) }
    let weight = nodes[node]?.candidate.weight ?? 0
    let score = Self.score(held.share.blob, node, weight: weight)
    return (score < .infinity ? 1 : 2, score, node)
  }

  /// Works out the best nodes for a share, those that are away for a moment among them.
  func rank(_ held: inout HeldShare) {
    var best: [(score: Double, id: NodeID)] = []
    for (id, node) in nodes where node.candidate.weight > 0 && id != held.share.owner {
      let score = Self.score(held.share.blob, id, weight: node.candidate.weight)
      if best.count == limits.ranked, let last = best.last, (last.score, last.id) <= (score, id) {
        continue
      }
      let place = best.firstIndex { (score, id) < ($0.score, $0.id) } ?? best.count
      best.insert((score, id), at: place)
      if best.count > limits.ranked { best.removeLast() }
    }
    held.edge = best.count == limits.ranked ? best.last?.score ?? .infinity : .infinity
    held.ranking = best.map(\.id)
  }

  /// The nodes that should have a copy: the owner where it can, then the best, of other addresses
  /// and zones than those before as long as there are such among the ranked.
  func desired(_ held: HeldShare, now: Instant) -> [NodeID] {
    var chosen: [NodeID] = []
    let owner = held.share.owner
    if let node = nodes[owner], node.candidate.weight > 0 || has(held, owner),
      isEligible(owner, now)
    {
      chosen.append(owner)
    }
    let pool = (held.ranking ?? []).filter { isEligible($0, now) }
    while chosen.count < held.share.replicas {
      let free = pool.filter { !chosen.contains($0) }
      guard let next = mostApart(free, from: chosen) else { break }
      chosen.append(next)
    }
    return chosen
  }

  /// The first of another address and zone, or of another address, or the first.
  func mostApart(_ free: [NodeID], from chosen: [NodeID]) -> NodeID? {
    let taken = chosen.compactMap { nodes[$0]?.candidate }
    func isApart(_ id: NodeID, zones: Bool) -> Bool {
      guard let candidate = nodes[id]?.candidate else { return false }
      return taken.allSatisfy {
        (candidate.address.isEmpty || $0.address != candidate.address)
          && (!zones || candidate.zone.isEmpty || $0.zone != candidate.zone)
      }
    }
    return free.first { isApart($0, zones: true) } ?? free.first { isApart($0, zones: false) }
      ?? free.first
  }

  private func has(_ held: HeldShare, _ node: NodeID) -> Bool {
    node == own ? held.own == .whole : held.others[node] == .whole
  }

  /// It may be given copies, now or when it is back.
  private func isEligible(_ id: NodeID, _ now: Instant) -> Bool {
    guard let node = nodes[id] else { return false }
    if id == own { return !isLeaving }
    return node.avoidedUntil.map { $0 <= now } ?? true
  }

  func isLive(_ id: NodeID) -> Bool { id == own || nodes[id]?.isLive ?? false }
}
