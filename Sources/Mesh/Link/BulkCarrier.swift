package import Calls
package import HTTP
import IO
import Primitives

/// An extra carrier between two nodes for large transfers: one HTTP/2 session, no lanes and no
/// replay. A broken one fails its streams; whoever transfers resumes by range.
///
/// Whoever dialled takes what comes at the pace of TCP, which finds the window that a long path
/// needs by itself: the windows of HTTP/2 never close, and a session of which too much is unread
/// is not read on.
package enum BulkCarrier {
  /// Bytes that wait to be taken on the dialler's side.
  private static let unreadBytes = 512 << 10

  /// Answers what the dialler asks. Returns when the carrier ended and no handler is left.
  package static func server(
    _ carrier: Carrier, handler: any Handler, limits: ServerLimits = ServerLimits()
  ) throws -> FrameServerConnection {
    try FrameServerConnection(
      transport: carrier, info: ConnectionInfo(of: carrier), handler: handler, limits: limits)
  }

  /// The dialler's side. Somebody must `run` the connection for as long as calls are made.
  package static func client(
    _ carrier: Carrier
  ) throws -> (connection: FrameClientConnection, caller: CallClient) {
    var limits = ServerLimits()
    limits.streamWindow = Int(Int32.max)
    limits.connectionWindow = Int(Int32.max)
    limits.unreadBytes = unreadBytes
    let connection = try FrameClientConnection(
      transport: carrier, isSecure: true, limits: limits,
      keepAlive: FrameClientConnection.KeepAlive())
    let caller = CallClient(connection, on: carrier.loop, authority: carrier.peerKey.short)
    return (connection, caller)
  }
}

extension ConnectionInfo {
  convenience init(of carrier: Carrier) {
    self.init(
      version: .http2, peer: carrier.peer, isSecure: true, peerKey: carrier.peerKey)
  }
}
