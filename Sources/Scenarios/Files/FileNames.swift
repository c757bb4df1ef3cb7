import Blobs
import Primitives
import Security
import Simulation

/// Shares as people might make them.
struct FileNames {
  private static let words = [
    "annual", "report", "summer", "winter", "holiday", "invoice", "budget", "lecture", "notes",
    "draft", "photo", "garden", "kitchen", "music", "concert", "thesis", "chapter", "letter",
    "contract", "tax", "recipe", "travel", "plan", "map", "backup", "archive", "project", "design",
    "model", "data", "measurement", "result", "meeting", "minutes", "poster", "slides", "video",
    "interview", "family", "birthday",
  ]
  private static let tags = [
    "work", "private", "school", "old", "shared", "urgent", "2025", "2026",
  ]
  private static let types = [
    "application/pdf", "image/png", "image/jpeg", "text/plain", "video/mp4", "application/zip",
  ]

  static func share(_ number: Int, owner: NodeID, at time: WallTime, _ random: inout SeededRandom)
    -> Share
  {
    let parts = (0..<3).map { _ in words.randomElement(using: &random) ?? "" }
    var id: [UInt8] = []
    id.append(bigEndian: random.next())
    id.append(bigEndian: random.next())
    guard let id = ShareID(id) else { preconditionFailure("sixteen bytes") }
    var blob: [UInt8] = []
    blob.append(bigEndian: UInt64(number))
    var share = Share(
      key: ShareKey(owner: owner, id: id),
      name: "\(parts.joined(separator: " ")) \(number)",
      size: Int64.random(in: 1_000...1_000_000, using: &random),
      blob: BlobID(Digest.sha256(of: blob)), at: time)
    share.tags = Share.sorted(tags: (0..<2).map { _ in tags.randomElement(using: &random) ?? "" })
    share.mediaType = types.randomElement(using: &random) ?? ""
    return share
  }

  /// What somebody might ask who looks for this share, or for one that there is not.
  static func query(_ kind: Int, for share: Share) -> ShareQuery {
    var query = ShareQuery()
    switch kind {
    case 0, 1: query.name = share.name.uppercased()
    case 2: query.words = Array(ShareTerm.words(of: share.name).prefix(2))
    case 3: query.prefix = String(share.name.prefix(5))
    case 4:
      query.tags = share.tags
      query.type = share.mediaType
    case 5:
      query.owner = share.owner
      query.smallest = share.size
      query.largest = share.size
    default: query.name = share.name + " of nobody"
    }
    return query
  }
}
