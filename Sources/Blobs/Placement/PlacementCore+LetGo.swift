import Primitives

extension PlacementCore {
  /// There are enough copies in the best places: the worst of the others may go.
  mutating func letSurplusGo(
    _ held: inout HeldShare, _ desired: [NodeID], _ whole: [NodeID], _ now: Instant,
    _ actions: inout [PlacementAction]
  ) {
    let live = whole.filter { isLive($0) }
    let isServed = desired.allSatisfy { $0 == own || live.contains($0) }
    guard isServed, desired.count >= held.share.replicas, 1 + live.count > held.share.replicas
    else { return }
    let spare = live.filter { !desired.contains($0) && $0 != held.share.owner }
    if let worst = spare.max(by: { order(held, $0) < order(held, $1) }) {
      if let last = held.releasedAt {
        let next = last.advanced(by: limits.letGoPause)
        if now < next { return held.wake(at: next) }
      }
      held.releasedAt = now
      held.wake(at: now.advanced(by: limits.letGoPause))
      let keepers = [own] + live.filter { $0 != worst }
      actions.append(
        .send(.release(held.name, holders: Array(keepers.prefix(limits.holders))), to: worst))
    } else if !desired.contains(own) {
      startLettingGo(&held, of: live, now, &actions)
    }
  }

  mutating func startLettingGo(
    _ held: inout HeldShare, of keepers: [NodeID], _ now: Instant,
    _ actions: inout [PlacementAction]
  ) {
    guard held.own == .whole, !held.isPinned, held.share.owner != own, held.letGo == nil,
      keepers.count >= held.share.replicas
    else { return }
    for pause in [held.promisedUntil, held.letGoNotBefore].compactMap(\.self) where now < pause {
      return held.wake(at: pause)
    }
    held.letGo = HeldShare.LetGo(began: now)
    held.wake(at: now.advanced(by: limits.promiseUse))
    for peer in keepers { actions.append(.send(.askPromise(held.name), to: peer)) }
  }

  mutating func released(
    _ name: PlacementMessage.Name, _ holders: [NodeID], _ now: Instant,
    _ actions: inout [PlacementAction]
  ) {
    guard var held = shares.removeValue(forKey: name.key) else { return }
    if held.signed.version == name.version {
      let keepers = Set(holders + held.wholeOthers).filter { $0 != own && isLive($0) }
      startLettingGo(&held, of: keepers.sorted(), now, &actions)
    }
    put(held)
  }

  mutating func promiseAsked(
    _ name: PlacementMessage.Name, by peer: NodeID, _ now: Instant,
    _ actions: inout [PlacementAction]
  ) {
    var isGiven = false
    change(name.key) { core, held in
      guard held.own == .whole, held.signed.version == name.version, held.letGo == nil,
        !core.isLeaving
      else { return }
      isGiven = true
      held.promisedUntil = now.advanced(by: core.limits.promise)
    }
    actions.append(.send(.promise(name, isGiven: isGiven), to: peer))
  }

  mutating func promised(
    _ name: PlacementMessage.Name, _ isGiven: Bool, by peer: NodeID, _ now: Instant,
    _ actions: inout [PlacementAction]
  ) {
    guard var held = shares[name.key], held.signed.version == name.version,
      var letGo = held.letGo, held.own == .whole,
      now < letGo.began.advanced(by: limits.promiseUse), !held.isPinned
    else { return }
    if isGiven { letGo.promised.insert(peer) }
    held.letGo = letGo
    guard letGo.promised.count >= held.share.replicas else {
      shares[name.key] = held
      return
    }
    let others = held.wholeOthers.filter { isLive($0) }
    release(&held, now, &actions)
    for other in others {
      actions.append(.send(.told([PlacementMessage.Copy(held.name, .lacking)]), to: other))
    }
    forget(held)
  }
}
