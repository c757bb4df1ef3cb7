import Primitives

/// A topic as one of its holders sees it.
struct HeldTopic: Sendable {
  /// Whoever gets the messages of a subscription with a name.
  struct Consumer: Sendable {
    var node: NodeID
    var leaseEnd: Instant
    /// Up to here each stream was sent.
    var sent: [TopicStream: UInt64] = [:]
    var redeliverAt: Instant?
    var wait: Duration
  }

  struct CopyTask: Sendable {
    var peer: NodeID
    /// Of the part on its way.
    var request: UInt64
    var positions: [TopicPosition]
    /// What the parts up to and including the one on its way cover.
    var covered = 0
    var lasts: [TopicPosition]
    var part: TopicMessage.Copy?
    var resendAt: Instant
  }

  /// Messages of a stream are missing that its publisher cannot send again.
  struct Gap: Sendable {
    var floor: UInt64
    var since: Instant
    /// When the other holders are asked again.
    var askAt: Instant
  }

  var log: TopicLog
  /// Subscribers without a name, and when their leases end.
  var listeners: [NodeID: Instant] = [:]
  var consumers: [String: Consumer] = [:]
  /// Holders that have had a copy.
  var supplied: Set<NodeID> = []
  var copies: [CopyTask] = []
  var checkAt = Instant(nanoseconds: .min)
  var gaps: [TopicStream: Gap] = [:]

  mutating func detach(_ name: String, _ peer: NodeID) {
    if name.isEmpty {
      listeners[peer] = nil
    } else if consumers[name]?.node == peer {
      consumers[name] = nil
    }
  }

  mutating func forget(_ node: NodeID) {
    supplied.remove(node)
    listeners[node] = nil
    copies.removeAll { $0.peer == node }
    consumers = consumers.filter { $0.value.node != node }
  }

  var isIdle: Bool {
    log.isEmpty && listeners.isEmpty && copies.isEmpty
  }
}
