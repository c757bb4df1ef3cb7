import CSystem
import Glibc

/// One address of one network interface of this machine.
package struct NetworkInterface: Hashable, Sendable {
  package var name: String
  /// The system's number of the interface, as link-local addresses carry it.
  package var index: UInt32
  /// With port 0.
  package var address: SocketAddress
  /// Leading bits that all addresses of its network share.
  package var prefixLength: Int
  package var isUp: Bool
  package var isLoopback: Bool
  package var isPointToPoint: Bool
  package var isMulticastCapable: Bool

  package init(
    name: String, index: UInt32, address: SocketAddress, prefixLength: Int, isUp: Bool = true,
    isLoopback: Bool = false, isPointToPoint: Bool = false, isMulticastCapable: Bool = true
  ) {
    self.name = name
    self.index = index
    self.address = address
    self.prefixLength = prefixLength
    self.isUp = isUp
    self.isLoopback = isLoopback
    self.isPointToPoint = isPointToPoint
    self.isMulticastCapable = isMulticastCapable
  }

  /// All IPv4 and IPv6 addresses of this machine, in the system's order.
  package static func all() throws(SystemError) -> [NetworkInterface] {
    var head: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&head) == 0 else { throw SystemError("listing the network interfaces") }
    defer { freeifaddrs(head) }
    var interfaces: [NetworkInterface] = []
    var next = head
    while let entry = next {
      if let interface = NetworkInterface(entry.pointee) { interfaces.append(interface) }
      next = entry.pointee.ifa_next
    }
    return interfaces
  }

  private init?(_ entry: ifaddrs) {
    guard let pointer = entry.ifa_addr, let address = Self.address(pointer) else { return nil }
    let name = String(cString: entry.ifa_name)
    let flags = Int32(bitPattern: entry.ifa_flags)
    func has(_ flag: Int32) -> Bool { flags & flag != 0 }
    self.init(
      name: name, index: if_nametoindex(name), address: address,
      prefixLength: entry.ifa_netmask.map(Self.prefixLength) ?? 0,
      isUp: has(Flag.up) && has(Flag.running), isLoopback: has(Flag.loopback),
      isPointToPoint: has(Flag.pointToPoint), isMulticastCapable: has(Flag.multicast))
  }

  /// netdevice(7).
  private enum Flag {
    static let up: Int32 = 0x1
    static let loopback: Int32 = 0x8
    static let pointToPoint: Int32 = 0x10
    static let running: Int32 = 0x40
    static let multicast: Int32 = 0x1000
  }

  private static func address(_ pointer: UnsafeMutablePointer<sockaddr>) -> SocketAddress? {
    let size: Int
    switch Int32(pointer.pointee.sa_family) {
    case AF_INET: size = MemoryLayout<sockaddr_in>.size
    case AF_INET6: size = MemoryLayout<sockaddr_in6>.size
    default: return nil
    }
    var storage = sockaddr_storage()
    withUnsafeMutableBytes(of: &storage) {
      $0.copyMemory(from: UnsafeRawBufferPointer(start: pointer, count: size))
    }
    return Socket.address(from: storage)
  }

  private static func prefixLength(_ mask: UnsafeMutablePointer<sockaddr>) -> Int {
    switch address(mask)?.kind {
    case .v4(let bytes, _), .v6(let bytes, _, _):
      return bytes.reduce(0) { $0 + $1.nonzeroBitCount }
    case .unix, nil: return 0
    }
  }
}
