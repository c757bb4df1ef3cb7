/// What stands between a node and the rest of the world, as seen from two vantage points.
package enum NATKind: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case unknown
  /// Nothing: the address it binds is the one that others see.
  case open
  /// One outside address and port for each inside one, whoever is spoken to (RFC 4787:
  /// endpoint-independent mapping). Punching works.
  case easy
  /// Another outside port for each destination. Punching works only towards `open` and some
  /// `easy` ones.
  case hard
  /// No UDP, or nothing but port 443, gets out.
  case blocked

  package var description: String { rawValue }
}
