package import Calls

/// One stream of membership messages with a peer, whoever opened it.
package struct GossipStream: Sendable {
  package let next: @Sendable () async throws -> TableV1.GossipFrame?
  package let write: @Sendable (TableV1.GossipFrame) async throws -> Void

  package init(
    next: @escaping @Sendable () async throws -> TableV1.GossipFrame?,
    write: @escaping @Sendable (TableV1.GossipFrame) async throws -> Void
  ) {
    self.next = next
    self.write = write
  }

  /// The side that opened the call.
  package init(_ conversation: Conversation<TableV1.GossipFrame, TableV1.GossipFrame>) {
    self.init(
      next: { try await conversation.replies.next() },
      write: { try await conversation.requests.write($0) })
  }

  /// The side that answers it.
  package init(
    _ requests: MessageReader<TableV1.GossipFrame>, _ replies: MessageWriter<TableV1.GossipFrame>
  ) {
    self.init(next: { try await requests.next() }, write: { try await replies.write($0) })
  }
}
