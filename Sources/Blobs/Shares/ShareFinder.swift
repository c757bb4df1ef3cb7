package import Mesh
import Primitives

/// One page of a search, as a value: says which lines of the index are wanted, takes them, and
/// believes no line that its owner did not sign.
///
/// One term is asked for, the rarest; the shares under it are held against the whole query. When
/// nothing at all was there and the search is `wide`, the buckets follow: every zone has some of
/// them. The order is that of the keys of the lines, so a cursor stays good while lines come and
/// go.
///
/// Several nodes may have put a line about one share there, its owner and who sees to it in the
/// owner's absence. They lie together, and the newest version stands: one that fits no more, or is
/// withdrawn, hides those before it. A page ends where the lines about a share do.
package struct ShareFinder: Sendable {
  package struct Limits: Sendable {
    package var page = 256
    /// Lines of one answer.
    package var lines = 256
    /// Answers that are waited for at once.
    package var atOnce = 8
    /// Of lines asked for in all, for one page.
    package var rounds = 64
    /// Versions of one share that are looked at beside those that fit.
    package var others = 32
    package init() {}
  }

  /// What one range brought.
  package struct Answer: Sendable {
    package var entries: [ZoneEntry]
    /// How many other nodes were asked.
    package var contacts: Int

    package init(_ entries: [ZoneEntry], contacts: Int) {
      self.entries = entries
      self.contacts = contacts
    }
  }

  private let query: ShareQuery
  private let page: Int
  private let limits: Limits
  private let sources: [ShareTerm]
  private let fingerprint: UInt32
  private var place: ShareCursor
  private var shares: [ShareKey: SignedShare] = [:]
  /// Versions that do not fit, of the share that is looked at; not proven yet.
  private var others: [SignedShare] = []
  private var order: [ShareKey] = []
  private var asked: [ShareTerm] = []
  private var rounds = 0
  private var isOver = false

  package private(set) var contacts = 0
  /// Lines that nobody signed, or that stand where they do not belong.
  package private(set) var forged = 0
  /// Shares without their tags that may fit or not.
  package private(set) var unsure = 0
  package private(set) var wentWide = false

  /// Throws when the query breaks a bound, has nothing to look for and is not wide, or when the
  /// cursor is another query's.
  package init(
    _ query: ShareQuery, page: Int, after cursor: ShareCursor? = nil, wide: Bool,
    limits: Limits = Limits()
  ) throws(BlobError) {
    try query.check()
    let first = query.terms.prefix(1)
    guard !first.isEmpty || wide else {
      throw BlobError(
        .refused,
        "nothing in this search stands in the index: give a name, a word, a tag, a type, an owner "
          + "or three letters of a beginning, or search wide")
    }
    self.query = query
    self.page = max(1, min(page, limits.page))
    self.limits = limits
    let buckets = (0..<ShareTerm.buckets).map { ShareTerm.bucket($0) }
    sources = Array(first) + (wide ? buckets : [])
    fingerprint = ShareCursor.fingerprint(of: query, wide: wide)
    place = cursor ?? ShareCursor(query: fingerprint)
    guard place.query == fingerprint, place.source < sources.count else {
      throw BlobError(.refused, "this cursor belongs to another search: begin again without it")
    }
  }

  /// What to look up next, each range alone; empty when the page is done.
  package mutating func next() -> [KeyRange] {
    guard !isOver, rounds < limits.rounds else { return [] }
    rounds += 1
    let isTerm = place.source == 0 && !query.terms.isEmpty
    asked = isTerm ? [sources[0]] : Array(sources[place.source...].prefix(limits.atOnce))
    wentWide = wentWide || !isTerm
    return asked.enumerated().map { number, term in
      var keys = term.keys
      if number == 0, let after = place.after { keys.lower = after.successor }
      return keys
    }
  }

  package var linesOfAnswer: Int { limits.lines }

  /// The answers to `next`, in its order; nil for one that did not come.
  package mutating func take(_ answers: [Answer?]) {
    for answer in answers { contacts += answer?.contacts ?? 0 }
    for (term, answer) in zip(asked, answers) {
      guard let answer else {
        // What follows would be out of order.
        isOver = true
        return
      }
      for entry in answer.entries {
        let last = ZoneKey.lastOfSubject(entry.key)
        if place.after.map(ZoneKey.lastOfSubject) != last {
          if order.count == page { return end() }
          others = []
        }
        take(entry, under: term)
        place.after = entry.key
      }
      if order.count == page { return end() }
      // There may be more than fitted into one answer.
      if answer.entries.count >= limits.lines { return }
      if !advance() { return }
    }
  }

  /// The page is full.
  private mutating func end() {
    place.after = place.after.map(ZoneKey.lastOfSubject)
    isOver = true
  }

  /// To the next source; false at the end.
  private mutating func advance() -> Bool {
    let wasTerm = place.source == 0 && !query.terms.isEmpty
    place.source += 1
    place.after = nil
    if place.source >= sources.count || (wasTerm && place.hasFound) {
      place.source = sources.count
      isOver = true
      return false
    }
    return true
  }

  private mutating func take(_ entry: ZoneEntry, under term: ShareTerm) {
    if entry.isRemoved { return }
    // What cannot be read was not written by an owner.
    guard let signed = try? SignedShare(decoding: entry.payload),
      term.key(of: signed.key, by: entry.publisher) == entry.key
    else {
      forged += 1
      return
    }
    guard let fits = query.fits(signed.share, under: term) else {
      unsure += 1
      return
    }
    guard fits else { return pass(signed) }
    let known = shares[signed.key]
    if let known, known.version >= signed.version { return }
    guard signed.isGenuine else {
      forged += 1
      return
    }
    if others.contains(where: { $0.hides(signed) }) { return }
    place.hasFound = true
    shares[signed.key] = signed
    if known == nil { order.append(signed.key) }
  }

  /// One that does not fit.
  private mutating func pass(_ signed: SignedShare) {
    if let known = shares[signed.key], signed.hides(known) {
      shares[signed.key] = nil
      order.removeAll { $0 == signed.key }
    }
    if others.count < limits.others { others.append(signed) }
  }

  /// In the order of the index.
  package var found: [SignedShare] { order.compactMap { shares[$0] } }

  /// To go on with; nil at the end.
  package var cursor: ShareCursor? { place.source >= sources.count ? nil : place }
}

extension SignedShare {
  /// A newer version of the same share that its owner did sign.
  fileprivate func hides(_ other: SignedShare) -> Bool {
    key == other.key && version > other.version && isGenuine
  }
}

/// Where a search goes on.
package struct ShareCursor: Hashable, Sendable {
  let query: UInt32
  var source = 0
  var after: Bytes32?
  var hasFound = false

  init(query: UInt32) { self.query = query }

  static func fingerprint(of query: ShareQuery, wide: Bool) -> UInt32 {
    var hash: UInt32 = 0x811C_9DC5
    let parts: [String] = [
      "\(wide)", query.name ?? "", query.prefix ?? "", query.type ?? "",
      query.owner?.description ?? "", query.blob?.description ?? "",
      "\(query.smallest ?? -1)", "\(query.largest ?? -1)",
    ]
    for byte in (parts + query.words + ["/"] + query.tags).joined(separator: "\u{0}").utf8 {
      hash = (hash ^ UInt32(byte)) &* 0x0100_0193
    }
    return hash
  }

  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: UInt64(query) << 32 | UInt64(source) << 8 | (hasFound ? 1 : 0))
    return bytes + (after?.bytes ?? [])
  }

  package init(decoding bytes: [UInt8]) throws(BlobError) {
    let head = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let source = Int(head >> 8 & 0xFF_FFFF)
    guard bytes.count == 8 || bytes.count == 40, head & 0xFF <= 1, source <= ShareTerm.buckets
    else {
      throw BlobError(.refused, "this is no cursor of a search: begin again without it")
    }
    query = UInt32(truncatingIfNeeded: head >> 32)
    self.source = source
    hasFound = head & 1 == 1
    after = bytes.count == 40 ? Bytes32(Array(bytes[8...])) : nil
  }
}

extension Bytes32 {
  /// The next key; the last one is its own.
  var successor: Bytes32 {
    var words = words
    words.3 &+= 1
    if words.3 == 0 { words.2 &+= 1 }
    if words.3 == 0, words.2 == 0 { words.1 &+= 1 }
    if words.3 == 0, words.2 == 0, words.1 == 0 { words.0 &+= 1 }
    let next = Bytes32(words: words)
    return next < self ? self : next
  }
}
