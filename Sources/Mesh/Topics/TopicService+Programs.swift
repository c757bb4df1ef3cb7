import Calls
import IO
import Primitives

/// What programs of this node do with topics.
extension TopicService {
  /// Returns when a kept message is on disk at its holders, else when it is on its way. Cancelling
  /// the wait does not take the message back.
  @discardableResult
  package func publish(
    _ payload: [UInt8], to topic: String, isKept: Bool = false
  ) async throws -> TopicPosition {
    let publishing = Publishing()
    var token: UInt64 = 0
    update { state, effects in
      guard state.publishing.count < limits.publishing else { return }
      state.lastToken += 1
      token = state.lastToken
      state.publishing[token] = publishing
      state.feed(
        .publish(token: token, topic: topic, payload: payload, isKept: isKept), &effects)
    }
    guard token != 0 else {
      throw NetworkError(
        .busy, "\(limits.publishing) messages are being published: try again later")
    }
    await publishing.done.wait()
    guard let result = state.withLock({ $0.publishing.removeValue(forKey: token)?.result }) else {
      throw CancellationError()
    }
    return try result.get()
  }

  /// Runs `body` with what comes; the subscription ends with it. With a name, what was not
  /// acknowledged comes again, to whoever subscribes under it next; of several at once the newest
  /// gets it.
  package func subscribe<Answer>(
    to topic: String, name: String = "",
    _ body: (TopicDeliveries) async throws -> Answer
  ) async throws -> Answer {
    var number: UInt64?
    update { state, effects in
      guard state.clients.count < limits.clients else { return }
      let isFirst = !state.clients.has(topic, name)
      if !name.isEmpty { state.clients.end(topic, name, "another subscriber took over") }
      number = state.clients.add(topic, name)
      if isFirst || !name.isEmpty {
        // The former reader of a name goes first, so that this one is not taken for it.
        state.feed(.unsubscribe(topic: topic, name: name), &effects)
        state.feed(.subscribe(topic: topic, name: name), &effects)
      } else if state.core.isConfirmed(topic, name) {
        state.clients.attached(topic, name)
      }
    }
    guard let number else {
      throw NetworkError(.busy, "\(limits.clients) programs listen at this node already")
    }
    defer {
      update { state, effects in
        if state.clients.remove(number) {
          state.feed(.unsubscribe(topic: topic, name: name), &effects)
        }
      }
    }
    return try await body(TopicDeliveries(service: self, number: number))
  }

  /// Up to and including this message of its publisher. Passed on when the subscription is open
  /// at this node; otherwise it changes nothing.
  package func acknowledge(
    _ position: TopicPosition, of topic: String, name: String
  ) throws(NetworkError) {
    guard !name.isEmpty else {
      throw NetworkError(
        .violation, "only subscriptions with a name are acknowledged: give it one")
    }
    handle(.acknowledge(topic: topic, name: name, position))
  }

  /// Deletes a named subscription: returns when its holders have it on disk that it is gone.
  /// Whoever reads under the name is cut off; the next one starts with all that is still kept.
  package func unsubscribe(_ name: String, from topic: String) async throws {
    let forgetting = Forgetting()
    var token: UInt64 = 0
    update { state, effects in
      state.lastToken += 1
      token = state.lastToken
      state.forgetting[token] = forgetting
      state.feed(.forget(token: token, topic: topic, name: name), &effects)
    }
    await forgetting.done.wait()
    guard let result = state.withLock({ $0.forgetting.removeValue(forKey: token)?.result }) else {
      throw CancellationError()
    }
    try result.get()
  }

  /// The named subscriptions of a topic, as one of its holders knows them.
  package func subscriptions(of topic: String) async throws -> [NamedSubscription] {
    let holders = state.withLock { $0.core.holders(of: topic) }
    if holders.contains(own) { return subscriptionsHere(of: topic) }
    var last: any Error = NetworkError(.unreachable, "nobody holds the topic \(topic)")
    for holder in holders {
      do {
        let request = TopicsV1.SubscriptionsRequest {
          $0.topic = topic
          $0.hereOnly = true
        }
        let reply = try await TopicsV1.TopicsClient(try callers(holder)).subscriptions(
          request, options: CallOptions(timeout: .seconds(5)))
        return reply.subscriptions.map {
          NamedSubscription(
            name: $0.name, waiting: Int(clamping: $0.waiting), reader: NodeID($0.readAt))
        }
      } catch { last = error }
    }
    throw last
  }

  func subscriptionsHere(of topic: String) -> [NamedSubscription] {
    state.withLock { $0.core.namedSubscriptions(of: topic) }
  }

  /// What this node holds and subscribes to.
  package var summaries: [TopicSummary] { state.withLock { $0.core.summaries } }
}

/// The messages of one subscription, as long as it is open.
package struct TopicDeliveries: Sendable {
  package enum News: Sendable, Equatable {
    /// From now on nothing is missed for want of a subscription.
    case attached
    case delivery(TopicMessage.Delivery)
  }

  let service: TopicService
  let number: UInt64

  /// At least one; suspends until there is one. Throws `NetworkError` when the subscription has
  /// ended: another took it over, or this one did not keep up.
  package func next() async throws -> [News] {
    while true {
      try Task.checkCancellation()
      let taken = service.state.withLock { $0.clients.take(number) }
      if !taken.news.isEmpty { return taken.news }
      if let end = taken.end { throw NetworkError(.closed, end) }
      await taken.gate.wait()
    }
  }
}
