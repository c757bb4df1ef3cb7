package import Primitives

/// What somebody looks for; everything that is given has to fit.
package struct ShareQuery: Hashable, Sendable {
  package struct Limits: Sendable {
    package var textBytes = 255
    package var words = 16
    package var tags = 32
    package init() {}
  }

  /// The whole name, in upper or lower case.
  package var name: String?
  /// The beginning of the name or of a word of it.
  package var prefix: String?
  /// Of the name or the tags.
  package var words: [String] = []
  package var tags: [String] = []
  /// `image/png`, or `image/` for all of them; a bare `image` is the latter.
  package var type: String?
  package var smallest: Int64?
  package var largest: Int64?
  package var owner: NodeID?
  package var blob: BlobID?
  package var id: ShareID?

  package init() {}

  package func check(_ limits: Limits = Limits()) throws(BlobError) {
    let texts = [name, prefix, type].compactMap(\.self) + words + tags
    guard words.count <= limits.words, tags.count <= limits.tags,
      texts.allSatisfy({ (1...limits.textBytes).contains($0.utf8.count) })
    else {
      throw BlobError(
        .refused,
        "a search has more than \(limits.words) words or \(limits.tags) tags, or one of them is "
          + "empty or longer than \(limits.textBytes) bytes: ask for less at once")
    }
  }

  /// Those of which every share that fits has each, the rarest first as far as one can tell. None
  /// when there is only a size, or a beginning of fewer than three letters.
  package var terms: [ShareTerm] {
    var terms: [ShareTerm] = []
    if let id { terms.append(.id(id)) }
    if let blob { terms.append(.blob(blob)) }
    if let name { terms.append(.name(ShareTerm.folded(name))) }
    var whole = words.flatMap(ShareTerm.words)
    var starts: [ShareTerm] = []
    if let prefix {
      let words = ShareTerm.words(of: prefix)
      whole += words.dropLast()
      if let last = words.last, let start = ShareTerm.start(of: last) { starts = [start] }
    }
    terms += whole.sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }.map { .word($0) }
    terms += starts
    terms += tags.map { .tag(ShareTerm.folded($0)) }
    if let owner { terms.append(.owner(owner)) }
    if let foldedType { terms.append(.type(foldedType)) }
    return terms
  }

  private var foldedType: String? {
    type.map { ShareTerm.folded($0.contains("/") ? $0 : $0 + "/") }
  }

  /// Nil when only the tags that are missing could tell. Under a term of its tags a share has them.
  package func fits(_ share: Share, under term: ShareTerm? = nil) -> Bool? {
    guard !share.isWithdrawn, fitsName(share.name), fitsType(share.mediaType),
      smallest.map({ share.size >= $0 }) ?? true, largest.map({ share.size <= $0 }) ?? true,
      owner.map({ share.owner == $0 }) ?? true, blob.map({ share.blob == $0 }) ?? true,
      id.map({ share.id == $0 }) ?? true
    else { return false }
    var tags = Set(share.tags.map(ShareTerm.folded))
    var words = Set(ShareTerm.words(of: share.name) + ShareTerm.words(of: share.tags))
    if case .tag(let tag) = term { tags.insert(tag) }
    if case .word(let word) = term { words.insert(word) }
    if self.tags.allSatisfy({ tags.contains(ShareTerm.folded($0)) }),
      self.words.flatMap(ShareTerm.words).allSatisfy({ words.contains($0) })
    {
      return true
    }
    return share.isShortened ? nil : false
  }

  private func fitsName(_ other: String) -> Bool {
    let folded = ShareTerm.folded(other)
    if let name, ShareTerm.folded(name) != folded { return false }
    guard let start = prefix.map(ShareTerm.folded) else { return true }
    return folded.hasPrefix(start) || ShareTerm.words(of: other).contains { $0.hasPrefix(start) }
  }

  private func fitsType(_ other: String) -> Bool {
    guard let type = foldedType else { return true }
    let folded = ShareTerm.folded(other)
    return type.hasSuffix("/") ? folded.hasPrefix(type) : folded == type
  }
}
