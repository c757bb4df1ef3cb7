import Primitives

/// What a listener shakes hands with, which may be replaced while it runs: a certificate that was
/// renewed. Sessions that stand keep what they began with.
package final class ServerTLS: Sendable {
  private let state: Locked<TLSContext>

  package init(_ context: TLSContext) {
    precondition(context.isServer, "a listener needs a server's context")
    state = Locked(context)
  }

  package var current: TLSContext { state.withLock { $0 } }

  /// Every handshake from now on uses `context`.
  package func replace(with context: TLSContext) {
    precondition(context.isServer, "a listener needs a server's context")
    state.withLock { $0 = context }
  }
}
