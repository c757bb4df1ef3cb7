import Primitives

extension TopicCore {
  /// A name that this node has asked the holders to delete.
  struct Forgetting: Sendable {
    var token: UInt64
    var topic: String
    var name: String
    var confirmed: Set<NodeID> = []
    var wasThere = false
    var attempts = 0
    var askAt: Instant
  }

  private static let reason = "the subscription was deleted"

  // MARK: Asking

  mutating func forget(
    _ token: UInt64, _ topic: String, _ name: String, _ now: Instant,
    _ actions: inout [TopicAction]
  ) {
    guard !topic.isEmpty, topic.utf8.count <= limits.topicBytes, !name.isEmpty,
      name.utf8.count <= limits.nameBytes
    else {
      actions.append(
        .failed(
          token: token, code: .violation,
          "a topic has 1 to \(limits.topicBytes) bytes, a subscription's name 1 to "
            + "\(limits.nameBytes)"))
      return
    }
    guard forgetting.count < limits.forgetting else {
      actions.append(
        .failed(
          token: token, code: .busy,
          "\(limits.forgetting) subscriptions are being deleted: try again later"))
      return
    }
    let request = number()
    forgetting[request] = Forgetting(token: token, topic: topic, name: name, askAt: now)
    ask(request, now, &actions)
  }

  private mutating func ask(
    _ request: UInt64, _ now: Instant, _ actions: inout [TopicAction]
  ) {
    guard var task = forgetting[request] else { return }
    task.attempts += 1
    task.askAt = now.advanced(by: limits.resend)
    forgetting[request] = task
    for holder in holders(of: task.topic) where !task.confirmed.contains(holder) {
      send(.forget(request: request, name: task.name), task.topic, to: holder, &actions)
    }
  }

  mutating func noteForgotten(
    _ request: UInt64, wasThere: Bool, by peer: NodeID, _ actions: inout [TopicAction]
  ) {
    guard var task = forgetting[request] else { return }
    task.confirmed.insert(peer)
    task.wasThere = task.wasThere || wasThere
    forgetting[request] = task
    guard holders(of: task.topic).allSatisfy(task.confirmed.contains) else { return }
    forgetting[request] = nil
    let key = SubscriptionKey(topic: task.topic, name: task.name)
    if let old = subscriptions.removeValue(forKey: key), !old.isResting {
      actions.append(.cutOff(topic: task.topic, name: task.name, reason: Self.reason))
    }
    // An answer that was lost may have been the one that said so.
    if task.wasThere || task.attempts > 1 {
      actions.append(.forgotten(token: task.token))
    } else {
      actions.append(
        .failed(
          token: task.token, code: .notFound,
          "the topic \(task.topic) has no subscription \(task.name); see "
            + "`apus topic subscriptions \(task.topic)`"))
    }
  }

  mutating func retryForgetting(_ now: Instant, _ actions: inout [TopicAction]) {
    for request in forgetting.filter({ $0.value.askAt <= now }).keys.sorted() {
      guard let task = forgetting[request] else { continue }
      if task.attempts < limits.forgetAttempts {
        ask(request, now, &actions)
        continue
      }
      forgetting[request] = nil
      actions.append(
        .failed(
          token: task.token, code: .timedOut,
          "not every node that holds the topic answered: the subscription may still be there; "
            + "try again"))
    }
  }

  // MARK: Holding

  mutating func drop(
    _ name: String, _ request: UInt64, _ topic: String, for peer: NodeID,
    _ actions: inout [TopicAction]
  ) {
    let wasThere = held[topic]?.log.names[name] != nil
    if var topicHeld = held[topic], let naming = topicHeld.log.drop(name) {
      writes.append(.subscription(topic: topic, naming))
      cutOff(&topicHeld, name, topic, &actions)
      held[topic] = topicHeld
    }
    let answer = TopicMessage.forgotten(request: request, wasThere: wasThere)
    afterWrites.append(Effect(message: answer, topic: topic, peer: peer))
  }

  /// Whoever reads under a name that is of another time.
  mutating func cutOff(
    _ topicHeld: inout HeldTopic, _ name: String, _ topic: String, _ actions: inout [TopicAction]
  ) {
    guard let consumer = topicHeld.consumers.removeValue(forKey: name) else { return }
    send(.cutOff(name: name, reason: Self.reason), topic, to: consumer.node, &actions)
  }
}
