package import Primitives

// # Zones
//
// A *zone* owns the part of the file index whose keys begin with its prefix, and consists of the
// nodes whose ids begin with it: a join or leave concerns one zone. Zones are the leaves of a
// binary tree. A zone is split when both halves would be large enough, and two are merged when one
// has become too small; between the two thresholds nothing happens, so that a node that comes and
// goes does not move the index back and forth.
//
// What is split thus depends on history, and histories differ. So each prefix carries the latest
// decision, with a number: whoever is in the zone may decide by raising it, everybody passes
// decisions on, the higher number stands, and of equal numbers the merge. All nodes that have heard
// the same decisions have the same map, in whatever order they heard them.
//
// Every member of a zone keeps every entry of its part. Hence one contact finds what there is, at
// worst all members of one zone are asked, and the death of all but one loses nothing.

/// Who owns which keys: a replicated value that converges.
package struct ZoneMap: Sendable, Equatable {
  /// Whether a prefix is split, as of a numbered decision.
  package struct Decision: Hashable, Sendable {
    package var prefix: ZonePrefix
    /// From 1.
    package var number: UInt32
    package var isSplit: Bool

    package init(prefix: ZonePrefix, number: UInt32, isSplit: Bool) {
      self.prefix = prefix
      self.number = number
      self.isSplit = isSplit
    }

    func overrules(_ other: Decision) -> Bool {
      number != other.number ? number > other.number : !isSplit && other.isSplit
    }

    /// SplitMix64's mixing: enough to tell maps apart.
    var fingerprint: UInt64 {
      var mixed = prefix.bits ^ UInt64(prefix.length) &* 0x9E37_79B9_7F4A_7C15
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed ^= UInt64(number) << 1 | (isSplit ? 1 : 0)
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  /// A number that leaps by more than this was made up.
  static let largestLeap: UInt32 = 1 << 16

  private var decided: [ZonePrefix: Decision] = [:]
  /// Equal for equal maps.
  package private(set) var fingerprint: UInt64 = 0

  package init() {}

  package func isSplit(_ prefix: ZonePrefix) -> Bool { decided[prefix]?.isSplit ?? false }

  /// How often it was decided about a prefix.
  package func number(of prefix: ZonePrefix) -> UInt32 { decided[prefix]?.number ?? 0 }

  package func zone(of key: Bytes32) -> ZonePrefix {
    var prefix = ZonePrefix.root
    while prefix.length < ZonePrefix.maximumLength, isSplit(prefix) {
      prefix = prefix.half(of: key)
    }
    return prefix
  }

  /// From left to right.
  package var zones: [ZonePrefix] {
    var zones: [ZonePrefix] = []
    var open = [ZonePrefix.root]
    while let prefix = open.popLast() {
      if prefix.length < ZonePrefix.maximumLength, isSplit(prefix) {
        let (low, high) = prefix.halves
        open.append(high)
        open.append(low)
      } else {
        zones.append(prefix)
      }
    }
    return zones
  }

  package var decisions: [Decision] { decided.values.sorted { $0.prefix < $1.prefix } }

  /// The decision that changes a prefix to `isSplit`; nil when it is that already.
  package func decision(_ prefix: ZonePrefix, isSplit: Bool) -> Decision? {
    let number = decided[prefix]?.number ?? 0
    guard self.isSplit(prefix) != isSplit, number < .max else { return nil }
    return Decision(prefix: prefix, number: number + 1, isSplit: isSplit)
  }

  /// Takes what others decided. Returns what was news.
  package mutating func merge(_ others: [Decision]) throws(NetworkError) -> [Decision] {
    for other in others {
      let known = decided[other.prefix]?.number ?? 0
      guard other.number >= 1, other.prefix.length < ZonePrefix.maximumLength,
        other.number <= known || other.number - known <= Self.largestLeap
      else {
        throw NetworkError(
          .violation, "decision \(other.number) about zone \(other.prefix) cannot be genuine")
      }
    }
    var news: [Decision] = []
    for other in others {
      let old = decided[other.prefix]
      if let old, !other.overrules(old) { continue }
      if let old { fingerprint &-= old.fingerprint }
      fingerprint &+= other.fingerprint
      decided[other.prefix] = other
      news.append(other)
    }
    return news
  }
}
