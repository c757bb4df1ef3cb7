package import Primitives

/// What happens to a topic core.
package enum TopicEvent: Sendable {
  case membersChanged(joined: [NodeID], left: [NodeID])
  case received(TopicMessage, topic: String, from: NodeID)
  /// Answered with `published` or `failed`.
  case publish(token: UInt64, topic: String, payload: [UInt8], isKept: Bool)
  /// An empty name for what comes from now on; a name for what is kept until acknowledged.
  case subscribe(topic: String, name: String)
  /// A named subscription goes on collecting.
  case unsubscribe(topic: String, name: String)
  /// The program has taken so many deliveries of a subscription without a name.
  case consumed(topic: String, count: Int)
  case acknowledge(topic: String, name: String, TopicPosition)
  /// Delete a named subscription; answered with `forgotten` or `failed`.
  case forget(token: UInt64, topic: String, name: String)
  /// What `save` asked for is on disk.
  case saved(token: UInt64)
  /// The link to a peer is full.
  case congested(NodeID)
  case wake
}

/// What a topic core wants done.
package enum TopicAction: Sendable, Equatable {
  case send(TopicMessage, topic: String, to: NodeID)
  case published(token: UInt64, TopicPosition)
  case failed(token: UInt64, code: NetworkError.Code, String)
  case forgotten(token: UInt64)
  case subscribed(topic: String, name: String)
  case deliver(topic: String, TopicMessage.Delivery)
  /// The subscription has ended.
  case cutOff(topic: String, name: String, reason: String)
  /// Answered with `saved`.
  case save(token: UInt64, [TopicWrite])
  case violated(by: NodeID, String)
}

/// A change to what a holder keeps on disk.
package enum TopicWrite: Sendable, Equatable {
  case message(topic: String, TopicMessage.Kept, at: WallTime)
  /// The stream is at this place though the message is not here.
  case last(topic: String, TopicPosition)
  /// Messages of the stream up to this one are gone.
  case trimmed(topic: String, TopicPosition)
  /// Taken up, or deleted where the era is even; nothing is acknowledged in it yet.
  case subscription(topic: String, TopicMessage.Naming)
  case acknowledged(topic: String, TopicMessage.Acknowledged)
  case dropped(topic: String)
}
