import HTTP
package import IO
import Primitives
import Security

/// What a running node says on its own port, asked as a browser on this machine would.
package enum NodeWeb {
  /// How the health page was answered: `TLS`. Nil where this machine has no way to
  /// ask: a certificate of the owner's is for names that only the owner knows.
  package static func health(
    at address: SocketAddress, settings: Settings, folder: StateFolder, on loop: EventLoop,
    timeout: Duration = .seconds(5)
  ) async throws -> String? {
    guard let port = address.port,
      let origin = origin(port: port, of: address, settings)
    else { return nil }
    let reachable = address.isUnspecified ? SocketAddress.loopback(port: port) : address
    return try await loop.run {
      let dialler = NetworkDialler(on: loop, roots: .file(folder.webCertificate)) { _ in
        [reachable]
      }
      let client = Client(on: loop, dialler: dialler)
      var request = ClientRequest(.get, origin, "/healthz")
      request.timeout = timeout
      let result: Result<ClientAnswer, any Error>
      do { result = .success(try await client.send(request)) } catch { result = .failure(error) }
      client.close()
      await dialler.ended()
      let answer = try result.get()
      guard answer.status == .ok, answer.body == Array("ok\n".utf8) else {
        throw NodeError(.failed, "the port answers \(answer.status) to the question for its health")
      }
      return origin.scheme == .https ? "TLS" : "HTTP in clear"
    }
  }

  /// The node's own certificate is for localhost, wherever the node listens.
  private static func origin(
    port: UInt16, of address: SocketAddress, _ settings: Settings
  ) -> Origin? {
    if settings.tlsCertificate.isEmpty { return Origin(.https, host: "localhost", port: port) }
    let isClear =
      settings.httpCleartext == .anywhere
      || settings.httpCleartext == .loopback && (address.isLoopback || address.isUnspecified)
    return isClear ? Origin(.http, host: "localhost", port: port) : nil
  }
}
