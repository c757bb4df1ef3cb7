package import Primitives

/// Says how much a splice may move, and hears what it did: where quotas are kept.
package protocol SpliceMeter: Sendable {
  /// How many of `wanted` bytes may move now. They count as moved unless given back.
  func draw(_ wanted: Int, now: Instant) -> SpliceAllowance
  func giveBack(_ unspent: Int)
}

package enum SpliceAllowance: Equatable, Sendable {
  /// At least one.
  case bytes(Int)
  /// None before then.
  case later(Instant)
  /// The connection must end.
  case none
}
