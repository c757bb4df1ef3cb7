import Primitives

/// What this node publishes to one topic.
struct TopicPublisher: Sendable {
  struct Unconfirmed: Sendable {
    var sequence: UInt64
    var payload: [UInt8]
    var token: UInt64
    var since: Instant
  }

  var lastKept: UInt64 = 0
  var lastPassing: UInt64 = 0
  /// By sequence; consecutive.
  var unconfirmed: [Unconfirmed] = []
  /// Up to here each holder has confirmed.
  var confirmed: [NodeID: UInt64] = [:]
  /// Up to here it was sent to each.
  var sent: [NodeID: UInt64] = [:]
  /// Up to here everything was confirmed by all that were holders then.
  var floor: UInt64 = 0
}

extension TopicCore {
  mutating func publish(
    _ token: UInt64, _ topic: String, _ payload: [UInt8], _ isKept: Bool, _ now: Instant,
    _ actions: inout [TopicAction]
  ) {
    guard !topic.isEmpty, topic.utf8.count <= limits.topicBytes, payload.count <= limits.payload
    else {
      actions.append(
        .failed(
          token: token, code: .violation,
          "a topic's name has 1 to \(limits.topicBytes) bytes and a message at most "
            + "\(limits.payload): publish a reference to larger things"))
      return
    }
    var publisher = publishers[topic] ?? TopicPublisher()
    guard publishers[topic] != nil || publishers.count < limits.publishedTopics,
      !isKept || publisher.unconfirmed.count < limits.unconfirmed,
      !isKept || unconfirmedBytes + payload.count <= limits.unconfirmedBytes
    else {
      actions.append(
        .failed(
          token: token, code: .busy,
          "\(unconfirmedCount) messages wait for their holders: try again later"))
      return
    }
    let stream = TopicStream(publisher: own, boot: boot)
    if isKept {
      publisher.lastKept += 1
      publisher.unconfirmed.append(
        TopicPublisher.Unconfirmed(
          sequence: publisher.lastKept, payload: payload, token: token, since: now))
      unconfirmedCount += 1
      unconfirmedBytes += payload.count
      publishers[topic] = publisher
      flush(topic, now, &actions)
      return
    }
    publisher.lastPassing += 1
    publishers[topic] = publisher
    let position = TopicPosition(stream, publisher.lastPassing)
    for holder in holders(of: topic) {
      send(
        .publish(position, isKept: false, payload: payload, floor: 0), topic, to: holder,
        &actions)
    }
    actions.append(.published(token: token, position))
  }

  /// Sends each holder what it has not been sent, as far as the window goes.
  mutating func flush(_ topic: String, _ now: Instant, _ actions: inout [TopicAction]) {
    settleUp(topic, &actions)
    guard var publisher = publishers[topic], let first = publisher.unconfirmed.first else { return }
    let stream = TopicStream(publisher: own, boot: boot)
    for holder in holders(of: topic) {
      let confirmed = publisher.confirmed[holder] ?? 0
      let from = max(publisher.sent[holder] ?? 0, confirmed, first.sequence - 1)
      let end = min(publisher.lastKept, max(confirmed, first.sequence - 1) + UInt64(limits.window))
      guard from < end else { continue }
      for sequence in from + 1...end {
        let message = publisher.unconfirmed[Int(sequence - first.sequence)]
        send(
          .publish(
            TopicPosition(stream, sequence), isKept: true, payload: message.payload,
            floor: publisher.floor), topic, to: holder, &actions)
      }
      publisher.sent[holder] = end
    }
    publishers[topic] = publisher
  }

  /// What all holders have confirmed is published.
  private mutating func settleUp(_ topic: String, _ actions: inout [TopicAction]) {
    let current = holders(of: topic)
    guard var publisher = publishers[topic] else { return }
    let done = current.map { publisher.confirmed[$0] ?? 0 }.min() ?? 0
    guard done > publisher.floor else { return }
    publisher.floor = done
    let stream = TopicStream(publisher: own, boot: boot)
    while let first = publisher.unconfirmed.first, first.sequence <= done {
      publisher.unconfirmed.removeFirst()
      unconfirmedCount -= 1
      unconfirmedBytes -= first.payload.count
      actions.append(.published(token: first.token, TopicPosition(stream, first.sequence)))
    }
    publishers[topic] = publisher
  }

  mutating func confirm(
    _ topic: String, _ position: TopicPosition, by peer: NodeID, _ now: Instant,
    _ actions: inout [TopicAction]
  ) {
    guard position.stream == TopicStream(publisher: own, boot: boot),
      let publisher = publishers[topic], position.sequence <= publisher.lastKept
    else { return }
    let old = publisher.confirmed[peer] ?? 0
    publishers[topic]?.confirmed[peer] = max(old, position.sequence)
    flush(topic, now, &actions)
  }

  /// The holder lacks what was sent: from there on again.
  mutating func fallBack(
    _ topic: String, _ position: TopicPosition, of peer: NodeID, _ now: Instant,
    _ actions: inout [TopicAction]
  ) {
    publishers[topic]?.confirmed[peer] = position.sequence
    // What it lacks below the floor comes from the other holder; until then resending is idle.
    guard let floor = publishers[topic]?.floor, position.sequence >= floor else { return }
    publishers[topic]?.sent[peer] = position.sequence
    flush(topic, now, &actions)
  }

  mutating func retryPublishing(_ now: Instant, _ actions: inout [TopicAction]) {
    for topic in waitingTopics {
      guard let publisher = publishers[topic], let first = publisher.unconfirmed.first,
        first.since.advanced(by: limits.resend) <= now
      else { continue }
      publishers[topic]?.sent = publisher.confirmed
      flush(topic, now, &actions)
    }
  }
}
