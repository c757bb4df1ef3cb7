package import Calls
import IO

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

  /// The side that opened the call. On the loop of the stream, where its reading and writing go
  /// on, whichever loop asks for it.
  package init(_ conversation: Conversation<TableV1.GossipFrame, TableV1.GossipFrame>) {
    self.init(conversation.replies, conversation.requests)
  }

  /// The side that answers it; on the loop of the stream as well.
  package init(
    _ reader: MessageReader<TableV1.GossipFrame>, _ writer: MessageWriter<TableV1.GossipFrame>
  ) {
    guard let loop = EventLoop.current else { preconditionFailure("a stream belongs to a loop") }
    self.init(
      next: { try await loop.run { try await reader.next() } },
      write: { frame in try await loop.run { try await writer.write(frame) } })
  }
}
