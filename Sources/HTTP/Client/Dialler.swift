/// Makes connections for a client. Called on the client's loop; the connection belongs to it.
/// Ends when its task is cancelled.
package protocol Dialler: Sendable {
  func dial(_ origin: Origin) async throws -> any ClientConnection
}

/// Every bound of a client.
package struct ClientLimits: Sendable {
  /// Connections to one origin at a time.
  package var connectionsPerOrigin = 8
  /// Exchanges that wait for a connection to one origin.
  package var waitingPerOrigin = 1_024
  /// From the first look for a connection to having one.
  package var connectTimeout = Duration.seconds(10)
  /// A whole exchange, unless it names its own.
  package var exchangeTimeout = Duration.seconds(60)
  /// How long a connection without exchanges is kept: less than servers keep theirs.
  package var idleTimeout = Duration.seconds(30)
  /// An answer that is collected.
  package var bodyBytes = 16 << 20
  /// Up to here a request's body is written before the answer is awaited; a longer one goes at
  /// the same time, so that an early answer is heard.
  package var inlineBytes = 16 * 1024
  package init() {}
}
