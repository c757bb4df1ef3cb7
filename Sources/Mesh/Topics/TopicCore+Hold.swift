import Primitives

extension TopicCore {
  /// How long a holder waits for others to fill a gap before it takes the messages for lost.
  private static let patience = Duration.seconds(15)

  mutating func restore(_ write: TopicWrite) {
    switch write {
    case .message(let topic, let kept, let time):
      _ = open(topic)
      _ = held[topic]?.log.append(kept, at: time)
    case .last(let topic, let position):
      _ = open(topic)
      held[topic]?.log.advance(to: position)
    case .subscription(let topic, let naming):
      _ = open(topic)
      _ = held[topic]?.log.merge(naming)
    case .acknowledged(let topic, let acknowledged):
      _ = held[topic]?.log.acknowledge(acknowledged.name, acknowledged.position)
    case .trimmed: break
    case .dropped(let topic): held[topic] = nil
    }
  }

  /// False when this node holds as many topics as it may.
  private mutating func open(_ topic: String) -> Bool {
    if held[topic] != nil { return true }
    guard held.count < limits.topics else { return false }
    held[topic] = HeldTopic(log: TopicLog(limits: limits.log))
    return true
  }

  // MARK: Keeping

  mutating func keep(
    _ kept: TopicMessage.Kept, _ floor: UInt64, _ topic: String, from peer: NodeID,
    _ now: Instant, _ wall: WallTime, _ actions: inout [TopicAction]
  ) {
    let (stream, sequence) = (kept.position.stream, kept.position.sequence)
    guard open(topic), var topicHeld = held[topic],
      topicHeld.log.knows(stream) || topicHeld.log.hasRoomForStream
    else { return }
    if topicHeld.log.last(stream) < sequence - 1 {
      close(&topicHeld, stream, floor, topic, now, &actions)
    }
    if topicHeld.log.append(kept, at: wall) {
      writes.append(.message(topic: topic, kept, at: wall))
      topicHeld.gaps[stream] = nil
      held[topic] = topicHeld
      fanOut(kept.position, isKept: true, kept.payload, topic, &actions)
      pumpAll(topic, now, &actions)
    } else {
      held[topic] = topicHeld
    }
    let last = TopicPosition(stream, topicHeld.log.last(stream))
    if last.sequence >= sequence {
      afterWrites.append(Effect(message: .accepted(last), topic: topic, peer: peer))
    } else {
      send(.behind(last), topic, to: peer, &actions)
    }
  }

  /// What lies below the floor is asked of the other holders; if none has it, it is gone.
  private mutating func close(
    _ topicHeld: inout HeldTopic, _ stream: TopicStream, _ floor: UInt64, _ topic: String,
    _ now: Instant, _ actions: inout [TopicAction]
  ) {
    let last = topicHeld.log.last(stream)
    guard last < floor else { return }
    let others = holders(of: topic).filter { $0 != own }
    var gap = topicHeld.gaps[stream] ?? HeldTopic.Gap(floor: floor, since: now, askAt: now)
    if gap.askAt <= now {
      gap.askAt = now.advanced(by: limits.redeliver)
      topicHeld.gaps[stream] = gap
      for other in others {
        send(.behind(TopicPosition(stream, last)), topic, to: other, &actions)
      }
    }
    if gap.since.advanced(by: Self.patience) <= now {
      let position = TopicPosition(stream, floor)
      topicHeld.log.advance(to: position)
      topicHeld.gaps[stream] = nil
      writes.append(.last(topic: topic, position))
    }
  }

  // MARK: Subscribers

  mutating func attach(
    _ name: String, _ topic: String, _ peer: NodeID, _ now: Instant,
    _ actions: inout [TopicAction]
  ) {
    guard open(topic), var topicHeld = held[topic] else { return }
    let leaseEnd = now.advanced(by: limits.lease)
    if name.isEmpty {
      let isNew = topicHeld.listeners[peer] == nil
      guard !isNew || topicHeld.listeners.count < limits.subscribers else {
        let reason = "the topic has \(limits.subscribers) subscribers: try again later"
        send(.cutOff(name: name, reason: reason), topic, to: peer, &actions)
        return
      }
      held[topic]?.listeners[peer] = leaseEnd
      send(.attached(name: name), topic, to: peer, &actions)
      return
    }
    if topicHeld.log.names[name] == nil {
      guard topicHeld.log.hasRoomForName else {
        let reason = "the topic has as many named subscriptions as it may"
        send(.cutOff(name: name, reason: reason), topic, to: peer, &actions)
        return
      }
      // It starts with all that is still kept: a holder that has just become one cannot know
      // whether the name is new.
      if let naming = topicHeld.log.adopt(name) {
        writes.append(.subscription(topic: topic, naming))
      }
      topicHeld.supplied = []
    }
    if let former = topicHeld.consumers[name]?.node, former != peer {
      let reason = "another subscriber took over"
      send(.cutOff(name: name, reason: reason), topic, to: former, &actions)
      topicHeld.consumers[name] = nil
    }
    if topicHeld.consumers[name] == nil {
      topicHeld.consumers[name] = HeldTopic.Consumer(
        node: peer, leaseEnd: leaseEnd, wait: limits.redeliver)
    }
    topicHeld.consumers[name]?.leaseEnd = leaseEnd
    held[topic] = topicHeld
    afterWrites.append(Effect(message: .attached(name: name), topic: topic, peer: peer))
    handOn(topic, now, &actions)
    pump(topic, name, now, &actions)
  }

  mutating func fanOut(
    _ position: TopicPosition, isKept: Bool, _ payload: [UInt8], _ topic: String,
    _ actions: inout [TopicAction]
  ) {
    guard let topicHeld = held[topic] else { return }
    let delivery = TopicMessage.Delivery(
      name: "", position: position, isKept: isKept, payload: payload)
    for listener in topicHeld.listeners.keys.sorted() {
      send(.deliver(delivery), topic, to: listener, &actions)
    }
  }

  mutating func pumpAll(_ topic: String, _ now: Instant, _ actions: inout [TopicAction]) {
    for name in held[topic]?.consumers.keys.sorted() ?? [] {
      pump(topic, name, now, &actions)
    }
  }

  /// Sends a named subscription what follows, as far as its window goes.
  mutating func pump(
    _ topic: String, _ name: String, _ now: Instant, _ actions: inout [TopicAction]
  ) {
    guard let topicHeld = held[topic], var consumer = topicHeld.consumers[name] else { return }
    let log = topicHeld.log
    var inFlight = 0
    for (stream, sent) in consumer.sent {
      inFlight += Int(sent - min(sent, log.acknowledged(name, stream)))
    }
    for stream in log.lines.keys.sorted() {
      let acknowledged = log.acknowledged(name, stream)
      var after = max(consumer.sent[stream] ?? 0, acknowledged)
      while inFlight < limits.inFlight, let next = log.next(after: after, in: stream) {
        let position = TopicPosition(stream, next)
        guard let payload = log.payload(position) else { break }
        var delivery = TopicMessage.Delivery(
          name: name, position: position, isKept: true, payload: payload)
        delivery.after = after
        delivery.acknowledged = acknowledged
        delivery.era = log.eras[name] ?? 0
        send(.deliver(delivery), topic, to: consumer.node, &actions)
        after = next
        inFlight += 1
      }
      consumer.sent[stream] = after
    }
    if inFlight == 0 {
      consumer.redeliverAt = nil
    } else if consumer.redeliverAt == nil {
      consumer.redeliverAt = now.advanced(by: consumer.wait)
    }
    held[topic]?.consumers[name] = consumer
  }

  mutating func noteAcknowledged(
    _ name: String, _ position: TopicPosition, _ topic: String, _ now: Instant,
    _ actions: inout [TopicAction]
  ) {
    guard var topicHeld = held[topic], position.sequence <= topicHeld.log.last(position.stream),
      topicHeld.log.acknowledge(name, position)
    else { return }
    topicHeld.consumers[name]?.redeliverAt = nil
    topicHeld.consumers[name]?.wait = limits.redeliver
    held[topic] = topicHeld
    let acknowledged = TopicMessage.Acknowledged(name, position)
    writes.append(.acknowledged(topic: topic, acknowledged))
    pump(topic, name, now, &actions)
  }

  /// The other holder may have let go in between without this one noticing.
  private mutating func check(
    _ topic: String, _ now: Instant, _ actions: inout [TopicAction]
  ) {
    guard let topicHeld = held[topic], !topicHeld.log.isEmpty, topicHeld.checkAt <= now else {
      return
    }
    held[topic]?.checkAt = now.advanced(by: limits.check)
    for holder in topicHeld.supplied.sorted() { send(.check, topic, to: holder, &actions) }
  }

  mutating func detachAll(_ peer: NodeID, _ actions: inout [TopicAction]) {
    for topic in held.keys.sorted() where held[topic]?.listeners[peer] != nil {
      held[topic]?.listeners[peer] = nil
      let reason = "the link is full: read faster, or give the subscription a name"
      send(.cutOff(name: "", reason: reason), topic, to: peer, &actions)
    }
  }

  mutating func forget(_ node: NodeID) {
    for topic in held.keys { held[topic]?.forget(node) }
  }

  // MARK: Once a second

  mutating func tendHeld(_ now: Instant, _ wall: WallTime, _ actions: inout [TopicAction]) {
    for topic in held.keys.sorted() {
      guard var topicHeld = held[topic] else { continue }
      for (peer, end) in topicHeld.listeners where end <= now { topicHeld.listeners[peer] = nil }
      var due: [String] = []
      for (name, consumer) in topicHeld.consumers {
        if consumer.leaseEnd <= now {
          topicHeld.consumers[name] = nil
        } else if let time = consumer.redeliverAt, time <= now {
          topicHeld.consumers[name]?.sent = [:]
          topicHeld.consumers[name]?.redeliverAt = nil
          topicHeld.consumers[name]?.wait = min(consumer.wait * 2, limits.longestRedeliver)
          due.append(name)
        }
      }
      for position in topicHeld.log.trim(wall) {
        writes.append(.trimmed(topic: topic, position))
      }
      held[topic] = topicHeld.isIdle ? nil : topicHeld
      for name in due.sorted() { pump(topic, name, now, &actions) }
      resendCopies(topic, now, &actions)
      check(topic, now, &actions)
      handOn(topic, now, &actions)
    }
  }
}
