import Primitives

/// What a server sends along with its replies. Make one for a call and hand it in with
/// `CallOptions.received`.
package final class ReceivedMetadata: Sendable {
  private struct State {
    var headers = Metadata()
    var trailers = Metadata()
  }

  private let state = Locked(State())

  package init() {}

  /// There with the first reply.
  package var headers: Metadata { state.withLock { $0.headers } }

  /// There once the last reply was read, or the call has failed with the server's status.
  package var trailers: Metadata { state.withLock { $0.trailers } }

  func receive(headers: Metadata) { state.withLock { $0.headers = headers } }
  func receive(trailers: Metadata) { state.withLock { $0.trailers = trailers } }
}
