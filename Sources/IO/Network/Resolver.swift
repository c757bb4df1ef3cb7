import CSystem
import Glibc
import Primitives

/// Host names to addresses, off the loop.
package enum Resolver {
  /// The system's own order (RFC 6724). A numeric host costs no look-up.
  package static func resolve(
    _ endpoint: Endpoint, pool: BlockingPool = .shared
  ) async throws -> [SocketAddress] {
    if let address = SocketAddress(host: endpoint.host, port: endpoint.port) { return [address] }
    return try await pool.run { try lookUp(endpoint) }
  }

  private static func lookUp(_ endpoint: Endpoint) throws(SystemError) -> [SocketAddress] {
    // An empty name would mean this machine, and a zero byte would hide the rest of one.
    guard !endpoint.host.isEmpty, !endpoint.host.utf8.contains(0) else {
      throw SystemError(.invalidInput, "\(endpoint.host) is no host name")
    }
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_ADDRCONFIG
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(endpoint.host, String(endpoint.port), &hints, &list)
    defer { if let list { freeaddrinfo(list) } }
    guard status == 0 else {
      throw SystemError(
        .unreachable,
        "looking up \(endpoint.host): \(String(cString: gai_strerror(status))); check the name "
          + "and this machine's DNS")
    }
    var addresses: [SocketAddress] = []
    var next = list
    while let entry = next?.pointee {
      var storage = sockaddr_storage()
      let length = min(Int(entry.ai_addrlen), MemoryLayout.size(ofValue: storage))
      memcpy(&storage, entry.ai_addr, length)
      addresses.append(Socket.address(from: storage))
      next = entry.ai_next
    }
    return addresses
  }
}
