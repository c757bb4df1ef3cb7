import Primitives

/// A program of this node that listens.
struct Subscription: Sendable {
  /// Of one stream, of messages that are not kept.
  struct Seen: Sendable {
    var highest: UInt64 = 0
    var recent: Set<UInt64> = []
  }

  var holder: NodeID?
  var isConfirmed = false
  var renewAt: Instant
  /// Deliveries that the program has not taken.
  var untaken = 0
  var seen: [TopicStream: Seen] = [:]
  /// Of a named one: the last delivered, and the last acknowledged, of each stream.
  var delivered: [TopicStream: UInt64] = [:]
  var acknowledged: [TopicStream: UInt64] = [:]
  /// Nobody listens, but what was acknowledged is remembered.
  var isResting = false
  /// Of the name at its holder: what was acknowledged before it was deleted says nothing.
  var era: UInt64 = 0
}

extension TopicCore {
  mutating func subscribe(
    _ topic: String, _ name: String, _ now: Instant, _ actions: inout [TopicAction]
  ) {
    let key = SubscriptionKey(topic: topic, name: name)
    guard !topic.isEmpty, topic.utf8.count <= limits.topicBytes,
      name.utf8.count <= limits.nameBytes, subscriptions.count < limits.subscribers
    else {
      actions.append(
        .cutOff(
          topic: topic, name: name,
          reason: "names have at most \(limits.nameBytes) bytes, topics 1 to "
            + "\(limits.topicBytes), a node \(limits.subscribers) subscriptions"))
      return
    }
    if subscriptions[key]?.isResting == false {
      actions.append(
        .cutOff(topic: topic, name: name, reason: "another subscriber took over"))
    }
    var subscription = Subscription(renewAt: now)
    // Acknowledgements on their way to the holder count.
    subscription.acknowledged = subscriptions[key]?.acknowledged ?? [:]
    subscription.delivered = subscription.acknowledged
    subscription.seen = subscriptions[key]?.seen ?? [:]
    subscription.era = subscriptions[key]?.era ?? 0
    subscriptions[key] = subscription
    reattach(key, now, &actions)
  }

  mutating func unsubscribe(_ topic: String, _ name: String, _ actions: inout [TopicAction]) {
    let key = SubscriptionKey(topic: topic, name: name)
    guard let old = subscriptions[key] else { return }
    if let holder = old.holder { send(.detach(name: name), topic, to: holder, &actions) }
    subscriptions[key]?.isResting = true
    subscriptions[key]?.holder = nil
    if name.isEmpty { subscriptions[key] = nil }
  }

  /// Whether the holder has answered.
  func isConfirmed(_ topic: String, _ name: String) -> Bool {
    subscriptions[SubscriptionKey(topic: topic, name: name)]?.isConfirmed ?? false
  }

  /// Chooses the holder and tells it, and the former one.
  mutating func reattach(
    _ key: SubscriptionKey, _ now: Instant, _ actions: inout [TopicAction]
  ) {
    guard var subscription = subscriptions[key], !subscription.isResting else { return }
    let ranking = holders(of: key.topic)
    // Subscribers without a name are divided between the holders.
    let place = key.name.isEmpty ? Int(own.key.words.3 % UInt64(max(1, ranking.count))) : 0
    guard place < ranking.count else { return }
    let holder = ranking[place]
    if subscription.holder == holder, subscription.renewAt > now { return }
    if let former = subscription.holder, former != holder {
      send(.detach(name: key.name), key.topic, to: former, &actions)
    }
    subscription.holder = holder
    let isQuick = !subscription.isConfirmed
    subscription.renewAt = now.advanced(by: isQuick ? .seconds(1) : limits.renewal)
    subscriptions[key] = subscription
    send(.attach(name: key.name), key.topic, to: holder, &actions)
  }

  mutating func renewSubscriptions(_ now: Instant, _ actions: inout [TopicAction]) {
    let due = subscriptions.filter { $0.value.renewAt <= now }.keys.sorted()
    for key in due { reattach(key, now, &actions) }
  }

  mutating func take(
    _ delivery: TopicMessage.Delivery, _ topic: String, from peer: NodeID,
    _ actions: inout [TopicAction]
  ) {
    let key = SubscriptionKey(topic: topic, name: delivery.name)
    guard var subscription = subscriptions[key], !subscription.isResting else { return }
    let (stream, sequence) = (delivery.position.stream, delivery.position.sequence)
    if delivery.name.isEmpty {
      // Kept messages and others count apart.
      let marked = TopicStream(
        publisher: stream.publisher, boot: stream.boot ^ (delivery.isKept ? 1 << 63 : 0))
      guard subscription.isNew(sequence, in: marked, remembered: limits.remembered) else { return }
      subscription.untaken += 1
      subscriptions[key] = subscription
      guard subscription.untaken <= limits.untaken else {
        subscriptions[key] = nil
        send(.detach(name: ""), topic, to: peer, &actions)
        actions.append(
          .cutOff(
            topic: topic, name: "",
            reason: "\(limits.untaken) messages were not taken: read faster, or give the "
              + "subscription a name, which waits for its subscriber"))
        return
      }
      actions.append(.deliver(topic: topic, delivery))
      return
    }
    guard delivery.era >= subscription.era else { return }
    if delivery.era > subscription.era {
      (subscription.acknowledged, subscription.delivered) = ([:], [:])
      subscription.era = delivery.era
    }
    let acknowledged = subscription.acknowledged[stream] ?? 0
    let delivered = max(subscription.delivered[stream] ?? 0, acknowledged, delivery.acknowledged)
    if sequence <= acknowledged {
      let position = TopicPosition(stream, acknowledged)
      send(.acknowledge(name: delivery.name, position), topic, to: peer, &actions)
    }
    guard sequence > delivered, delivery.after <= delivered else { return }
    subscription.delivered[stream] = sequence
    subscriptions[key] = subscription
    actions.append(.deliver(topic: topic, delivery))
  }

  mutating func acknowledge(
    _ topic: String, _ name: String, _ position: TopicPosition, _ actions: inout [TopicAction]
  ) {
    let key = SubscriptionKey(topic: topic, name: name)
    guard !name.isEmpty, let subscription = subscriptions[key],
      subscription.acknowledged[position.stream] ?? 0 < position.sequence,
      subscription.delivered[position.stream] ?? 0 >= position.sequence
    else { return }
    subscriptions[key]?.acknowledged[position.stream] = position.sequence
    for holder in holders(of: topic) {
      send(.acknowledge(name: name, position), topic, to: holder, &actions)
    }
  }
}

extension Subscription {
  /// Notes a message; false for one that was there already or is too old to tell.
  fileprivate mutating func isNew(
    _ sequence: UInt64, in stream: TopicStream, remembered: UInt64
  ) -> Bool {
    var window = seen[stream] ?? Seen()
    guard sequence + remembered > window.highest, window.recent.insert(sequence).inserted else {
      return false
    }
    window.highest = max(window.highest, sequence)
    if window.recent.count > 2 * Int(remembered) {
      window.recent = window.recent.filter { $0 + remembered > window.highest }
    }
    seen[stream] = window
    return true
  }
}
