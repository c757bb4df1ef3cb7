/// What a node offers to the others; any mix.
package enum Role: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case worker, store, relay, gateway

  package var description: String { rawValue }
}
