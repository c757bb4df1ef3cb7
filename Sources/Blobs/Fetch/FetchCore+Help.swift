import Primitives

// MARK: - The end of a fetch

extension FetchCore {
  /// Lets an idle source take over the piece that would come last, if it is faster.
  mutating func help(_ helper: Source, _ now: Instant, _ actions: inout [FetchAction]) {
    guard let peer = peers[helper] else { return }
    var latest: (piece: Int, owner: Source, place: Int, due: Double)?
    for (owner, other) in peers where owner != helper {
      var ahead = -other.arrived
      for (place, piece) in other.queue.enumerated() {
        ahead += lengths[piece]
        guard peer.has?[piece] ?? true, mayBeAsked(piece) else { continue }
        let due = expected(ahead, other, now)
        if due > latest?.due ?? 0 || due == latest?.due && owner < latest?.owner ?? 0 {
          latest = (piece, owner, place, due)
        }
      }
    }
    guard let latest else { return }
    // One that has brought nothing yet is given the chance.
    let own = peer.rate.map { Double(lengths[latest.piece]) / max($0, 1) } ?? 0
    guard latest.due > own * 1.5 + 0.05 else { return }
    if latest.place > 0 {
      unqueue(latest.piece, from: latest.owner)
      actions.append(.withdraw(latest.owner, [latest.piece]))
      pieces[latest.piece] = .asked([helper])
    } else if case .asked(let askers) = pieces[latest.piece] {
      pieces[latest.piece] = .asked(askers + [helper])
    }
    peers[helper]?.queue.append(latest.piece)
    peers[helper]?.queued += lengths[latest.piece]
    peers[helper]?.heardAt = now
    peers[helper]?.sample = (0, now)
    actions.append(.ask(helper, [latest.piece]))
  }

  private func mayBeAsked(_ piece: Int) -> Bool {
    guard case .asked(let askers) = pieces[piece] else { return false }
    return askers.count < limits.askers
  }

  /// Seconds until that many bytes have come; of one that has not brought any, how long it has
  /// been waited for.
  private func expected(_ bytes: Int, _ peer: Peer, _ now: Instant) -> Double {
    let waited = Double(peer.heardAt.duration(to: now).nanoseconds) / 1e9
    guard let rate = peer.rate, rate > 0 else { return waited }
    return max(Double(bytes) / rate, waited)
  }
}
