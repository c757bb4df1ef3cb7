import Calls
import IO
import Primitives

// MARK: - What the membership protocol needs, and tells

extension Network {
  func gossipHooks() -> GossipHooks {
    GossipHooks(
      dial: { [self] id, body in
        try await TableV1.GossipClient(try caller(to: id)).exchange { conversation in
          try await body(GossipStream(conversation))
        }
      },
      release: { _ in },
      sign: { [self] after, lease, isLeaving in
        try await session().sign(after: after, lease: lease, isLeaving: isLeaving)
      },
      revocations: { [self] in membership.knowledgeDigest },
      mergeRevocations: { [self] id, _ in
        try await membership.exchange(over: try caller(to: id))
        knowledgeMayHaveChanged()
      },
      reconcile: { [self] id in
        try await session().records.missing(from: try caller(to: id))
      },
      changed: { [self] change in changed(change) })
  }

  private func changed(_ change: GossipChange) {
    let session = state.withLock { state in
      state.table.take(change, now: .now(), wall: .now())
      if case .record(let signed) = change {
        state.table.setPath(state.paths[signed.id], to: signed.id)
      }
      return state.session
    }
    session?.take(change)
    switch change {
    case .record(let signed):
      peers.ifThere(signed.id) { $0.waysChanged() }
      tableChanges.announce()
    case .state, .forgotten: tableChanges.announce()
    case .measured, .missed, .refused: break
    }
  }

  /// Somebody whom the membership protocol does not know yet can be found there.
  func meet(_ id: NodeID, at address: SocketAddress) {
    if id == own { return }
    state.withLock { state in
      var known = state.hints[id] ?? []
      if !known.contains(address) { known.append(address) }
      state.hints[id] = Array(known.suffix(4))
    }
    peers.ifThere(id) { $0.waysChanged() }
    start { [self] in
      // There is no session while the node changes its network; what is found is found again.
      try? await session().gossip.meet(id)
    }
  }

  // MARK: - What all members know: revocations, names, labels

  /// Tells the neighbours when there is something they have not been told by this node.
  func knowledgeMayHaveChanged() {
    let digest = membership.knowledgeDigest
    let isNews = state.withLock { state in
      defer { state.toldKnowledge = digest }
      return state.toldKnowledge != digest
    }
    if !isNews { return }
    ownChanges.announce()
    start { [self] in
      guard let session = try? session() else { return }  // nobody to tell then
      for id in await session.gossip.neighbours() {
        start { [self] in
          do {
            try await membership.exchange(over: try caller(to: id))
          } catch {
            log.debug(
              "a neighbour was not told what is new", LogField("peer", id.short),
              LogField("why", String(describing: error)))
          }
          knowledgeMayHaveChanged()
        }
      }
    }
  }

  // MARK: - The machine

  /// This node is seen from elsewhere than before.
  func outsideChanged() {
    log.info("this node has another address outside")
    peers.forEach { $0.doubtCarriers() }
  }

  /// A link was lost. Should that be this side's doing, the ways by which others come in may be
  /// gone too, and nobody else notices.
  func doubtPlaces() {
    for relay in state.withLock({ $0.session?.places.held ?? [] }) {
      peers.ifThere(relay) { $0.doubtCarriers() }
    }
  }

  func networkChanged(_ change: NetworkWatch.Change) {
    log.info("the networks of this machine changed", LogField("now", change.mark))
    state.withLock { state in
      state.interfaces = change.interfaces
      state.mark = change.mark
    }
    peers.forEach { $0.networkChanged() }
    machineChanges.announce()
    ownChanges.announce()
  }
}
