import CSystem
import Glibc

/// Where a socket is: an IPv4 or IPv6 address with a port, or a path. Text forms:
/// `192.0.2.1:80`, `[2001:db8::1]:80`, `unix:/run/apus.sock`.
package struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
  package enum Kind: Hashable, Sendable {
    /// Four bytes, network order.
    case v4([UInt8], port: UInt16)
    /// Sixteen bytes, network order; the scope is an interface number of link-local addresses.
    case v6([UInt8], port: UInt16, scope: UInt32)
    case unix(path: String)
  }

  package var kind: Kind

  package init(_ kind: Kind) { self.kind = kind }

  /// Reads a numeric address and port; names are for `Resolver`.
  package init?(_ text: String) {
    if text.hasPrefix("unix:") {
      let path = text.dropFirst(5)
      if path.isEmpty || path.utf8.contains(0) { return nil }
      self.init(.unix(path: String(path)))
      return
    }
    guard let endpoint = Endpoint(text) else { return nil }
    self.init(host: endpoint.host, port: endpoint.port)
  }

  /// A numeric host without brackets; nil when it is a name.
  package init?(host: String, port: UInt16) {
    if host.utf8.contains(0) { return nil }
    var v4 = in_addr()
    if inet_pton(AF_INET, host, &v4) == 1 {
      self.init(.v4(withUnsafeBytes(of: v4) { Array($0) }, port: port))
      return
    }
    var v6 = in6_addr()
    let parts = host.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
    guard inet_pton(AF_INET6, String(parts[0]), &v6) == 1,
      let scope = parts.count == 2 ? Self.scope(String(parts[1])) : 0
    else { return nil }
    self.init(.v6(withUnsafeBytes(of: v6) { Array($0) }, port: port, scope: scope))
  }

  /// An interface by its number or its name; nil when there is none.
  private static func scope(_ text: String) -> UInt32? {
    if let number = UInt32(text) { return number == 0 ? nil : number }
    let index = if_nametoindex(text)
    return index == 0 ? nil : index
  }

  package static func loopback(port: UInt16) -> SocketAddress {
    SocketAddress(.v4([127, 0, 0, 1], port: port))
  }

  package var port: UInt16? {
    switch kind {
    case .v4(_, let port), .v6(_, let port, _): port
    case .unix: nil
    }
  }

  /// True for 127.0.0.0/8, ::1, their mapped form and Unix sockets.
  package var isLoopback: Bool {
    switch kind {
    case .v4(let bytes, _): bytes[0] == 127
    case .v6(let bytes, _, _):
      bytes.starts(with: Self.mappedPrefix)
        ? bytes[12] == 127 : bytes[15] == 1 && bytes[0..<15].allSatisfy { $0 == 0 }
    case .unix: true
    }
  }

  package var isUnspecified: Bool {
    switch kind {
    case .v4(let bytes, _): bytes.allSatisfy { $0 == 0 }
    case .v6(let bytes, _, _): bytes.allSatisfy { $0 == 0 }
    case .unix: false
    }
  }

  private static let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]

  /// The host as text, without brackets or port.
  package var host: String {
    switch kind {
    case .v4(let bytes, _):
      return bytes.map { String($0) }.joined(separator: ".")
    case .v6(let bytes, _, let scope):
      if bytes.starts(with: Self.mappedPrefix) {
        return bytes[12...].map { String($0) }.joined(separator: ".")
      }
      var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
      _ = bytes.withUnsafeBytes {
        inet_ntop(AF_INET6, $0.baseAddress, &text, socklen_t(text.count))
      }
      let bytes = text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
      let host = String(decoding: bytes, as: UTF8.self)
      return scope == 0 ? host : "\(host)%\(scope)"
    case .unix(let path): return path
    }
  }

  package var description: String {
    switch kind {
    case .v4(_, let port): "\(host):\(port)"
    case .v6(_, let port, _): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }
}

/// A host, which may be a name, and a port: `example.org:80`, `[::1]:80`.
package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
  package var host: String
  package var port: UInt16

  package init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  package init?(_ text: String) {
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { return nil }
      let rest = text[text.index(after: end)...]
      guard rest.hasPrefix(":"), let port = Self.port(rest.dropFirst()) else { return nil }
      self.init(host: String(text[text.index(after: text.startIndex)..<end]), port: port)
      if !host.contains(":") || host.contains("[") { return nil }
    } else {
      guard let colon = text.lastIndex(of: ":"), !text[..<colon].contains(":"),
        let port = Self.port(text[text.index(after: colon)...])
      else { return nil }
      self.init(host: String(text[..<colon]), port: port)
      if host.isEmpty || host.contains(where: { "[]".contains($0) }) { return nil }
    }
    if host.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) { return nil }
  }

  /// Digits alone: no sign, no space.
  private static func port(_ text: Substring) -> UInt16? {
    text.utf8.allSatisfy { 0x30...0x39 ~= $0 } ? UInt16(text) : nil
  }

  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
