import Calls

/// Topics as other nodes speak of them.
struct TopicExchange: TopicsV1.TopicExchangeService {
  let streams: PeerStreams<TopicsV1.TopicMessage>

  func exchange(
    _ requests: MessageReader<TopicsV1.TopicMessage>,
    _ replies: MessageWriter<TopicsV1.TopicMessage>, _ context: CallContext
  ) async throws {
    try await streams.answer(requests, replies, context)
  }
}
