import Calls
import Primitives
import Security

@testable import Blobs

/// A source that has one blob in memory and gives it as an honest one would, but for what its
/// script makes of each reply.
final class ScriptedSource: FilesV1.ChunksService {
  typealias Script = @Sendable (FilesV1.AskReply) async throws -> [FilesV1.AskReply]

  let manifest: Manifest
  private let chunks: [[UInt8]]
  private let script: Script
  private let before: @Sendable (FilesV1.AskReply) async throws -> Void
  private let given = Locked<[UInt32]>([])

  /// `before` is called for each reply that goes out.
  init(
    _ bytes: [UInt8], _ script: @escaping Script = { [$0] },
    before: @escaping @Sendable (FilesV1.AskReply) async throws -> Void = { _ in }
  ) throws {
    let (chunks, manifest) = try cut(bytes)
    self.chunks = chunks.map(\.bytes)
    self.manifest = manifest
    self.script = script
    self.before = before
  }

  /// The numbers of chunks that were sent, in order.
  var sent: [UInt32] { given.withLock { $0 } }

  func ask(
    _ requests: MessageReader<FilesV1.AskRequest>, _ replies: MessageWriter<FilesV1.AskReply>,
    _ context: CallContext
  ) async throws {
    func reply(_ fill: (inout FilesV1.AskReply) -> Void) async throws {
      var honest = FilesV1.AskReply()
      fill(&honest)
      for reply in try await script(honest) {
        try await before(reply)
        try await replies.write(reply)
      }
    }
    while let request = try await requests.next() {
      for opening in request.openings {
        let holding = FilesV1.Holding {
          $0.first = opening.first
          $0.state = .whole
          $0.size = UInt64(manifest.size)
        }
        try await reply { $0.holdings = [holding] }
        guard opening.wantsManifest else { continue }
        try await reply {
          $0.content = .manifest
          $0.number = opening.first
          $0.bytes = manifest.encoded
        }
      }
      for number in request.asks {
        given.withLock { $0.append(number) }
        let bytes = chunks[Int(number)]
        for start in stride(from: 0, to: bytes.count, by: 256 << 10) {
          try await reply {
            $0.content = .chunk
            $0.number = number
            $0.offset = UInt32(start)
            $0.bytes = Array(bytes[start..<min(start + 256 << 10, bytes.count)])
          }
        }
      }
    }
  }
}
