package import IO

/// Tells the networks apart that a machine is in at different times: at home, at work, on the
/// road. What is learned about ways to peers holds for one of them.
package struct NetworkMark: Hashable, Sendable, CustomStringConvertible {
  package let text: String

  package init(_ text: String) { self.text = text }

  /// From the networks of the interfaces that are up. Temporary addresses come and go within a
  /// network, so only the prefixes count.
  package init(_ interfaces: [NetworkInterface]) {
    let networks = interfaces.filter { $0.isUp && !$0.isLoopback }.compactMap(Self.network)
    text = Set(networks).sorted().joined(separator: " ")
  }

  package var description: String { text.isEmpty ? "no network" : text }

  private static func network(_ interface: NetworkInterface) -> String? {
    switch interface.address.kind {
    case .v4(let bytes, _):
      SocketAddress(.v4(masked(bytes, interface.prefixLength), port: 0)).host
        + "/\(interface.prefixLength)"
    case .v6(let bytes, _, _):
      AddressScope(of: interface.address) == .linkLocal
        ? nil
        : SocketAddress(.v6(masked(bytes, interface.prefixLength), port: 0, scope: 0)).host
          + "/\(interface.prefixLength)"
    case .unix: nil
    }
  }

  private static func masked(_ bytes: [UInt8], _ bits: Int) -> [UInt8] {
    bytes.enumerated().map { index, byte in
      let kept = min(8, max(0, bits - index * 8))
      return kept == 0 ? 0 : byte & ~UInt8(truncatingIfNeeded: 0xFF >> kept)
    }
  }
}
