import Primitives
import Security

@testable import Blobs

enum ShareSamples {
  static let time = WallTime(nanoseconds: 1_790_000_000_000_000_000)

  static func share(_ seed: UInt8 = 1, owner: NodeID, name: String? = nil) -> Share {
    let id = ShareID([UInt8](repeating: seed, count: 16)) ?? ShareID([UInt8](0..<16))
    guard let id else { preconditionFailure("sixteen bytes") }
    var share = Share(
      key: ShareKey(owner: owner, id: id), name: name ?? "Summer Holiday \(seed).pdf",
      size: Int64(seed) * 1_000, blob: BlobID(Digest.sha256(of: [seed])), at: time)
    share.tags = Share.sorted(tags: ["Work", "2026"])
    share.mediaType = "application/pdf"
    return share
  }

  static func key(_ seed: UInt8) throws -> SigningKey {
    try SigningKey(seed: SecretBytes([UInt8](repeating: seed, count: 32)))
  }
}
