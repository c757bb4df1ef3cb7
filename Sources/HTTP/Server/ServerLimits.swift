/// Every bound of the server, with the defaults of a node.
package struct ServerLimits: Sendable, Equatable {
  /// Connections at a time; further ones wait in the kernel.
  package var connections = 20_000
  /// Request line and fields of one head together, and the number of fields.
  package var headBytes = 32 * 1024
  package var headFields = 100
  /// One request target.
  package var targetBytes = 8 * 1024
  /// From the first byte of a head to its last.
  package var headTimeout = Duration.seconds(15)
  /// Between two bytes of a body that the handler waits for, and while the client takes nothing.
  package var bodyTimeout = Duration.seconds(60)
  /// A connection with nothing under way.
  package var idleTimeout = Duration.seconds(300)
  /// TLS handshake and first byte.
  package var handshakeTimeout = Duration.seconds(10)
  /// HTTP/2 streams at a time per connection.
  package var concurrentStreams = 256
  /// Bytes an HTTP/2 client may send ahead per stream, and per connection.
  package var streamWindow = 1 << 20
  package var connectionWindow = 4 << 20
  /// Bytes of an HTTP/2 connection that nobody has taken yet, beyond which it is not read: where
  /// windows are too large to bound them. All streams of the connection wait then.
  package var unreadBytes = Int.max
  /// Bytes queued per stream, or HTTP/1.1 connection, before a handler that writes has to wait.
  package var pendingBytes = 256 * 1024
  /// The same for all streams of an HTTP/2 connection together. Beyond it a stream waits with
  /// more than `crowdedPendingBytes` queued: no stream can be kept from its turn by others.
  package var connectionPendingBytes = 4 << 20
  package var crowdedPendingBytes = 16 * 1024
  /// Bytes queued on an HTTP/2 connection, whole answers among them, before requests that come
  /// next have to wait for their handlers.
  package var connectionAnswerBytes = 32 << 20
  /// Bytes of requests that the handlers of one HTTP/2 connection keep at a time.
  package var connectionBodyBytes = 64 << 20
  /// HTTP/2 streams a client may reset, SETTINGS, PING, empty and unknown frames it may send, and
  /// WINDOW_UPDATE and priorities beyond what streams and bodies account for, per `floodWindow`,
  /// before the connection is closed (CVE-2023-44487, CVE-2019-9511 to 9518).
  package var floodFrames = 1_000
  package var floodWindow = Duration.seconds(10)
  /// Requests answered on one HTTP/1.1 connection before it is closed.
  package var requestsPerConnection = 1_000_000
  /// Bytes of a body nobody asked for that are read and dropped, so that the client sees its answer
  /// and an HTTP/1.1 connection can be kept; beyond them that is closed, or the stream reset.
  package var drainBytes = 256 * 1024
  /// After a last answer: how long to wait for a client that is still sending.
  package var lingerTimeout = Duration.seconds(2)
  package init() {}
}
