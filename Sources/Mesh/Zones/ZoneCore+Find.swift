import Primitives

extension ZoneCore {
  /// A search: one contact, a second one when that is silent, then the zone, then what lies beside
  /// a zone that is catching up. All that are asked at one stage are waited for together.
  struct PendingFind: Sendable {
    enum Stage: Sendable { case contact, second, zone, beyond }

    var token: UInt64
    var keys: KeyRange
    var limit: Int
    var stage = Stage.contact
    var asked: Set<NodeID> = []
    var answered: Set<NodeID> = []
    var hasUnsettled = false
    var hasAnswer = false
    /// How often it was put off for want of a map.
    var delays = 0
    /// Those that did not answer were asked once more.
    var hasRepeated = false
    var deadline: Instant
  }

  mutating func startFind(
    _ token: UInt64, _ keys: KeyRange, _ limit: Int, _ now: Instant,
    _ actions: inout [ZoneAction]
  ) {
    guard finds.count < limits.finds else {
      let reason = NetworkError(.busy, "too many searches are under way: try again later")
      actions.append(.failed(token: token, reason))
      return
    }
    let target = map.zone(of: keys.lower)
    var find = PendingFind(
      token: token, keys: keys, limit: limit, deadline: now.advanced(by: limits.findTimeout))
    let here = shelf.entries(in: keys, limit: limit)
    if !here.isEmpty, target == zone, isSettled(now) {
      actions.append(.found(token: token, here, contacts: 0, wentBeyond: false))
      return
    }
    let id = request()
    guard isInformed else {
      finds[id] = find
      return
    }
    if target != zone, let member = others(in: target).randomElement(using: &random) {
      find.asked = [member]
      find.deadline = now.advanced(by: min(limits.hedge, limits.findTimeout))
      actions.append(.send(.find(request: id, keys: keys, limit: limit), to: member))
      finds[id] = find
    } else {
      find.hasUnsettled = !isSettled(now)
      finds[id] = find
      advance(id, now, &actions)
    }
  }

  mutating func take(
    _ id: UInt64, _ entries: [ZoneEntry], _ isSettled: Bool, from peer: NodeID, _ now: Instant,
    _ actions: inout [ZoneAction]
  ) {
    guard var find = finds[id], find.asked.contains(peer) else { return }
    let matching = entries.filter { find.keys.contains($0.key) }
    if !matching.isEmpty {
      finish(id, find, matching, &actions)
      return
    }
    find.answered.insert(peer)
    find.hasAnswer = true
    find.hasUnsettled = find.hasUnsettled || !isSettled
    finds[id] = find
    let isContact = find.stage == .contact || find.stage == .second
    if isContact || find.answered == find.asked { advance(id, now, &actions) }
  }

  /// Nobody asked so far has it, or is late: ask more.
  mutating func advance(_ id: UInt64, _ now: Instant, _ actions: inout [ZoneAction]) {
    guard var find = finds[id] else { return }
    if !isInformed, find.delays < 10 {
      find.delays += 1
      find.deadline = now.advanced(by: limits.findTimeout)
      finds[id] = find
      return
    }
    let target = map.zone(of: find.keys.lower)
    switch find.stage {
    case .contact where !find.hasAnswer && !find.asked.isEmpty:
      find.stage = .second
      let free = others(in: target).filter { !find.asked.contains($0) }
      let wait = max(.zero, limits.findTimeout - limits.hedge)
      ask(Array(free.shuffled(using: &random).prefix(1)), wait, id, &find, now, &actions)
    case .contact, .second:
      find.stage = .zone
      ask(others(in: target), limits.findTimeout, id, &find, now, &actions)
    case .zone where !find.hasRepeated && find.answered != find.asked:
      find.hasRepeated = true
      find.asked.formIntersection(find.answered)
      ask(others(in: target), limits.findTimeout, id, &find, now, &actions)
    case .zone:
      // Who is dead and not known to be makes nobody go on: the others have the same entries.
      let isSure = !find.hasUnsettled && find.answered.count * 2 > find.asked.count
      guard !isSure, let wider = target.parent else {
        finish(id, find, [], &actions)
        return
      }
      find.stage = .beyond
      ask(others(in: wider), limits.findTimeout * 2, id, &find, now, &actions)
    case .beyond: finish(id, find, [], &actions)
    }
  }

  private mutating func ask(
    _ nodes: [NodeID], _ wait: Duration, _ id: UInt64, _ find: inout PendingFind,
    _ now: Instant, _ actions: inout [ZoneAction]
  ) {
    var nodes = nodes.filter { !find.asked.contains($0) }
    if nodes.count > limits.fanOut {
      nodes.shuffle(using: &random)
      nodes.removeSubrange(limits.fanOut...)
    }
    for node in nodes {
      find.asked.insert(node)
      actions.append(.send(.find(request: id, keys: find.keys, limit: find.limit), to: node))
    }
    find.deadline = now.advanced(by: wait)
    finds[id] = find
    if nodes.isEmpty { advance(id, now, &actions) }
  }

  private mutating func finish(
    _ id: UInt64, _ find: PendingFind, _ found: [ZoneEntry], _ actions: inout [ZoneAction]
  ) {
    finds[id] = nil
    // What a node keeps for others counts too, when the others do not know it yet.
    let entries = found.isEmpty ? shelf.entries(in: find.keys, limit: find.limit) : found
    actions.append(
      .found(
        token: find.token, entries, contacts: find.asked.count,
        wentBeyond: find.stage == .beyond))
  }
}
