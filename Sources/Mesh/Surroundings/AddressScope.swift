package import IO

/// From where an address can be reached.
package enum AddressScope: String, Hashable, Sendable, CaseIterable {
  case unspecified, loopback, multicast
  /// On one link: 169.254.0.0/16, fe80::/10.
  case linkLocal
  /// RFC 1918 and fc00::/7.
  case privateUse
  /// Between a provider's customers and its own NAT (RFC 6598).
  case shared
  case global

  package init(of address: SocketAddress) {
    switch address.kind {
    case .unix: self = .loopback
    case .v4(let bytes, _): self.init(v4: bytes)
    case .v6(let bytes, _, _):
      let isMapped = bytes[0..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
      if isMapped { self.init(v4: Array(bytes[12...])) } else { self.init(v6: bytes) }
    }
  }

  private init(v4 bytes: [UInt8]) {
    switch (bytes[0], bytes[1]) {
    case (0, _): self = .unspecified
    case (127, _): self = .loopback
    case (10, _), (172, 16...31), (192, 168): self = .privateUse
    case (169, 254): self = .linkLocal
    case (100, 64...127): self = .shared
    // Class E and the broadcast address are nobody's either.
    case (224..., _): self = .multicast
    default: self = .global
    }
  }

  private init(v6 bytes: [UInt8]) {
    switch (bytes[0], bytes[1]) {
    case (0, 0) where bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] <= 1:
      self = bytes[15] == 0 ? .unspecified : .loopback
    case (0xFE, 0x80...0xBF): self = .linkLocal
    case (0xFC...0xFD, _): self = .privateUse
    case (0xFF, _): self = .multicast
    default: self = .global
    }
  }
}

extension SocketAddress {
  /// The same host with another port.
  package func with(port: UInt16) -> SocketAddress {
    switch kind {
    case .v4(let bytes, _): SocketAddress(.v4(bytes, port: port))
    case .v6(let bytes, _, let scope): SocketAddress(.v6(bytes, port: port, scope: scope))
    case .unix: self
    }
  }

  /// The same with an IPv4 address in IPv6's clothes undressed.
  package var unmapped: SocketAddress {
    guard case .v6(let bytes, let port, _) = kind, bytes[0..<10].allSatisfy({ $0 == 0 }),
      bytes[10] == 0xFF, bytes[11] == 0xFF
    else { return self }
    return SocketAddress(.v4(Array(bytes[12...]), port: port))
  }

  /// True when both are the same host, whatever their ports.
  package func isSameHost(as other: SocketAddress) -> Bool {
    unmapped.with(port: 0) == other.unmapped.with(port: 0)
  }
}

extension NetworkInterface {
  /// True when the address belongs to the network of this one.
  package func network(contains other: SocketAddress) -> Bool {
    switch (address.kind, other.unmapped.kind) {
    case (.v4(let own, _), .v4(let bytes, _)): Self.agree(own, bytes, bits: prefixLength)
    case (.v6(let own, _, let scope), .v6(let bytes, _, let otherScope)):
      (otherScope == 0 || otherScope == scope) && Self.agree(own, bytes, bits: prefixLength)
    default: false
    }
  }

  private static func agree(_ left: [UInt8], _ right: [UInt8], bits: Int) -> Bool {
    // A network of one address holds nobody else; of no bits, everybody.
    guard (1...left.count * 8).contains(bits) else { return false }
    let whole = bits / 8
    if left[..<whole] != right[..<whole] { return false }
    let rest = bits % 8
    return rest == 0 || (left[whole] ^ right[whole]) >> UInt8(8 - rest) == 0
  }
}
