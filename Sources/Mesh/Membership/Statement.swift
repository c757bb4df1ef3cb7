package import Primitives
import Security

/// Something an admin, or the network itself, has said and signed for good. Each issuer counts
/// its own from 1, so that two nodes can tell quickly what one of them lacks.
package protocol Statement: Hashable, Sendable {
  /// An admin, or the network's own key.
  var issuer: NodeID { get }
  var number: UInt64 { get }
  /// Whom it is about.
  var node: NodeID { get }
  var encoded: [UInt8] { get }
  init(decoding bytes: [UInt8]) throws(NetworkError)
  /// That its issuer has signed it and may speak for the network.
  func verify(network: NetworkID) throws(NetworkError)
}

/// The statements of one kind that a node knows: a set that grows, and loses what later ones have
/// made void, the same whatever order its members came in. It believes nothing: verify first.
struct StatementLog<Entry: Statement>: Sendable {
  struct Limits: Sendable {
    /// Of one issuer. Those with the lowest numbers stay, whatever came first.
    var perIssuer = 16_384
    /// Admins ever made, as the network key signs them.
    var issuers = 1024
    /// States of one issuer's list that are recognised in others, so that they are sent what
    /// followed and not everything.
    var former = 64
  }

  private struct Issued: Sendable {
    /// By number, then by hash.
    var entries: [(id: Digest, entry: Entry)] = []
    /// Of all entries up to this one; may end early, until the log is settled.
    var digests: [Digest] = []
    /// What the list came to before; all that was added to it since has higher numbers.
    var former: [StatementSummary.Part] = []
    /// Ever given, though it may have been removed.
    var highest: UInt64 = 0

    var part: StatementSummary.Part? {
      guard let last = entries.last, let digest = digests.last, digests.count == entries.count
      else { return nil }
      return StatementSummary.Part(through: last.entry.number, digest: digest)
    }

    mutating func remember(atMost limit: Int) {
      guard let part else { return }
      former.append(part)
      if former.count > limit { former.removeFirst(former.count - limit) }
    }

    mutating func settle() {
      for (id, _) in entries[digests.count...] {
        digests.append(Digest.sha256(of: (digests.last?.bytes ?? []) + id.bytes))
      }
    }

    var settled: Issued {
      if digests.count == entries.count { return self }
      var copy = self
      copy.settle()
      return copy
    }
  }

  private let limits: Limits
  private var issued: [NodeID: Issued] = [:]
  private var ids: Set<Digest> = []

  init(limits: Limits = Limits()) { self.limits = limits }

  var count: Int { ids.count }
  var all: [Entry] {
    issued.keys.sorted().flatMap { issued[$0]?.entries.map(\.entry) ?? [] }
  }

  func contains(_ encoded: [UInt8]) -> Bool { ids.contains(Digest.sha256(of: encoded)) }

  func lastNumber(of issuer: NodeID) -> UInt64 {
    issued[issuer]?.highest ?? 0
  }

  enum Insertion {
    case added
    case known
    /// Added, and this one had to go, or it did not fit itself.
    case full(dropped: Entry)
  }

  mutating func insert(_ entry: Entry) -> Insertion {
    let id = Digest.sha256(of: entry.encoded)
    if ids.contains(id) { return .known }
    if issued[entry.issuer] == nil && issued.count >= limits.issuers {
      return .full(dropped: entry)
    }
    var list = issued.removeValue(forKey: entry.issuer) ?? Issued()
    defer { issued[entry.issuer] = list }
    let index = Self.position(of: (entry.number, id), in: list.entries)
    if index == list.entries.count, entry.number > list.highest {
      list.remember(atMost: limits.former)
    } else {
      list.former = []
    }
    list.highest = max(list.highest, entry.number)
    list.entries.insert((id, entry), at: index)
    ids.insert(id)
    var dropped: Entry?
    if list.entries.count > limits.perIssuer, let last = list.entries.popLast() {
      ids.remove(last.id)
      dropped = last.entry
    }
    list.digests.removeSubrange(min(index, list.digests.count)...)
    // In order, as they usually come, one hash is all; otherwise `settle` does them at once.
    if list.digests.count + 1 == list.entries.count { list.settle() }
    return dropped.map { .full(dropped: $0) } ?? .added
  }

  /// Forgets one, if it is there; `settle` afterwards.
  mutating func remove(_ entry: Entry) {
    let id = Digest.sha256(of: entry.encoded)
    guard ids.remove(id) != nil, var list = issued.removeValue(forKey: entry.issuer) else { return }
    defer { issued[entry.issuer] = list }
    list.remember(atMost: limits.former)
    let index = Self.position(of: (entry.number, id), in: list.entries)
    list.entries.remove(at: index)
    list.digests.removeSubrange(min(index, list.digests.count)...)
  }

  /// After many insertions: what follows is cheap again.
  mutating func settle() {
    for (issuer, list) in issued where list.digests.count < list.entries.count {
      issued[issuer] = list.settled
    }
  }

  private static func position(
    of key: (UInt64, Digest), in entries: [(id: Digest, entry: Entry)]
  ) -> Int {
    var range = entries.startIndex..<entries.endIndex
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      if (entries[middle].entry.number, entries[middle].id) < key {
        range = (middle + 1)..<range.upperBound
      } else {
        range = range.lowerBound..<middle
      }
    }
    return range.lowerBound
  }
}

// MARK: - What the other side lacks

extension StatementLog {
  /// Equal for equal sets.
  var summary: StatementSummary {
    var summary = StatementSummary()
    var bytes: [UInt8] = []
    for issuer in issued.keys.sorted() {
      guard let list = issued[issuer]?.settled, let last = list.entries.last,
        let digest = list.digests.last
      else { continue }
      summary.issuers[issuer] = StatementSummary.Part(
        through: last.entry.number, digest: digest)
      bytes += issuer.bytes + digest.bytes
    }
    summary.digest = Digest.sha256(of: bytes)
    return summary
  }

  /// What a node with this summary lacks, and perhaps more than that, always in one order.
  func lacking(in summary: StatementSummary) -> [Entry] {
    if summary.digest == self.summary.digest { return [] }
    return issued.keys.sorted().flatMap { issuer -> [Entry] in
      guard let list = issued[issuer]?.settled else { return [] }
      return list.entries[start(in: list, after: summary.issuers[issuer])...].map(\.entry)
    }
  }

  /// Where two lists begin to differ: all of it, unless the other side has exactly the beginning,
  /// or what was here at some time.
  private func start(in list: Issued, after part: StatementSummary.Part?) -> Int {
    guard let part, part.through < .max, let none = Digest([UInt8](repeating: 0, count: 32))
    else { return 0 }
    let index = Self.position(of: (part.through + 1, none), in: list.entries)
    if index > 0, list.digests[index - 1] == part.digest { return index }
    return list.former.contains(part) ? index : 0
  }
}

/// How much of everybody's statements a node has.
package struct StatementSummary: Hashable, Sendable {
  package struct Part: Hashable, Sendable {
    /// The highest number.
    package var through: UInt64
    package var digest: Digest
  }

  package var digest = Digest.sha256(of: [])
  package var issuers: [NodeID: Part] = [:]

  package init() {}
}
