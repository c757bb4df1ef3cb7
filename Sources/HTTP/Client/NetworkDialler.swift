package import IO
import Primitives
package import Security

/// Connects a client over TCP, TLS and Unix sockets. TLS says by ALPN which version of HTTP both
/// sides speak; in clear it is the one the origin names, HTTP/1.1 unless it names another.
///
/// It carries the HTTP/2 connections it made until they end: close the client, then wait for
/// `ended`.
/// Guard of everything mutable: confinement to `loop`.
package final class NetworkDialler: Dialler, @unchecked Sendable {
  package struct Limits: Sendable {
    /// Handshake and connecting together.
    package var timeout = Duration.seconds(10)
    package var line = LineClientConnection.Limits()
    package init() {}
  }

  /// From a host and port to addresses, in the order in which to try them.
  package typealias Resolve = @Sendable (Endpoint) async throws -> [SocketAddress]

  private let loop: EventLoop
  private let roots: TLSContext.Roots
  private let limits: Limits
  private let resolve: Resolve
  private let tasks: TaskSet
  private var contexts: [Origin.Versions: TLSContext] = [:]

  /// `roots` says whose certificates `https` trusts.
  package init(
    on loop: EventLoop, roots: TLSContext.Roots = .system, limits: Limits = Limits(),
    resolve: @escaping Resolve = { try await Resolver.resolve($0) }
  ) {
    self.loop = loop
    self.roots = roots
    self.limits = limits
    self.resolve = resolve
    tasks = TaskSet(on: loop)
  }

  /// Returns once no connection of this dialler is carried any more.
  package func ended() async { await tasks.waitForAll() }

  package func dial(_ origin: Origin) async throws -> any ClientConnection {
    loop.checkIsCurrent("dial")
    let deadline = Instant.now().advanced(by: limits.timeout)
    let socket = try await connect(origin, deadline)
    guard origin.scheme == .https else {
      return try connection(
        over: socket, isSecure: false, speaksFrames: origin.versions == .http2)
    }
    let secured = try await secure(socket, origin, deadline)
    let isFrames = secured.applicationProtocol == ApplicationProtocol.http2
    guard isFrames || origin.versions != .http2 else {
      secured.close()
      throw MessageError(.unreachable, "\(origin) does not speak HTTP/2")
    }
    return try connection(over: secured, isSecure: true, speaksFrames: isFrames)
  }

  private func connect(_ origin: Origin, _ deadline: Instant) async throws -> SocketTransport {
    if origin.scheme == .unix {
      return try await SocketTransport.connect(
        to: SocketAddress(.unix(path: origin.host)), on: loop, deadline: deadline)
    }
    let addresses = try await resolve(Endpoint(host: origin.host, port: origin.port))
    return try await SocketTransport.connect(toAnyOf: addresses, on: loop, deadline: deadline)
  }

  /// Cancelled, it closes the socket, which ends the handshake.
  private func secure(
    _ socket: SocketTransport, _ origin: Origin, _ deadline: Instant
  ) async throws -> SecureTransport {
    let loop = loop
    let context: TLSContext
    do { context = try self.context(for: origin.versions) } catch {
      socket.close()
      throw error
    }
    do {
      return try await withTaskCancellationHandler {
        try await SecureTransport.connect(
          over: socket, context: context, to: .host(origin.host), deadline: deadline)
      } onCancel: {
        loop.execute { socket.close() }
      }
    } catch let error as TrustError {
      throw MessageError(.unreachable, "\(origin) cannot be trusted or reached: \(error.message)")
    }
  }

  /// Made when first needed: it takes a millisecond, and reading roots takes many.
  private func context(for versions: Origin.Versions) throws(TrustError) -> TLSContext {
    if let context = contexts[versions] { return context }
    let protocols =
      switch versions {
      case .any: [ApplicationProtocol.http2, ApplicationProtocol.http1]
      case .http1: [ApplicationProtocol.http1]
      case .http2: [ApplicationProtocol.http2]
      }
    let context = try TLSContext(client: nil, roots: roots, protocols: protocols)
    contexts[versions] = context
    return context
  }

  private func connection(
    over transport: any Transport, isSecure: Bool, speaksFrames: Bool
  ) throws -> any ClientConnection {
    guard speaksFrames else {
      return LineClientConnection(transport: transport, limits: limits.line)
    }
    do {
      let connection = try FrameClientConnection(transport: transport, isSecure: isSecure)
      tasks.start { await connection.run() }
      return connection
    } catch {
      transport.close()
      throw error
    }
  }
}
