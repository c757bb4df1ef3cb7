package import Calls
package import HTTP
import IO
import Primitives

/// An extra carrier between two nodes for large transfers: one HTTP/2 session, no lanes and no
/// replay. A broken one fails its streams; whoever transfers resumes by range.
package enum BulkCarrier {
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
    let connection = try FrameClientConnection(
      transport: carrier, isSecure: true, keepAlive: FrameClientConnection.KeepAlive())
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
