import Mesh
import Primitives

/// Looks at each signature once for all nodes of a world: a thousand nodes would spend their time
/// on nothing else.
final class EntryWitness: Sendable {
  private let known = Locked<[ZoneEntry: Bool]>([:])

  func isGenuine(_ entry: ZoneEntry) -> Bool {
    // One signature serves all terms.
    let line = entry.under(term: .zero)
    if let verdict = known.withLock({ $0[line] }) { return verdict }
    let verdict = line.isGenuine
    known.withLock { $0[line] = verdict }
    return verdict
  }
}
