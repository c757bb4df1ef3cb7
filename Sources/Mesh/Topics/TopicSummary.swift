package import Primitives

/// One topic as this node knows it.
package struct TopicSummary: Sendable, Equatable {
  package var topic: String
  package var isHeld = false
  package var messages = 0
  package var bytes = 0
  /// Of subscriptions that outlive their subscribers.
  package var names: [String] = []
  package var subscribers = 0
}

/// A named subscription as a holder of its topic sees it.
package struct NamedSubscription: Sendable, Equatable {
  package var name: String
  /// Kept messages that it has not acknowledged.
  package var waiting: Int
  /// Where somebody reads now.
  package var reader: NodeID?
}

extension TopicCore {
  /// The named subscriptions of a topic that this node holds, by name.
  func namedSubscriptions(of topic: String) -> [NamedSubscription] {
    guard let topicHeld = held[topic] else { return [] }
    return topicHeld.log.names.keys.sorted().map { name in
      NamedSubscription(
        name: name, waiting: topicHeld.log.waiting(name),
        reader: topicHeld.consumers[name]?.node)
    }
  }

  /// What this node holds or subscribes to, by name.
  package var summaries: [TopicSummary] {
    let topics = Set(held.keys).union(subscriptions.keys.map(\.topic))
    return topics.sorted().map { topic in
      var summary = TopicSummary(topic: topic)
      let names = subscriptions.keys.filter { $0.topic == topic && !$0.name.isEmpty }.map(\.name)
      summary.names = names.sorted()
      guard let topicHeld = held[topic] else { return summary }
      summary.isHeld = true
      summary.messages = topicHeld.log.count
      summary.bytes = topicHeld.log.bytes
      summary.names = Set(names).union(topicHeld.log.names.keys).sorted()
      summary.subscribers = topicHeld.listeners.count + topicHeld.consumers.count
      return summary
    }
  }
}
