package import IO

/// An exchange whose connection can be turned into a plain stream of bytes: WebSocket (101) and
/// CONNECT (200). HTTP/1.1 only.
package protocol Upgradable: Exchange {
  /// Sends the head, without a body, and hands over the transport with what the client has sent
  /// since. The connection closes the transport when the handler returns. The request's body
  /// must have been read.
  func upgrade(
    _ head: ResponseHead
  ) async throws -> (transport: any Transport, received: [UInt8])
}

/// The same from the client's side.
package protocol UpgradableStream: ClientStream {
  /// Once `head` returned 101, or 2xx for CONNECT: the transport, now the caller's to close, and
  /// what the server has sent since.
  func takeOver() throws -> (transport: any Transport, received: [UInt8])
}
