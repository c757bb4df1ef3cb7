package import Primitives

/// How a search for ways to a peer went, way by way: what `apus doctor <peer>` shows.
package struct DialReport: Hashable, Sendable, CustomStringConvertible {
  package enum Result: Hashable, Sendable {
    case connected
    case failed(DialFailure)
  }

  package struct Entry: Hashable, Sendable, CustomStringConvertible {
    package var route: DialRoute
    /// Since the search began; nil when its turn never came.
    package var startedAfter: Duration?
    package var took: Duration
    package var result: Result

    package var description: String {
      switch result {
      case .connected: "\(route): connected in \(took.nanoseconds / 1_000_000) ms"
      case .failed(let failure): "\(route): \(failure)"
      }
    }
  }

  /// In the order in which they were to be tried.
  package var entries: [Entry]
  /// The way that is used at the end.
  package var best: DialRoute?
  package var took: Duration

  package init(entries: [Entry], best: DialRoute?, took: Duration) {
    self.entries = entries
    self.best = best
    self.took = took
  }

  package var description: String {
    let head = best.map { "reached by \($0)" } ?? "not reached"
    return ([head] + entries.map { "  \($0)" }).joined(separator: "\n")
  }

  /// When nothing worked, the error for whoever wanted the peer.
  package func failure(to peer: NodeID) -> NetworkError? {
    if best != nil { return nil }
    if entries.isEmpty {
      return NetworkError(
        .unreachable,
        "no address of node \(peer.short) is known; it may be off, or learn of it by joining "
          + "a node that knows it")
    }
    let tried = entries.map(\.description).joined(separator: "; ")
    return NetworkError(
      .unreachable, "node \(peer.short) was not reached: \(tried). See apus doctor \(peer.short)")
  }
}
