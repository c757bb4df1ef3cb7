package import Primitives

/// What a source did that no honest one does. It is asked no more, and whoever chose it is told.
package enum FetchFault: Error, Sendable, Equatable, CustomStringConvertible {
  /// Bytes that are not what their name says.
  case wrongChunk(Digest)
  case wrongManifest(BlobID)
  /// What it says of itself cannot be so.
  case wrongHolding
  /// Bytes of a chunk that was not asked for, or that came already.
  case unasked
  /// More or other bytes than the chunk has, or in another order.
  case wrongLength
  /// A message that says nothing.
  case empty
  /// It was asked and did not answer.
  case silent

  package var description: String {
    switch self {
    case .wrongChunk(let digest): "it sent something else than the chunk \(digest)"
    case .wrongManifest(let id): "it sent something else than the manifest of \(id.short)"
    case .wrongHolding: "what it says that it has cannot be"
    case .unasked: "it sent what it was not asked for"
    case .wrongLength: "it sent a chunk of the wrong length, or not in order"
    case .empty: "it sent messages that say nothing"
    case .silent: "it was asked and did not answer"
    }
  }
}
