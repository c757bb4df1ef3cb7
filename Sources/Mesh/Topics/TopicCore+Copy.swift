import Primitives

extension TopicCore {
  /// Sees to it that every holder has had a copy; whoever is no holder any more then lets go.
  mutating func handOn(_ topic: String, _ now: Instant, _ actions: inout [TopicAction]) {
    let current = holders(of: topic)
    guard var topicHeld = held[topic], !topicHeld.log.isEmpty else { return }
    // Whoever is no holder may let go, and has to be supplied again when it becomes one.
    topicHeld.supplied.formIntersection(current)
    held[topic] = topicHeld
    for holder in current where holder != own && !topicHeld.supplied.contains(holder) {
      startCopy(topic, to: holder, now, &actions)
    }
    let isSupplied = current.allSatisfy { held[topic]?.supplied.contains($0) == true }
    if !current.contains(own), isSupplied {
      writes.append(.dropped(topic: topic))
      held[topic] = nil
    }
  }

  mutating func startCopy(
    _ topic: String, to peer: NodeID, _ now: Instant, _ actions: inout [TopicAction]
  ) {
    guard let topicHeld = held[topic], !topicHeld.copies.contains(where: { $0.peer == peer })
    else { return }
    var task = HeldTopic.CopyTask(
      peer: peer, request: 0, positions: [], lasts: [], resendAt: now)
    for (stream, line) in topicHeld.log.lines.sorted(by: { $0.key < $1.key }) {
      task.lasts.append(TopicPosition(stream, line.last))
      for sequence in line.first..<line.last + 1 {
        task.positions.append(TopicPosition(stream, sequence))
      }
    }
    held[topic]?.supplied.remove(peer)
    held[topic]?.copies.append(task)
    sendPart(topic, to: peer, now, &actions)
  }

  private mutating func sendPart(
    _ topic: String, to peer: NodeID, _ now: Instant, _ actions: inout [TopicAction]
  ) {
    guard var topicHeld = held[topic],
      let index = topicHeld.copies.firstIndex(where: { $0.peer == peer })
    else { return }
    var task = topicHeld.copies[index]
    task.request = number()
    var part = TopicMessage.Copy(request: task.request)
    var size = 0
    while task.covered < task.positions.count, size < limits.copyBytes {
      let position = task.positions[task.covered]
      task.covered += 1
      guard let payload = topicHeld.log.payload(position) else { continue }
      part.messages.append(TopicMessage.Kept(position, payload))
      size += payload.count + 64
    }
    if task.covered == task.positions.count {
      part.isLast = true
      part.lasts = task.lasts
      part.names = topicHeld.log.eras.sorted { $0.key < $1.key }
        .map { TopicMessage.Naming($0.key, era: $0.value) }
      for name in topicHeld.log.names.keys.sorted() {
        let places = topicHeld.log.names[name] ?? [:]
        for (stream, sequence) in places.sorted(by: { $0.key < $1.key }) {
          part.acknowledged.append(
            TopicMessage.Acknowledged(name, TopicPosition(stream, sequence)))
        }
      }
    }
    task.part = part
    task.resendAt = now.advanced(by: limits.resend * 2)
    topicHeld.copies[index] = task
    held[topic] = topicHeld
    send(.copy(part), topic, to: peer, &actions)
  }

  mutating func resendCopies(
    _ topic: String, _ now: Instant, _ actions: inout [TopicAction]
  ) {
    guard let copies = held[topic]?.copies else { return }
    for (index, task) in copies.enumerated() where task.resendAt <= now {
      guard let part = task.part else { continue }
      held[topic]?.copies[index].resendAt = now.advanced(by: limits.resend * 2)
      send(.copy(part), topic, to: task.peer, &actions)
    }
  }

  mutating func continueCopy(
    _ request: UInt64, _ topic: String, _ peer: NodeID, _ now: Instant,
    _ actions: inout [TopicAction]
  ) {
    guard let task = held[topic]?.copies.first(where: { $0.peer == peer }),
      task.request == request
    else { return }
    guard task.part?.isLast == true else {
      sendPart(topic, to: peer, now, &actions)
      return
    }
    held[topic]?.copies.removeAll { $0.peer == peer }
    held[topic]?.supplied.insert(peer)
    handOn(topic, now, &actions)
  }

  mutating func takeCopy(
    _ copy: TopicMessage.Copy, _ topic: String, from peer: NodeID, _ now: Instant,
    _ wall: WallTime, _ actions: inout [TopicAction]
  ) {
    guard held[topic] != nil || held.count < limits.topics else { return }
    var topicHeld = held[topic] ?? HeldTopic(log: TopicLog(limits: limits.log))
    var fresh: [TopicMessage.Kept] = []
    for kept in copy.messages {
      let before = TopicPosition(kept.position.stream, kept.position.sequence - 1)
      // What lay before is gone where this comes from.
      if topicHeld.log.last(before.stream) < before.sequence {
        topicHeld.log.advance(to: before)
        writes.append(.last(topic: topic, before))
      }
      guard topicHeld.log.append(kept, at: wall) else { continue }
      writes.append(.message(topic: topic, kept, at: wall))
      fresh.append(kept)
    }
    for last in copy.lasts where topicHeld.log.last(last.stream) < last.sequence {
      topicHeld.log.advance(to: last)
      writes.append(.last(topic: topic, last))
    }
    for naming in copy.names where topicHeld.log.merge(naming) {
      writes.append(.subscription(topic: topic, naming))
      cutOff(&topicHeld, naming.name, topic, &actions)
    }
    // Places of a name that was deleted since, here or there, are none.
    let current = Set(
      copy.names.filter { topicHeld.log.eras[$0.name] == $0.era }.map(\.name))
    for acknowledged in copy.acknowledged where current.contains(acknowledged.name) {
      if topicHeld.log.acknowledge(acknowledged.name, acknowledged.position) {
        writes.append(.acknowledged(topic: topic, acknowledged))
      }
    }
    held[topic] = topicHeld
    afterWrites.append(
      Effect(message: .copied(request: copy.request), topic: topic, peer: peer))
    for kept in fresh { fanOut(kept.position, isKept: true, kept.payload, topic, &actions) }
    pumpAll(topic, now, &actions)
  }
}
