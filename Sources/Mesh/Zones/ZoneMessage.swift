import Primitives

/// What zone cores of two nodes say to each other.
package enum ZoneMessage: Sendable, Equatable {
  /// "My map comes to this": answered with the decisions when the other's does not.
  case mapOffer(fingerprint: UInt64)
  case decisions([ZoneMap.Decision])
  /// Entries to keep; answered with `stored` once they are.
  case put(request: UInt64, entries: [ZoneEntry])
  case stored(request: UInt64)
  case find(request: UInt64, keys: KeyRange, limit: Int)
  /// `isSettled`: whoever answers has everything that its zone has, as far as it knows.
  case found(request: UInt64, entries: [ZoneEntry], isSettled: Bool)
  case compare(Comparison)
  /// The answer to `compare`, with its session and number.
  case compared(Comparison)

  /// One turn of making two nodes' entries under a prefix equal.
  package struct Comparison: Sendable, Equatable {
    package var session: UInt64
    /// From 0; each turn has the next.
    package var number: UInt32
    package var prefix: ZonePrefix
    /// The asker only gives: it keeps the prefix no longer.
    package var isHandover: Bool
    /// Of the reconcilers; empty when there is nothing more to compare.
    package var message: [UInt8]
    package var entries: [ZoneEntry]

    package init(
      session: UInt64, number: UInt32, prefix: ZonePrefix, isHandover: Bool, message: [UInt8],
      entries: [ZoneEntry]
    ) {
      self.session = session
      self.number = number
      self.prefix = prefix
      self.isHandover = isHandover
      self.message = message
      self.entries = entries
    }
  }
}
