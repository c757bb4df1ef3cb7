package import IO
package import Mesh
package import Primitives
package import Security

/// Where lines of the index are kept: `ZoneService`, or what stands for it.
package protocol ShareZones: Sendable {
  func put(_ entries: [ZoneEntry]) async throws
  func look(up keys: KeyRange, limit: Int) async throws -> ShareFinder.Answer
}

extension ZoneService: ShareZones {
  package func look(up keys: KeyRange, limit: Int) async throws -> ShareFinder.Answer {
    let findings = try await find(keys, limit: limit)
    return ShareFinder.Answer(findings.entries, contacts: findings.contacts)
  }
}

/// What a search brought.
package struct ShareFindings: Sendable {
  package struct Found: Sendable {
    package var signed: SignedShare
    package var isOwnerLive: Bool
    package var share: Share { signed.share }
  }

  package var found: [Found] = []
  /// To go on with; nil at the end.
  package var cursor: ShareCursor?
  /// How many other nodes were asked.
  package var contacts = 0
  /// Lines that were left out because nobody signed them.
  package var forged = 0
  /// Shares with too many tags for the index, which may fit or not.
  package var unsure = 0
  package var wentWide = false
  /// False when the time was over, or a zone did not answer; the cursor goes on from there.
  package var isComplete = true
}

/// Somebody who says that it has a blob.
package struct BlobHolder: Hashable, Sendable {
  package var node: NodeID
  package var isLive: Bool
  /// When it last said so.
  package var since: WallTime
}

/// Shares in the index of the network: put there, found again.
package final class ShareIndex: Sendable {
  package struct Limits: Sendable {
    package var finder = ShareFinder.Limits()
    /// How long a line stays when nobody renews it; renewed at half.
    package var lease = Duration.seconds(86_400)
    package var holders = 256
    package init() {}
  }

  private let zones: any ShareZones
  private let key: SigningKey
  private let home: EventLoop
  private let isLive: @Sendable (NodeID) -> Bool
  package let limits: Limits

  /// `isLive` looks into the node table; this node itself counts as live. Deadlines are kept by
  /// the loop.
  package init(
    zones: any ShareZones, key: SigningKey, on home: EventLoop, limits: Limits = Limits(),
    isLive: @escaping @Sendable (NodeID) -> Bool
  ) {
    self.zones = zones
    self.key = key
    self.home = home
    self.limits = limits
    self.isLive = { $0 == key.id || isLive($0) }
  }

  // MARK: - Lines

  /// Signs a version of an own share.
  package func sign(_ share: Share) throws(BlobError) -> SignedShare {
    guard share.owner == key.id else {
      throw BlobError(.denied, "the share belongs to another node: change it there")
    }
    return try SignedShare(share, key: key)
  }

  /// Puts it where it is found, or renews it there; returns when the zones have it, with the time
  /// until which they keep it. A withdrawn version takes the place of the ones before.
  @discardableResult
  package func publish(_ signed: SignedShare, replacing old: Share? = nil) async throws -> WallTime
  {
    let now = WallTime.now()
    try await zones.put(
      ShareLines.of(signed, replacing: old, at: now, lease: limits.lease, by: key))
    return now.advanced(by: limits.lease)
  }

  /// The last version of an own share: put where the others were, so that nobody finds them.
  package func withdraw(_ old: Share) async throws -> SignedShare {
    var share = old
    share.version += 1
    share.isWithdrawn = true
    // Of one that this node knows from the index alone: the lines of its tags expire.
    share.isShortened = false
    share.changed = .now()
    let signed = try sign(share)
    try await publish(signed, replacing: old)
    return signed
  }

  /// Says that this node has the blob whole.
  @discardableResult
  package func hold(_ blob: BlobID) async throws -> WallTime {
    let now = WallTime.now()
    let hold = SignedHold(blob, at: now, key: key)
    try await zones.put([ShareLines.of(hold, lease: limits.lease, by: key)])
    return now.advanced(by: limits.lease)
  }

  /// Says that it has it no more.
  package func letGo(_ blob: BlobID) async throws {
    try await zones.put([
      ShareLines.ofReleased(blob, by: key, at: .now(), lease: limits.lease)
    ])
  }

  // MARK: - Finding

  /// One page. One node is asked at best, one zone at worst; `wide` goes on to the others when
  /// that brings nothing. Returns what there is when the deadline passes.
  package func find(
    _ query: ShareQuery, page: Int = 50, after cursor: ShareCursor? = nil, wide: Bool = false,
    deadline: Instant = .now().advanced(by: .seconds(10))
  ) async throws -> ShareFindings {
    var finder = try ShareFinder(
      query, page: page, after: cursor, wide: wide, limits: limits.finder)
    var findings = ShareFindings()
    while true {
      let ranges = finder.next()
      if ranges.isEmpty { break }
      let answers = await look(up: ranges, limit: finder.linesOfAnswer, until: deadline)
      try Task.checkCancellation()
      finder.take(answers)
      if answers.contains(where: { $0 == nil }) {
        findings.isComplete = false
        break
      }
    }
    findings.found = finder.found.map {
      ShareFindings.Found(signed: $0, isOwnerLive: isLive($0.share.owner))
    }
    findings.cursor = finder.cursor
    findings.contacts = finder.contacts
    findings.forged = finder.forged
    findings.unsure = finder.unsure
    findings.wentWide = finder.wentWide
    return findings
  }

  /// Who says that it has the blob, those that live first; the dead are among them.
  package func holders(
    of blob: BlobID, deadline: Instant = .now().advanced(by: .seconds(10))
  ) async throws -> [BlobHolder] {
    let term = ShareTerm.holders(blob)
    let answers = await look(up: [term.keys], limit: limits.holders, until: deadline)
    guard let entries = answers.first??.entries else {
      throw BlobError(.timedOut, "the zone that knows who has \(blob.short) does not answer")
    }
    var holders: [BlobHolder] = []
    for entry in entries where !entry.isRemoved {
      // What cannot be read is nobody's word.
      guard let hold = try? SignedHold(decoding: entry.payload), hold.blob == blob,
        term.key(of: blob, by: hold.holder) == entry.key, hold.isGenuine
      else { continue }
      holders.append(
        BlobHolder(node: hold.holder, isLive: isLive(hold.holder), since: hold.madeAt))
    }
    return holders.sorted { ($0.isLive ? 0 : 1, $0.node) < ($1.isLive ? 0 : 1, $1.node) }
  }

  /// All at once; nil for what does not come before the deadline.
  private func look(
    up ranges: [KeyRange], limit: Int, until deadline: Instant
  ) async -> [ShareFinder.Answer?] {
    await withTaskGroup(of: (Int, ShareFinder.Answer?)?.self) { group in
      for (number, range) in ranges.enumerated() {
        group.addTask { [zones] in
          // A zone that does not answer is left out, which the findings say.
          (number, try? await zones.look(up: range, limit: limit))
        }
      }
      group.addTask { [home] in
        // Ends early only with everything else here.
        try? await home.run { try await home.sleep(until: deadline) }
        return nil
      }
      var answers = [ShareFinder.Answer?](repeating: nil, count: ranges.count)
      var missing = ranges.count
      while missing > 0, let answer = await group.next(), let (number, found) = answer {
        answers[number] = found
        missing -= 1
      }
      group.cancelAll()
      return answers
    }
  }
}
