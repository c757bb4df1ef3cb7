import IO
import Primitives

/// Passes on what a fetch keeps while more of it comes, so that it need not be read again. It
/// holds nobody up: what there is no room for is left out.
package final class FetchTap: Sendable {
  struct Chunk: Sendable {
    var digest: Digest
    /// Nobody changes them any more.
    var bytes: PageBuffer
  }

  private let chunks = Handoff<Chunk>(limit: 8 * Manifest.chunkSize) { $0.bytes.count }

  package init() {}

  func offer(_ digest: Digest, _ bytes: PageBuffer) {
    _ = chunks.offer(Chunk(digest: digest, bytes: bytes))
  }

  /// Nil once it is closed and empty, or the task is cancelled.
  func take() async -> Chunk? { await chunks.take() }

  /// Makes the room of what was taken free again.
  func done(_ chunk: Chunk) { chunks.done(chunk.bytes.count) }

  /// What is there can still be taken.
  func close() { chunks.close() }
}
