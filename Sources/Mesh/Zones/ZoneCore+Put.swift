import Primitives

extension ZoneCore {
  /// Entries of one zone on their way to its members.
  struct PendingPut: Sendable {
    var token: UInt64
    var entries: [ZoneEntry]
    var confirmed: Set<NodeID> = []
    var isReported = false
    var attempts = 1
    var deadline: Instant
  }

  mutating func startPut(
    _ token: UInt64, _ entries: [ZoneEntry], _ now: Instant, _ actions: inout [ZoneAction]
  ) {
    do { try check(entries) } catch {
      actions.append(.failed(token: token, error))
      return
    }
    let groups = Dictionary(grouping: entries) { map.zone(of: $0.key) }
    guard puts.count + groups.count <= limits.puts else {
      let reason = NetworkError(.busy, "too many index entries are being stored: try again later")
      actions.append(.failed(token: token, reason))
      return
    }
    if groups.isEmpty { actions.append(.stored(token: token)) }
    for (_, group) in groups.sorted(by: { $0.key < $1.key }) {
      let id = request()
      puts[id] = PendingPut(
        token: token, entries: group, deadline: now.advanced(by: limits.putTimeout))
      send(id, now, &actions)
    }
  }

  private mutating func send(_ id: UInt64, _ now: Instant, _ actions: inout [ZoneAction]) {
    guard let put = puts[id], let first = put.entries.first else { return }
    let target = map.zone(of: first.key)
    var members = others(in: target).filter { !put.confirmed.contains($0) }
    if members.count > limits.fanOut {
      members.shuffle(using: &random)
      members.removeSubrange(limits.fanOut...)
    }
    for member in members {
      actions.append(.send(.put(request: id, entries: put.entries), to: member))
    }
    if target == zone, !isLeaving {
      // Ours expire like anybody's; a clock is not needed to take them.
      for entry in put.entries { _ = shelf.put(entry) }
      confirmPut(id, own, &actions)
    }
  }

  mutating func confirmPut(_ id: UInt64, _ peer: NodeID, _ actions: inout [ZoneAction]) {
    guard var put = puts[id], let first = put.entries.first else { return }
    // Whoever is not a member of the zone keeps it only until members have it.
    let members = roster.members(of: map.zone(of: first.key))
    guard members.contains(peer) else { return }
    put.confirmed.insert(peer)
    let isStored = put.confirmed.count >= min(limits.copies, members.count)
    if isStored, !put.isReported {
      put.isReported = true
      puts[id] = put
      if !puts.values.contains(where: { $0.token == put.token && !$0.isReported }) {
        actions.append(.stored(token: put.token))
      }
    }
    let isComplete = put.confirmed.isSuperset(of: members)
    puts[id] = isComplete && put.isReported ? nil : put
  }

  /// Members that have not answered get it again; those that still lack it after that find it by
  /// comparing.
  mutating func retry(_ id: UInt64, _ now: Instant, _ actions: inout [ZoneAction]) {
    guard var put = puts[id] else { return }
    if put.isReported, put.attempts >= 3 {
      puts[id] = nil
      return
    }
    guard put.attempts < limits.putAttempts else {
      puts = puts.filter { $0.value.token != put.token }
      let reason = NetworkError(
        .timedOut, "fewer than \(limits.copies) members of the zone answered: try again later")
      actions.append(.failed(token: put.token, reason))
      return
    }
    put.attempts += 1
    put.deadline = now.advanced(by: limits.putTimeout)
    puts[id] = put
    send(id, now, &actions)
  }
}
