import Calls
package import Primitives
import Security

// MARK: - Who has a blob

extension Fetcher {
  /// Whether a node has a blob that is here: it has to send a chunk that is drawn. Who knows no
  /// more than the name of a blob cannot.
  package func proves(_ node: NodeID, _ manifest: Manifest) async -> Bool {
    if manifest.chunks.isEmpty { return true }
    let number = SecureRandom.bytes(8).reduce(0) { ($0 << 8 | Int($1)) & Int.max }
    do {
      return try await send(manifest, number % manifest.chunks.count, node)
    } catch {
      // Who does not answer has proven nothing.
      return false
    }
  }

  private func send(_ manifest: Manifest, _ number: Int, _ node: NodeID) async throws -> Bool {
    var options = CallOptions()
    options.deadline = Deadline(.now().advanced(by: limits.core.patience))
    let length = manifest.length(of: number)
    let caller = try caller(of: node)
    let bytes = try await FilesV1.ChunksClient(caller).ask(options: options) { talk in
      try await talk.requests.write(
        FilesV1.AskRequest {
          $0.openings = [FilesV1.Opening { $0.blob = manifest.id.bytes }]
          $0.asks = [UInt32(number)]
        })
      try await talk.finish()
      var bytes: [UInt8] = []
      while let reply = try await talk.replies.next() {
        guard reply.content == .chunk else { continue }
        bytes += reply.bytes
        if bytes.count >= length { break }
      }
      return bytes
    }
    return Digest.sha256(of: bytes) == manifest.chunks[number]
  }
}
