import IO
import Primitives

// MARK: - When this node is a member no longer

extension Network {
  /// Says so once, and ends what is under way: nobody would answer.
  package func tellIfOut() {
    let why = membership.whyOut()
    let isNews = state.withLock { state in
      defer { state.hasToldOut = why != nil }
      return !state.hasToldOut
    }
    guard let why, isNews else { return }
    log.warning("this node is out of its network", LogField("why", why.message))
    peers.forEach { $0.giveUp() }
    tableChanges.announce()
  }

  /// A peer ended the link, and says why. That is its word; whether it holds is found out here.
  func heard(_ farewell: LinkFrame.Farewell, from peer: NodeID) {
    switch farewell.reason {
    case .revoked: start { [self] in await examine(farewell, from: peer) }
    case .expired:
      if membership.whyOut() != nil { return tellIfOut() }
      log.warning(
        "a peer says that the membership of this node has ended, which it has not: the clock of "
          + "one of the two is wrong", LogField("peer", peer.short))
    case .done, .superseded, .stopping, .refused, .violation, .laneEnded: break
    }
  }

  private func examine(_ farewell: LinkFrame.Farewell, from peer: NodeID) async {
    if membership.isRevoked { return }
    do {
      if try await membership.hear(farewell) { return }
      log.warning(
        "a peer says that this node was revoked, and does not prove it",
        LogField("peer", peer.short))
    } catch {
      log.warning(
        "a peer says that this node was revoked, by a proof that is none",
        LogField("peer", peer.short), LogField("why", String(describing: error)))
    }
  }
}
