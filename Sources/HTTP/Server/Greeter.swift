import IO
import Primitives
package import Security

/// Finds out what a new connection speaks and makes the server's side of it.
package struct Greeter: Sendable {
  /// Where plain HTTP is answered. A Unix socket needs no encryption and always is.
  package enum Cleartext: String, Sendable, CaseIterable { case never, loopback, anywhere }

  package var handler: any Handler
  package var limits = ServerLimits()
  package var cleartext = Cleartext.loopback
  /// Nil where only cleartext is spoken, as on a Unix socket.
  package var tls: ServerTLS?
  /// Where nodes go; without one they are served like everybody else.
  package var nodes: (any NodeDoor)?

  package init(handler: any Handler) { self.handler = handler }

  /// RFC 8446, 5.1: the first byte of a handshake record.
  private static let handshakeRecord: UInt8 = 0x16
  /// Neither TLS nor HTTP begin with it.
  private static let relayByte: UInt8 = 0x00
  private static let preface = Array("PRI * HTTP/2.0\r\n".utf8)

  /// Nil when the connection came to nothing; it is closed then.
  func greet(_ transport: SocketTransport) async -> (any ServerConnection)? {
    let deadline = transport.loop.schedule(after: limits.handshakeTimeout) { transport.close() }
    defer { transport.loop.cancel(deadline) }
    do {
      return try await identify(transport)
    } catch {
      Logger("HTTP").debug(
        "a connection ended before its first request", LogField("peer", transport.peer),
        LogField("why", String(describing: error)))
      transport.close()
      return nil
    }
  }

  private func identify(_ transport: SocketTransport) async throws -> (any ServerConnection)? {
    var first: [UInt8] = []
    repeat {
      guard try await transport.read({ first.append(contentsOf: $0) }) else {
        transport.close()
        return nil
      }
    } while first.count < Self.preface.count && Self.preface.starts(with: first)
    transport.unread(first)
    if first[0] == Self.handshakeRecord, let tls {
      return try await secure(transport, tls.current)
    }
    if first[0] == Self.relayByte, let nodes { return nodes.relayed(transport) }
    guard first[0] >= UInt8(ascii: "A"), first[0] <= UInt8(ascii: "Z") else {
      throw MessageError(.malformed, "the first byte is neither TLS nor HTTP")
    }
    guard mayUseCleartext(transport) else {
      await refuseCleartext(transport)
      return nil
    }
    let isFrames = first.starts(with: Self.preface)
    let info = ConnectionInfo(
      version: isFrames ? .http2 : .http1, peer: transport.peer, isSecure: false,
      localUser: transport.peerCredentials?.user)
    return try connection(over: transport, info: info)
  }

  private func secure(
    _ transport: SocketTransport, _ tls: TLSContext
  ) async throws -> any ServerConnection {
    let deadline = Instant.now().advanced(by: limits.handshakeTimeout)
    let secured = try await SecureTransport.accept(
      over: transport, context: tls, deadline: deadline)
    if let nodes, let peer = secured.peerKey { return nodes.secured(secured, by: peer) }
    let isFrames =
      secured.applicationProtocol == ApplicationProtocol.http2
      || secured.applicationProtocol == ApplicationProtocol.node
    return try connection(
      over: secured,
      info: ConnectionInfo(
        version: isFrames ? .http2 : .http1, peer: transport.peer, isSecure: true,
        peerKey: secured.peerKey))
  }

  private func connection(
    over transport: any Transport, info: ConnectionInfo
  ) throws -> any ServerConnection {
    switch info.version {
    case .http1:
      LineServerConnection(transport: transport, info: info, handler: handler, limits: limits)
    case .http2:
      try FrameServerConnection(transport: transport, info: info, handler: handler, limits: limits)
    }
  }

  private func mayUseCleartext(_ transport: SocketTransport) -> Bool {
    if case .unix = transport.peer.kind { return true }
    return switch cleartext {
    case .never: false
    case .loopback: transport.peer.isLoopback
    case .anywhere: true
    }
  }

  /// In the words of HTTP/1.1, which most people and programs can read.
  private func refuseCleartext(_ transport: SocketTransport) async {
    let body = "This port speaks TLS. Use https://, or allow cleartext with http.cleartext.\n"
    let answer =
      "HTTP/1.1 426 Upgrade Required\r\nupgrade: TLS/1.3\r\nconnection: close, upgrade\r\n"
      + "content-type: text/plain\r\ncontent-length: \(body.utf8.count)\r\n\r\n" + body
    // The other side may not listen; it is turned away all the same.
    try? await transport.write(Array(answer.utf8))
    await transport.finishAndClose(within: limits.lingerTimeout)
  }
}
