import Primitives

extension Gossip {
  /// All attempts on a neighbour failed. True when it is no longer a neighbour.
  mutating func giveUp(at position: Int) -> Bool {
    let neighbour = neighbours[position]
    guard let record = members.record(of: neighbour.peer) else {
      drop(at: position)
      return true
    }
    if neighbour.accused != 0, record.sequence > neighbour.accused,
      neighbour.lastHeard < neighbour.accusedAt
    {
      // It has answered the accusation, but not us: others reach it.
      members.set(neighbour.peer, state: .unreachable)
      actions.append(.state(neighbour.peer, .unreachable))
      suspicions[neighbour.peer] = nil
      drop(at: position)
      return true
    }
    if suspicions[neighbour.peer]?.isOwn == true { return false }
    neighbours[position].accused = record.sequence
    neighbours[position].accusedAt = now
    neighbours[position].attempts = 0
    let claim = Claim(
      peer: neighbour.peer, sequence: record.sequence, kind: .suspect, by: me)
    suspect(claim, from: me)
    return false
  }

  /// Takes an accusation, ours or another's, and passes it on unless enough are known.
  mutating func suspect(_ claim: Claim, from peer: PeerNumber) {
    let fresh = Suspicion(peer: claim.peer, sequence: claim.sequence, since: now)
    var suspicion = suspicions[claim.peer] ?? fresh
    if suspicion.sequence != claim.sequence { suspicion = fresh }
    if claim.by == me, peer == me { suspicion.isOwn = true }
    if suspicion.accusers.contains(claim.by) {
      setDeadline(&suspicion)
      suspicions[claim.peer] = suspicion
      return markClaimKnown(claim, by: peer)
    }
    // Ours counts even when enough others spoke already, but then nobody needs to hear it.
    if suspicion.accusers.count <= limits.confirmations {
      suspicion.accusers.append(claim.by)
      addRumour(.claim(claim), knownBy: bit(of: peer))
    }
    let isNew = members.state(of: claim.peer) != .suspect
    setDeadline(&suspicion)
    suspicions[claim.peer] = suspicion
    if isNew {
      members.set(claim.peer, state: .suspect)
      actions.append(.state(claim.peer, .suspect))
    }
    // A watcher looks for itself at once; the probe tells the suspect.
    if peer != me, let position = position(of: claim.peer), neighbours[position].deadline == nil {
      neighbours[position].attempts = 0
      probe(at: position)
    }
  }

  /// Heard from it after all: it may still have to refute what others say.
  mutating func withdraw(_ peer: PeerNumber) {
    guard var suspicion = suspicions[peer], suspicion.isOwn else { return }
    suspicion.isOwn = false
    setDeadline(&suspicion)
    suspicions[peer] = suspicion
  }

  func setDeadline(_ suspicion: inout Suspicion) {
    let watchers = position(of: suspicion.peer).map { neighbours[$0].watchers } ?? 0
    suspicion.setDeadline(watchers: watchers, strain: strain, limits)
  }

  mutating func runSuspicionTimers() {
    for suspicion in suspicions.all where suspicion.deadline <= now {
      let peer = suspicion.peer
      suspicions[peer] = nil
      guard members.state(of: peer) == .suspect else { continue }
      declareDead(peer)
      if suspicion.isOwn {
        let claim = Claim(peer: peer, sequence: suspicion.sequence, kind: .dead, by: me)
        addRumour(.claim(claim), knownBy: 0)
      }
    }
  }
}
