package import Primitives

// # Topics
//
// Each topic has two *holders*: the two live nodes that rank highest for its name (rendezvous
// hashing), which every node works out by itself. Publishers send to both, subscribers attach to
// one, and holders pass messages on. So a message costs one copy to each holder and one to each
// subscriber, however large the network is. A tree over the whole overlay (Plumtree) would bring
// every message to every node, or need a tree per topic to be repaired at every change; it pays
// where nearly all nodes subscribe, which here is the gossip's business and not a topic's.
//
// A message is passed on at most once, or *kept*: then both holders write it to disk before the
// publisher hears that it is published, and a subscription with a name gets it at least once. There
// is no leader and no common order. A message's place is its publisher's own count, which has no
// gaps, so each holder can tell what it lacks, and what a subscription has acknowledged is one
// number per publisher: two holders merge by taking the larger. When a holder dies, the other one
// copies what it has to the next in rank; until it has, the newcomer takes nothing that does not
// follow what it has.

/// One node's part in topics: publisher, holder and subscriber.
package struct TopicCore: Sendable {
  package struct Limits: Sendable {
    package var log = TopicLog.Limits()
    package var payload = 64 << 10
    package var topicBytes = 255
    package var nameBytes = 64
    /// That this node holds.
    package var topics = 4_096
    /// That it publishes to: their counts are kept until it ends.
    package var publishedTopics = 65_536
    package var holders = 2
    /// Kept messages of a publisher that no holder has confirmed.
    package var unconfirmed = 1_024
    /// Of all topics together.
    package var unconfirmedBytes = 64 << 20
    /// Of these, how many are on their way to one holder.
    package var window = 32
    package var resend = Duration.seconds(1)
    /// Messages of one subscription on their way.
    package var inFlight = 64
    package var redeliver = Duration.seconds(3)
    package var longestRedeliver = Duration.seconds(48)
    package var lease = Duration.seconds(45)
    package var renewal = Duration.seconds(15)
    package var subscribers = 16_384
    /// Deliveries that a program has not taken when its subscription is cut off.
    package var untaken = 1_024
    /// How often a holder makes sure that the other one knows the topic.
    package var check = Duration.seconds(30)
    package var copyBytes = 256 << 10
    /// Positions that a subscription remembers of each stream, against doubles.
    package var remembered: UInt64 = 1_024
    /// Subscriptions that this node deletes at a time.
    package var forgetting = 256
    package var forgetAttempts = 10

    package init() {}
  }

  let own: NodeID
  let boot: UInt64
  let limits: Limits
  private var roster: ZoneRoster
  private var rankings: [String: [NodeID]] = [:]

  var publishers: [String: TopicPublisher] = [:]
  /// In what publishers have that no holder has confirmed.
  var unconfirmedBytes = 0
  var unconfirmedCount = 0
  var held: [String: HeldTopic] = [:]
  var subscriptions: [SubscriptionKey: Subscription] = [:]
  var forgetting: [UInt64: Forgetting] = [:]
  private var nextTick: Instant?
  private var lastNumber: UInt64
  /// Since the last `save`.
  var writes: [TopicWrite] = []
  /// What waits for the writes of this event.
  var afterWrites: [Effect] = []
  private var waiting: [UInt64: [Effect]] = [:]
  /// Writes are done in their order.
  private var newestSave: UInt64?
  private var inbox: [(TopicMessage, String)] = []

  /// A message that may go out once what it says is on disk.
  struct Effect: Sendable {
    var message: TopicMessage
    var topic: String
    var peer: NodeID
  }

  struct SubscriptionKey: Hashable, Sendable, Comparable {
    var topic: String
    var name: String

    static func < (left: Self, right: Self) -> Bool {
      (left.topic, left.name) < (right.topic, right.name)
    }
  }

  /// `restored`: what was written before, in that order.
  package init(
    own: NodeID, boot: UInt64, restored: [TopicWrite] = [], limits: Limits = Limits()
  ) {
    self.own = own
    self.boot = boot
    self.limits = limits
    roster = ZoneRoster([own])
    lastNumber = boot
    for write in restored { restore(write) }
  }

  mutating func number() -> UInt64 {
    lastNumber &+= 1
    return lastNumber
  }

  package mutating func handle(
    _ event: TopicEvent, now: Instant, wall: WallTime
  ) -> [TopicAction] {
    var actions: [TopicAction] = []
    if nextTick == nil { nextTick = now.advanced(by: .seconds(1)) }
    switch event {
    case .membersChanged(let joined, let left): changeMembers(joined, left, now, &actions)
    case .received(let message, let topic, let peer):
      receive(message, topic, from: peer, now, wall, &actions)
    case .publish(let token, let topic, let payload, let isKept):
      publish(token, topic, payload, isKept, now, &actions)
    case .subscribe(let topic, let name): subscribe(topic, name, now, &actions)
    case .unsubscribe(let topic, let name): unsubscribe(topic, name, &actions)
    case .consumed(let topic, let count):
      subscriptions[SubscriptionKey(topic: topic, name: "")]?.untaken -= count
    case .acknowledge(let topic, let name, let position):
      acknowledge(topic, name, position, &actions)
    case .forget(let token, let topic, let name): forget(token, topic, name, now, &actions)
    case .saved(let token):
      if newestSave == token { newestSave = nil }
      for effect in waiting.removeValue(forKey: token) ?? [] {
        send(effect.message, effect.topic, to: effect.peer, &actions)
      }
    case .congested(let peer): detachAll(peer, &actions)
    case .wake: break
    }
    if let tick = nextTick, tick <= now {
      nextTick = now.advanced(by: .seconds(1))
      retryPublishing(now, &actions)
      renewSubscriptions(now, &actions)
      retryForgetting(now, &actions)
      tendHeld(now, wall, &actions)
    }
    drain(now, wall, &actions)
    return actions
  }

  /// A node without topics sleeps.
  package var nextWake: Instant? {
    unconfirmedCount == 0 && held.isEmpty && subscriptions.isEmpty && forgetting.isEmpty
      ? nil : nextTick
  }

  /// Messages to this node itself, and what is to be written.
  private mutating func drain(
    _ now: Instant, _ wall: WallTime, _ actions: inout [TopicAction]
  ) {
    while !inbox.isEmpty {
      let (message, topic) = inbox.removeFirst()
      receive(message, topic, from: own, now, wall, &actions)
    }
    if writes.isEmpty {
      // What a message that came twice says may still be on its way to the disk.
      if let newestSave {
        waiting[newestSave, default: []] += afterWrites
        afterWrites = []
        return
      }
      for effect in afterWrites {
        send(effect.message, effect.topic, to: effect.peer, &actions)
      }
      afterWrites = []
      if !inbox.isEmpty { drain(now, wall, &actions) }
      return
    }
    let token = number()
    waiting[token] = afterWrites
    newestSave = token
    actions.append(.save(token: token, writes))
    writes = []
    afterWrites = []
  }

  mutating func send(
    _ message: TopicMessage, _ topic: String, to peer: NodeID, _ actions: inout [TopicAction]
  ) {
    if peer == own {
      inbox.append((message, topic))
    } else {
      actions.append(.send(message, topic: topic, to: peer))
    }
  }

  // MARK: Ranking

  /// The nodes that hold a topic, best first.
  package mutating func holders(of topic: String) -> [NodeID] {
    if let known = rankings[topic] { return known }
    // FNV-1a, then SplitMix64's mixing: the ranks need to be even, not hard to foresee.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in topic.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    var best: [(score: UInt64, node: NodeID)] = []
    for node in roster.nodes {
      var random = SplitMix(seed: hash ^ node.key.words.0 ^ node.key.words.3)
      best.append((random.next(), node))
      var index = best.count - 1
      while index > 0, (best[index - 1].score, best[index - 1].node) < best[index] {
        best.swapAt(index, index - 1)
        index -= 1
      }
      if best.count > limits.holders { best.removeLast() }
    }
    let ranking = best.map(\.node)
    if rankings.count >= 2 * limits.topics { rankings = [:] }
    rankings[topic] = ranking
    return ranking
  }

  private mutating func changeMembers(
    _ joined: [NodeID], _ left: [NodeID], _ now: Instant, _ actions: inout [TopicAction]
  ) {
    var hasChanged = false
    for node in joined where roster.insert(node) { hasChanged = true }
    for node in left where node != own && roster.remove(node) {
      hasChanged = true
      forget(node)
    }
    guard hasChanged else { return }
    rankings = [:]
    for topic in waitingTopics { flush(topic, now, &actions) }
    for key in subscriptions.keys.sorted() { reattach(key, now, &actions) }
    for topic in held.keys.sorted() { handOn(topic, now, &actions) }
  }

  /// Those with messages that no holder has confirmed.
  var waitingTopics: [String] {
    unconfirmedCount == 0
      ? [] : publishers.filter { !$0.value.unconfirmed.isEmpty }.keys.sorted()
  }

  // MARK: Messages

  private mutating func receive(
    _ message: TopicMessage, _ topic: String, from peer: NodeID, _ now: Instant, _ wall: WallTime,
    _ actions: inout [TopicAction]
  ) {
    if let complaint = complaint(message, topic, from: peer) {
      actions.append(.violated(by: peer, complaint))
      return
    }
    switch message {
    case .publish(let position, let isKept, let payload, let floor):
      if isKept {
        keep(TopicMessage.Kept(position, payload), floor, topic, from: peer, now, wall, &actions)
      } else {
        fanOut(position, isKept: false, payload, topic, &actions)
      }
    case .accepted(let position): confirm(topic, position, by: peer, now, &actions)
    case .behind(let position):
      if position.stream.publisher == own, position.stream.boot == boot {
        fallBack(topic, position, of: peer, now, &actions)
      } else {
        startCopy(topic, to: peer, now, &actions)
      }
    case .attach(let name): attach(name, topic, peer, now, &actions)
    case .attached(let name):
      guard let old = subscriptions[SubscriptionKey(topic: topic, name: name)] else { return }
      if !old.isConfirmed {
        subscriptions[SubscriptionKey(topic: topic, name: name)]?.isConfirmed = true
        actions.append(.subscribed(topic: topic, name: name))
      }
    case .detach(let name): held[topic]?.detach(name, peer)
    case .deliver(let delivery): take(delivery, topic, from: peer, &actions)
    case .acknowledge(let name, let position):
      noteAcknowledged(name, position, topic, now, &actions)
    case .copy(let copy): takeCopy(copy, topic, from: peer, now, wall, &actions)
    case .copied(let request): continueCopy(request, topic, peer, now, &actions)
    case .check:
      if held[topic]?.log.isEmpty ?? true {
        let nothing = TopicPosition(TopicStream(publisher: own, boot: 0), 0)
        send(.behind(nothing), topic, to: peer, &actions)
      }
    case .cutOff(let name, let reason):
      if subscriptions.removeValue(forKey: SubscriptionKey(topic: topic, name: name)) != nil {
        actions.append(.cutOff(topic: topic, name: name, reason: reason))
      }
    case .forget(let request, let name): drop(name, request, topic, for: peer, &actions)
    case .forgotten(let request, let wasThere):
      noteForgotten(request, wasThere: wasThere, by: peer, &actions)
    }
  }

  private func complaint(
    _ message: TopicMessage, _ topic: String, from peer: NodeID
  ) -> String? {
    guard !topic.isEmpty, topic.utf8.count <= limits.topicBytes else {
      return "a topic's name has 1 to \(limits.topicBytes) bytes, not \(topic.utf8.count)"
    }
    switch message {
    case .publish(let position, _, let payload, _):
      if position.stream.publisher != peer { return "a message comes in somebody else's name" }
      if payload.count > limits.payload { return "a message has \(payload.count) bytes" }
      if position.sequence == 0 { return "sequences count from 1" }
    case .attach(let name), .acknowledge(let name, _), .forget(_, let name):
      if name.utf8.count > limits.nameBytes { return "a name has \(name.utf8.count) bytes" }
    case .copy(let copy):
      let bytes = copy.messages.reduce(0) { $0 + $1.payload.count }
      if bytes > limits.copyBytes + limits.payload { return "a copy has \(bytes) bytes" }
    case .accepted, .behind, .attached, .detach, .deliver, .copied, .check, .cutOff, .forgotten:
      return nil
    }
    return nil
  }
}
