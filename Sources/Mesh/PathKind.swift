/// How two nodes are connected. Invisible above the link, shown to people truthfully.
package enum PathKind: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case direct, punched, relayed

  package var description: String { rawValue }
}
