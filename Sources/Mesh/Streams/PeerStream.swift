import Calls

/// One stream as either side sees it.
struct PeerStream<M: Message>: Sendable {
  /// Whether this node opened it.
  let isCalled: Bool
  let next: @Sendable (WireReader.Limits) async throws -> M?
  let write: @Sendable (M) async throws -> Void
  let finish: @Sendable () async throws -> Void

  init(_ conversation: Conversation<M, M>) {
    isCalled = true
    next = { try await conversation.replies.next(limits: $0) }
    write = { try await conversation.requests.write($0) }
    finish = { try await conversation.finish() }
  }

  init(_ requests: MessageReader<M>, _ replies: MessageWriter<M>) {
    isCalled = false
    next = { try await requests.next(limits: $0) }
    write = { try await replies.write($0) }
    finish = {}
  }
}
