/// Where requests go: a scheme, a host and a port. Connections are shared by requests of the
/// same origin.
package struct Origin: Hashable, Sendable, CustomStringConvertible {
  package enum Scheme: String, Sendable { case http, https, unix }
  /// Which versions of HTTP may be used. In clear nothing tells them apart: `any` is HTTP/1.1.
  package enum Versions: Hashable, Sendable { case any, http1, http2 }

  package var scheme: Scheme
  /// A name or address without brackets; the path of a Unix socket.
  package var host: String
  package var port: UInt16
  package var versions: Versions

  package init(_ scheme: Scheme, host: String, port: UInt16? = nil, versions: Versions = .any) {
    self.scheme = scheme
    self.host = host
    self.port = port ?? Self.defaultPort(scheme)
    self.versions = versions
  }

  private static func defaultPort(_ scheme: Scheme) -> UInt16 {
    switch scheme {
    case .http: 80
    case .https: 443
    case .unix: 0
    }
  }

  /// Splits `https://example.org:8443/path?query` into origin and target. Nil for another scheme,
  /// user information or a malformed port. A fragment is left out.
  package static func split(_ url: String) -> (origin: Origin, target: String)? {
    guard let mark = url.firstRange(of: "://"),
      let scheme = Scheme(rawValue: url[..<mark.lowerBound].lowercased()), scheme != .unix
    else { return nil }
    let rest = url[mark.upperBound...].prefix { $0 != "#" }
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    var target = String(rest[authority.endIndex...])
    if !target.hasPrefix("/") { target = "/" + target }
    guard let (host, port) = hostAndPort(authority) else { return nil }
    return (Origin(scheme, host: host, port: port), target)
  }

  private static func hostAndPort(_ text: Substring) -> (String, UInt16?)? {
    let isValid = Array(text.utf8).withUnsafeBytes { !$0.isEmpty && Authority.isValid($0) }
    guard isValid else { return nil }
    let host: Substring
    var rest: Substring
    if text.hasPrefix("[") {
      host = text.dropFirst().prefix { $0 != "]" }
      rest = text[host.endIndex...].dropFirst()
    } else {
      host = text.prefix { $0 != ":" }
      rest = text[host.endIndex...]
    }
    if rest.isEmpty { return (String(host), nil) }
    rest = rest.dropFirst()
    guard let port = UInt16(rest) else { return nil }
    return (String(host), port)
  }

  /// What goes into Host.
  package var authority: String {
    if scheme == .unix { return "localhost" }
    let name = host.contains(":") ? "[\(host)]" : host
    return port == Self.defaultPort(scheme) ? name : "\(name):\(port)"
  }

  package var description: String {
    scheme == .unix ? "unix:\(host)" : "\(scheme.rawValue)://\(authority)"
  }
}
