import Primitives

extension PlacementCore {
  mutating func changeMembers(
    _ changed: [PlacementCandidate], _ left: [NodeID], _ now: Instant
  ) {
    for candidate in changed { arrive(candidate, now) }
    for id in left where id != own {
      guard let node = nodes[id], node.isLive else { continue }
      depart(node.candidate, now)
      let moment = soon(now)
      for key in sharesOfHolder[id] ?? [] {
        change(key) { core, held in
          if case .fetching = held.others[id] { held.others[id] = .claimed }
          held.wake(at: moment)
        }
      }
    }
  }

  /// Away; remembered for the grace time.
  mutating func depart(_ candidate: PlacementCandidate, _ now: Instant) {
    var node = nodes[candidate.id] ?? Node(candidate: candidate, liveSince: now)
    node.missingSince = now
    nodes[candidate.id] = node
    departures.append((candidate.id, now.advanced(by: limits.grace)))
  }

  private mutating func arrive(_ candidate: PlacementCandidate, _ now: Instant) {
    let id = candidate.id
    let old = nodes[id]
    if let old, old.isLive, old.candidate == candidate { return }
    var node = old ?? Node(candidate: candidate, liveSince: now)
    let isBack = !node.isLive
    // So short an absence may pass unseen.
    let isAnew = node.candidate.startedAt != candidate.startedAt
    if isBack { node.liveSince = now }
    let wasRanked = old.map { $0.candidate.weight == candidate.weight } ?? false
    node.candidate = candidate
    node.missingSince = nil
    node.avoidedUntil = nil
    nodes[id] = node
    if isBack || isAnew {
      let moment = soon(now)
      for key in sharesOfHolder[id] ?? [] {
        change(key) { core, held in
          // It may have come back with nothing: what it had is hearsay until it says so itself.
          if held.others[id] == .whole { held.others[id] = .claimed }
          if held.reportedTo == id { held.reportedTo = nil }
          held.wake(at: moment)
        }
      }
    }
    if wasRanked { return }
    let settled = id == own ? now : now.advanced(by: limits.settling)
    let concerned = shares.values.filter { held in
      guard let ranking = held.ranking else { return false }
      let score = Self.score(held.share.blob, id, weight: candidate.weight)
      return score < held.edge || id == held.share.owner || ranking.contains(id)
    }
    rankAnew(concerned.map(\.key), from: soon(settled), now)
  }

  /// Its grace is over.
  mutating func remove(_ id: NodeID, _ now: Instant) {
    nodes[id] = nil
    for key in sharesOfHolder.removeValue(forKey: id) ?? [] {
      change(key) { core, held in
        held.others[id] = nil
        held.wake(at: now)
      }
      touched.insert(key)
    }
    let concerned = shares.values.filter { $0.ranking?.contains(id) == true }
    rankAnew(concerned.map(\.key), from: now, now)
  }

  private mutating func rankAnew(_ keys: [ShareKey], from time: Instant, _ now: Instant) {
    for key in keys {
      change(key) { core, held in
        held.ranking = nil
        held.wake(at: time)
      }
    }
  }

  /// Left in peace for a while: it is full, or does not answer.
  mutating func avoid(_ id: NodeID, _ now: Instant) {
    nodes[id]?.avoidedUntil = now.advanced(by: limits.avoidance)
  }
}
