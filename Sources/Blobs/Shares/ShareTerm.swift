package import Mesh
package import Primitives
package import Security

/// What a share can be found by: one line of the index for each. The keys of one term lie
/// together, so in one zone.
package enum ShareTerm: Hashable, Sendable {
  case name(String)
  /// Of the name or of a tag.
  case word(String)
  /// The first three letters of a word.
  case start(String)
  case tag(String)
  /// A media type, or all of it up to the slash and the slash.
  case type(String)
  case owner(NodeID)
  case id(ShareID)
  /// Shares that name this blob.
  case blob(BlobID)
  /// Every share is in one of these, by its id: all of them together are all shares.
  case bucket(Int)
  /// Holders of this blob; no shares.
  case holders(BlobID)

  package static let buckets = 64
  /// So many words of a name are looked at.
  package static let words = 16
  /// Letters of a `start`.
  package static let startLength = 3

  private var text: String {
    switch self {
    case .name(let name): "name:" + name
    case .word(let word): "word:" + word
    case .start(let letters): "start:" + letters
    case .tag(let tag): "tag:" + tag
    case .type(let type): "type:" + type
    case .owner(let owner): "owner:" + owner.description
    case .id(let id): "id:" + id.description
    case .blob(let blob): "blob:" + blob.description
    case .bucket(let number): "bucket:\(number)"
    case .holders(let blob): "holders:" + blob.description
    }
  }

  var hash: Bytes32 { Digest.sha256(of: Array(text.utf8)).value }

  /// Those of all its lines.
  package var keys: KeyRange { ZoneKey.keys(of: hash) }

  /// Of the line about a share that this node put there.
  package func key(of share: ShareKey, by publisher: NodeID) -> Bytes32 {
    ZoneKey.key(term: hash, subject: Self.subject(of: share), publisher: publisher)
  }

  /// Of the line about a blob by which this node says that it has it.
  package func key(of blob: BlobID, by holder: NodeID) -> Bytes32 {
    ZoneKey.key(term: hash, subject: Self.subject(of: blob), publisher: holder)
  }

  static func subject(of share: ShareKey) -> Bytes32 {
    Digest.sha256(of: share.owner.bytes + share.id.bytes).value
  }

  static func subject(of blob: BlobID) -> Bytes32 { Digest.sha256(of: blob.bytes).value }

  // MARK: - Terms of shares

  /// In lower case; how accents are written is left alone.
  package static func folded(_ text: String) -> String { text.lowercased() }

  /// Runs of letters and digits, folded, none twice.
  package static func words(of text: String) -> [String] {
    var words: [String] = []
    for word in folded(text).split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
      if words.count == Self.words { break }
      if !words.contains(String(word)) { words.append(String(word)) }
    }
    return words
  }

  /// Of all tags together.
  static func words(of tags: [String]) -> [String] { words(of: tags.joined(separator: " ")) }

  /// Nil for words that are shorter.
  static func start(of word: String) -> ShareTerm? {
    word.count >= startLength ? .start(String(word.prefix(startLength))) : nil
  }

  static func bucket(of id: ShareID) -> ShareTerm { .bucket(Int(id.bytes[0]) % buckets) }

  /// Everything it can be found by. Of a shortened share the tags are missing.
  package static func all(of share: Share) -> [ShareTerm] {
    let words = words(of: share.name)
    var terms: [ShareTerm] = [
      .name(folded(share.name)), .owner(share.owner), .blob(share.blob), .id(share.id),
      bucket(of: share.id),
    ]
    terms += words.map { .word($0) }
    for start in words.compactMap(start) where !terms.contains(start) { terms.append(start) }
    for tag in share.tags where !terms.contains(.tag(folded(tag))) {
      terms.append(.tag(folded(tag)))
    }
    for word in Self.words(of: share.tags) where !terms.contains(.word(word)) {
      terms.append(.word(word))
    }
    if !share.mediaType.isEmpty {
      let type = folded(share.mediaType)
      terms.append(.type(type))
      if let slash = type.firstIndex(of: "/") { terms.append(.type(String(type[...slash]))) }
    }
    return terms
  }
}

/// Lines of the index, each in the place of the node that puts it there.
package enum ShareLines {
  /// The lines of a share; `replaced` is the version before, whose terms hear of this one too.
  package static func of(
    _ signed: SignedShare, replacing replaced: Share? = nil, at time: WallTime, lease: Duration,
    by publisher: SigningKey
  ) -> [ZoneEntry] {
    var terms = ShareTerm.all(of: signed.share)
    for term in replaced.map(ShareTerm.all) ?? [] where !terms.contains(term) { terms.append(term) }
    let line = ZoneEntry(
      term: .zero, subject: ShareTerm.subject(of: signed.key),
      version: version(signed.version, at: time), expiresAt: time.advanced(by: lease),
      payload: signed.encoded(within: ZoneEntry.payloadLimit), by: publisher)
    return terms.map { line.under(term: $0.hash) }
  }

  package static func of(_ hold: SignedHold, lease: Duration, by holder: SigningKey) -> ZoneEntry {
    precondition(hold.holder == holder.id, "a node speaks for itself")
    return ZoneEntry(
      term: ShareTerm.holders(hold.blob).hash, subject: ShareTerm.subject(of: hold.blob),
      version: version(1, at: hold.madeAt), expiresAt: hold.madeAt.advanced(by: lease),
      payload: hold.encoded, by: holder)
  }

  /// It has the blob no more.
  package static func ofReleased(
    _ blob: BlobID, by holder: SigningKey, at time: WallTime, lease: Duration
  ) -> ZoneEntry {
    ZoneEntry(
      term: ShareTerm.holders(blob).hash, subject: ShareTerm.subject(of: blob),
      version: version(1, at: time), expiresAt: time.advanced(by: lease), payload: [],
      isRemoved: true, by: holder)
  }

  /// The share's version counts first, then the time: whoever renews an old version does not
  /// hide a newer one.
  private static func version(_ version: UInt64, at time: WallTime) -> UInt64 {
    let milliseconds = max(0, time.nanoseconds / 1_000_000)
    // Tenths of a second since 1970: 36 bits last until 2187.
    return version << 36 | (UInt64(milliseconds) / 100) & (1 << 36 - 1)
  }
}
