package import Primitives

/// Nodes that may have what is fetched. More may be added while the fetch runs; `close` says that
/// none will be.
package final class FetchSources: Sendable {
  private struct State: Sendable {
    var nodes: [NodeID] = []
    var known: Set<NodeID> = []
    var isClosed = false
    var listeners: [Int: @Sendable (News) -> Void] = [:]
    var lastListener = 0
  }

  enum News: Sendable {
    case node(NodeID)
    case closed
  }

  /// One feed names no more than these; further ones are not needed.
  package static let limit = 1_024

  private let state = Locked(State())

  package init() {}

  /// These and no others.
  package init(only nodes: [NodeID]) {
    for node in nodes { add(node) }
    close()
  }

  package func add(_ node: NodeID) {
    // Told under the lock, so that no news overtake others.
    state.withLock { state in
      guard !state.isClosed, state.nodes.count < Self.limit,
        state.known.insert(node).inserted
      else { return }
      state.nodes.append(node)
      for listener in state.listeners.values { listener(.node(node)) }
    }
  }

  package func close() {
    state.withLock { state in
      if state.isClosed { return }
      state.isClosed = true
      for listener in state.listeners.values { listener(.closed) }
      state.listeners = [:]
    }
  }

  /// Tells of those that are known, and from then on of others. The listener must not come back
  /// to this list. The number is for `leave`.
  func follow(_ listener: @escaping @Sendable (News) -> Void) -> Int {
    state.withLock { state in
      state.lastListener += 1
      for node in state.nodes { listener(.node(node)) }
      if state.isClosed {
        listener(.closed)
      } else {
        state.listeners[state.lastListener] = listener
      }
      return state.lastListener
    }
  }

  /// To that listener it is closed, and holds it no longer.
  func leave(_ listener: Int) {
    state.withLock { $0.listeners.removeValue(forKey: listener)?(.closed) }
  }

  var listeners: Int { state.withLock { $0.listeners.count } }
}
