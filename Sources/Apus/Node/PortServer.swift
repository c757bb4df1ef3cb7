import HTTP
import IO
import Primitives
import Security

/// The server on the node's own addresses, as the settings want it.
enum PortServer {
  static func make(
    settings: Settings, tls: ServerTLS, loops: LoopGroup, handler: any Handler,
    nodes: any NodeDoor
  ) throws -> Server {
    var greeter = Greeter(handler: handler)
    greeter.limits = limits(settings)
    greeter.cleartext =
      switch settings.httpCleartext {
      case .loopback: .loopback
      case .never: .never
      case .anywhere: .anywhere
      }
    greeter.tls = tls
    greeter.nodes = nodes
    do {
      return try Server(
        name: "port", on: try addresses(settings.nodeListen), loops: loops, greeter: greeter)
    } catch {
      // A machine without IPv6 refuses the default address: IPv4 serves as well.
      guard settings.nodeListen == SettingTable.shared.nodeListen.fallback,
        let address = SocketAddress("0.0.0.0:4747")
      else { throw explained(error) }
      do throws(SystemError) {
        return try Server(name: "port", on: [address], loops: loops, greeter: greeter)
      } catch {
        throw explained(error)
      }
    }
  }

  /// Nodes see the node's own key, everybody else `web`.
  static func context(_ credentials: Credentials, web: Credentials) throws -> TLSContext {
    try TLSContext(
      server: credentials, web: web,
      protocols: [ApplicationProtocol.node, ApplicationProtocol.http2, ApplicationProtocol.http1])
  }

  private static func explained(_ error: SystemError) -> NodeError {
    error.code == .addressInUse
      ? NodeError(
        .unusable,
        "\(error.message); another program has this port: choose one with --listen, or port 0 "
          + "for any")
      : NodeError(.unusable, error.message)
  }

  private static func addresses(_ listen: ListenAddresses) throws(SystemError) -> [SocketAddress] {
    var addresses: [SocketAddress] = []
    for endpoint in listen.endpoints {
      guard let address = SocketAddress(host: endpoint.host, port: endpoint.port) else {
        throw SystemError(
          .invalidInput, "node.listen takes addresses, not names: \(endpoint.host) is none")
      }
      addresses.append(address)
    }
    return addresses
  }

  private static func limits(_ settings: Settings) -> ServerLimits {
    var limits = ServerLimits()
    limits.connections = settings.httpMaxConnections
    limits.headBytes = Int(settings.httpMaxHeaderBytes.bytes)
    limits.concurrentStreams = settings.httpMaxConcurrentStreams
    limits.idleTimeout = settings.httpIdleTimeout
    limits.headTimeout = settings.httpHeaderTimeout
    limits.handshakeTimeout = settings.httpHeaderTimeout
    limits.bodyTimeout = settings.httpBodyTimeout
    // A few messages of the largest size, whatever that is set to.
    limits.connectionBodyBytes = max(
      limits.connectionBodyBytes, 4 * Int(settings.callsMaxMessageBytes.bytes))
    return limits
  }
}
