import Calls
import Primitives

/// Topics as programs call them.
struct TopicCalls: TopicsV1.TopicsService {
  let service: TopicService

  func publish(
    _ request: TopicsV1.PublishRequest, _ context: CallContext
  ) async throws -> TopicsV1.PublishReply {
    try await translated {
      let position = try await service.publish(
        request.payload, to: request.topic, isKept: request.isKept)
      return TopicsV1.PublishReply { $0.position = position.wire }
    }
  }

  func subscribe(
    _ request: TopicsV1.SubscribeRequest, _ replies: MessageWriter<TopicsV1.Delivery>,
    _ context: CallContext
  ) async throws {
    try await translated {
      try await service.subscribe(to: request.topic, name: request.name) { deliveries in
        while true {
          for news in try await deliveries.next() { try await replies.write(news.wire) }
        }
      }
    }
  }

  func acknowledge(
    _ request: TopicsV1.AcknowledgeRequest, _ context: CallContext
  ) async throws -> TopicsV1.AcknowledgeReply {
    try await translated {
      let position = try TopicPosition(request.position)
      try service.acknowledge(position, of: request.topic, name: request.name)
      return TopicsV1.AcknowledgeReply()
    }
  }

  func subscriptions(
    _ request: TopicsV1.SubscriptionsRequest, _ context: CallContext
  ) async throws -> TopicsV1.SubscriptionsReply {
    try await translated {
      let found =
        request.hereOnly
        ? service.subscriptionsHere(of: request.topic)
        : try await service.subscriptions(of: request.topic)
      return TopicsV1.SubscriptionsReply {
        $0.subscriptions = found.map { subscription in
          TopicsV1.SubscriptionState {
            $0.name = subscription.name
            $0.waiting = UInt64(subscription.waiting)
            $0.readAt = subscription.reader?.bytes ?? []
          }
        }
      }
    }
  }

  func unsubscribe(
    _ request: TopicsV1.UnsubscribeRequest, _ context: CallContext
  ) async throws -> TopicsV1.UnsubscribeReply {
    try await translated {
      try await service.unsubscribe(request.name, from: request.topic)
      return TopicsV1.UnsubscribeReply()
    }
  }

  func list(
    _ request: TopicsV1.ListRequest, _ context: CallContext
  ) async throws -> TopicsV1.ListReply {
    let topics = service.summaries
    return TopicsV1.ListReply {
      $0.topics = topics.map { summary in
        TopicsV1.TopicState {
          $0.topic = summary.topic
          $0.isHeld = summary.isHeld
          $0.messages = UInt64(summary.messages)
          $0.bytes = UInt64(summary.bytes)
          $0.names = summary.names
          $0.subscribers = UInt32(clamping: summary.subscribers)
        }
      }
    }
  }

  private func translated<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
    do { return try await body() } catch let error as NetworkError {
      let code: Status.Code =
        switch error.code {
        case .violation: .invalidArgument
        case .busy: .resourceExhausted
        case .closed: .aborted
        case .timedOut, .unreachable: .unavailable
        case .forged, .expired, .revoked, .used, .wrongNetwork, .denied: .permissionDenied
        case .notFound: .notFound
        case .ambiguous, .exists: .failedPrecondition
        }
      throw Status(code, error.message)
    }
  }
}

extension TopicDeliveries.News {
  fileprivate var wire: TopicsV1.Delivery {
    switch self {
    case .attached: TopicsV1.Delivery()
    case .delivery(let delivery):
      TopicsV1.Delivery {
        $0.position = delivery.position.wire
        $0.isKept = delivery.isKept
        $0.payload = delivery.payload
      }
    }
  }
}
