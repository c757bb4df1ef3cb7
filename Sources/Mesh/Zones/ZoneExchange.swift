import Calls

/// The index as other nodes speak of it.
struct ZoneExchange: ZonesV1.ZonesService {
  let streams: PeerStreams<ZonesV1.ZoneMessage>

  func exchange(
    _ requests: MessageReader<ZonesV1.ZoneMessage>, _ replies: MessageWriter<ZonesV1.ZoneMessage>,
    _ context: CallContext
  ) async throws {
    try await streams.answer(requests, replies, context)
  }
}
