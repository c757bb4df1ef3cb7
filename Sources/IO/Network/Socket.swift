import CSystem
import Glibc

/// The calls of the socket interface, with our errors. Descriptors are non-blocking and closed
/// on exec.
enum Socket {
  enum Kind { case stream, datagram }

  static func open(_ kind: Kind, for address: SocketAddress) throws(SystemError) -> Int32 {
    let family =
      switch address.kind {
      case .v4: AF_INET
      case .v6: AF_INET6
      case .unix: AF_UNIX
      }
    let type = kind == .stream ? SOCK_STREAM : SOCK_DGRAM
    let flags = Int32(type.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(family, flags, 0)
    guard descriptor >= 0 else { throw SystemError("opening a socket for \(address)") }
    return descriptor
  }

  static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
    var value = value
    setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  static func withAddress<Result>(
    _ address: SocketAddress, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    var storage = sockaddr_storage()
    let length = fill(&storage, address)
    return withUnsafePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }

  /// The longest path a Unix socket can have.
  static let pathLimit = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

  private static func fill(
    _ storage: inout sockaddr_storage, _ address: SocketAddress
  ) -> socklen_t {
    withUnsafeMutableBytes(of: &storage) { raw in
      switch address.kind {
      case .v4(let bytes, let port):
        var value = sockaddr_in()
        value.sin_family = sa_family_t(AF_INET)
        value.sin_port = port.bigEndian
        withUnsafeMutableBytes(of: &value.sin_addr) { $0.copyBytes(from: bytes) }
        raw.storeBytes(of: value, as: sockaddr_in.self)
        return socklen_t(MemoryLayout<sockaddr_in>.size)
      case .v6(let bytes, let port, let scope):
        var value = sockaddr_in6()
        value.sin6_family = sa_family_t(AF_INET6)
        value.sin6_port = port.bigEndian
        value.sin6_scope_id = scope
        withUnsafeMutableBytes(of: &value.sin6_addr) { $0.copyBytes(from: bytes) }
        raw.storeBytes(of: value, as: sockaddr_in6.self)
        return socklen_t(MemoryLayout<sockaddr_in6>.size)
      case .unix(let path):
        var value = sockaddr_un()
        value.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &value.sun_path) {
          $0.copyBytes(from: path.utf8.prefix(pathLimit))
        }
        raw.storeBytes(of: value, as: sockaddr_un.self)
        return socklen_t(MemoryLayout<sockaddr_un>.size)
      }
    }
  }

  static func address(from storage: sockaddr_storage) -> SocketAddress {
    withUnsafeBytes(of: storage) { raw in
      switch Int32(storage.ss_family) {
      case AF_INET:
        let value = raw.load(as: sockaddr_in.self)
        return SocketAddress(
          .v4(
            withUnsafeBytes(of: value.sin_addr) { Array($0) },
            port: UInt16(bigEndian: value.sin_port)))
      case AF_INET6:
        let value = raw.load(as: sockaddr_in6.self)
        return SocketAddress(
          .v6(
            withUnsafeBytes(of: value.sin6_addr) { Array($0) },
            port: UInt16(bigEndian: value.sin6_port), scope: value.sin6_scope_id))
      default:
        let value = raw.load(as: sockaddr_un.self)
        let path = withUnsafeBytes(of: value.sun_path) { $0.prefix { $0 != 0 } }
        return SocketAddress(.unix(path: String(decoding: path, as: UTF8.self)))
      }
    }
  }

  static func localAddress(_ descriptor: Int32) -> SocketAddress {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    withUnsafeMutablePointer(to: &storage) {
      _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor, $0, &length)
      }
    }
    return address(from: storage)
  }
}
