import Glibc
import IO
import Primitives

/// Keeps pages of other sites from using the browsers of this machine against it.
///
/// - DNS rebinding: a name of the attacker's that suddenly leads to loopback makes the attacker's
///   page and this server one origin. Over loopback only names that nobody else can point
///   anywhere are answered.
/// - Cross-site requests: a browser names the page that asks (`Origin`), and only pages of this
///   server may change something.
/// - Two hosts in one request: whoever looks at the other one is led astray (RFC 9113, 8.3.1).
///
/// A Unix socket and a peer that proved a node's key are out of a browser's reach.
package struct HostGuard: Sendable {
  private let names: Set<String>

  /// `names` are host names and addresses without a port, beside localhost and loopback.
  package init(names: some Sequence<String>) {
    self.names = Set(names.map { Self.plain($0[...]) }.filter { !$0.isEmpty })
  }

  /// The answer that turns a request away; nil when it may pass.
  package func refusal(
    of head: RequestHead, on connection: ConnectionInfo
  ) -> Response? {
    guard !connection.isBeyondBrowsers else { return nil }
    let headers = head.headers
    var origin: String?
    for index in headers.indices {
      switch headers.nameLength(at: index) {
      case 4 where headers.isName("host", at: index):
        guard Self.areOneHost(headers.value(at: index), head.authority) else {
          return .error(.badRequest, "the host field and :authority name different hosts")
        }
      case 6 where headers.isName("origin", at: index): origin = headers.value(at: index)
      default: break
      }
    }
    if connection.peer.isLoopback, !isOurs(head.authority) { return misdirected(head.authority) }
    if let origin, !head.method.isSafe,
      !Self.isSameOrigin(origin, head.authority, isSecure: connection.isSecure)
    {
      return .error(
        .forbidden, "a page of another site (\(Self.shown(origin))) may not do this",
        code: "crossOrigin")
    }
    return nil
  }

  // MARK: - Whose name it is

  /// No host at all is for ancient programs; every browser names one.
  private func isOurs(_ authority: String) -> Bool {
    if authority.isEmpty || Self.isUsual(authority) { return true }
    let host = Self.plain(Self.split(authority[...]).host)
    if host == "localhost" || host.hasSuffix(".localhost") { return true }
    if SocketAddress(host: host, port: 0)?.isLoopback == true { return true }
    return names.contains(host)
  }

  /// What nearly every request says, found without making a string.
  private static func isUsual(_ authority: String) -> Bool {
    let bytes = authority.utf8.span
    guard bytes.count >= 9, isHost("127.0.0.1", of: bytes) || isHost("localhost", of: bytes) else {
      return false
    }
    if bytes.count == 9 { return true }
    return bytes[9] == LineBytes.colon
      && (10..<bytes.count).allSatisfy { LineBytes.isDigit(bytes[$0]) }
  }

  private static func isHost(_ host: StaticString, of bytes: Span<UInt8>) -> Bool {
    bytes.withUnsafeBufferPointer {
      memcmp($0.baseAddress.unsafelyUnwrapped, host.utf8Start, host.utf8CodeUnitCount) == 0
    }
  }

  private func misdirected(_ authority: String) -> Response {
    .error(
      .misdirectedRequest,
      "this node does not go by the name \(Self.shown(authority)) on its own machine; use "
        + "localhost, or add the name to the setting http.hosts")
  }

  // MARK: - Origins

  /// Without TLS `https` is fine too: a proxy in front may speak it.
  private static func isSameOrigin(_ origin: String, _ authority: String, isSecure: Bool) -> Bool {
    let parts: (isSecure: Bool, rest: Substring)
    if origin.hasPrefix("https://") {
      parts = (true, origin.dropFirst(8))
    } else if origin.hasPrefix("http://") {
      parts = (false, origin.dropFirst(7))
    } else {
      return false
    }
    guard parts.isSecure || !isSecure else { return false }
    let (from, to) = (split(parts.rest), split(authority[...]))
    let usual: Substring = parts.isSecure ? "443" : "80"
    return plain(from.host) == plain(to.host) && (from.port ?? usual) == (to.port ?? usual)
  }

  private static func areOneHost(_ left: String, _ right: String) -> Bool {
    left == right || left.lowercased() == right.lowercased()
  }

  /// Host with its brackets, and the port's digits.
  private static func split(_ authority: Substring) -> (host: Substring, port: Substring?) {
    guard let colon = authority.lastIndex(of: ":"),
      authority[authority.index(after: colon)...].utf8.allSatisfy(LineBytes.isDigit)
    else { return (authority, nil) }
    let port = authority[authority.index(after: colon)...]
    return (authority[..<colon], port.isEmpty ? nil : port)
  }

  /// Lower case, without brackets and the dot at the end of a full name.
  private static func plain(_ host: Substring) -> String {
    var host = host.lowercased()
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    if host.hasSuffix(".") { host.removeLast() }
    return host
  }

  private static func shown(_ text: String) -> String {
    text.utf8.count <= 100 ? text : String(decoding: text.utf8.prefix(100), as: UTF8.self) + "..."
  }
}

extension ConnectionInfo {
  fileprivate var isBeyondBrowsers: Bool {
    if peerKey != nil { return true }
    if case .unix = peer.kind { return true }
    return false
  }
}

extension Method {
  /// RFC 9110, 9.2.1.
  fileprivate var isSafe: Bool { self == .get || self == .head || self == .options }
}
