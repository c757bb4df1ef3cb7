import CPortMap
import Glibc
package import IO
import Primitives

/// Speaks with the router by libnatpmp and miniupnpc. Every call blocks, for seconds at worst: on
/// threads of a `BlockingPool` only.
package struct PortMapRouter: Sendable {
  package struct Limits: Sendable {
    /// For one answer by NAT-PMP.
    package var natPMP = Duration.seconds(3)
    /// While routers that speak UPnP say so.
    package var discovery = Duration.seconds(2)
    package init() {}
  }

  /// The router to ask by NAT-PMP; nil is the one of the default route.
  package var gateway: SocketAddress?
  package var limits = Limits()

  package init(gateway: SocketAddress? = nil) { self.gateway = gateway }

  package func map(
    _ method: PortMappingMethod, inside: UInt16, wanted: UInt16, lifetime: Duration
  ) throws(PortMappingFailure) -> MappedPort {
    switch method {
    case .natPMP: try mapByNATPMP(inside, wanted, seconds(lifetime))
    case .upnp: try mapByUPnP(inside, wanted, seconds(lifetime))
    }
  }

  package func remove(_ port: MappedPort) throws(PortMappingFailure) {
    switch port.method {
    case .natPMP:
      var session = try Session(gateway)
      defer { session.close() }
      _ = try session.map(inside: port.inside, outside: 0, seconds: 0, time: limits.natPMP)
    case .upnp:
      let router = try UPnPRouter(discovery: limits.discovery)
      try router.remove(outside: port.outside.port ?? 0)
    }
  }

  private func seconds(_ lifetime: Duration) -> UInt32 {
    UInt32(clamping: lifetime.components.seconds)
  }

  private func mapByNATPMP(
    _ inside: UInt16, _ wanted: UInt16, _ seconds: UInt32
  ) throws(PortMappingFailure) -> MappedPort {
    var session = try Session(gateway)
    defer { session.close() }
    let host = try session.outsideAddress(time: limits.natPMP)
    let (port, life) = try session.map(
      inside: inside, outside: wanted, seconds: seconds, time: limits.natPMP)
    return MappedPort(
      method: .natPMP, outside: SocketAddress(.v4(host, port: port)), inside: inside,
      lifetime: .seconds(Int64(life)))
  }

  private func mapByUPnP(
    _ inside: UInt16, _ wanted: UInt16, _ seconds: UInt32
  ) throws(PortMappingFailure) -> MappedPort {
    let router = try UPnPRouter(discovery: limits.discovery)
    let host = try router.outsideAddress()
    // Some routers grant mappings without end only.
    var life = seconds
    do { try router.add(outside: wanted, inside: inside, seconds: life) } catch {
      life = 0
      try router.add(outside: wanted, inside: inside, seconds: 0)
    }
    guard let outside = SocketAddress(host: host, port: wanted) else {
      throw PortMappingFailure(
        .failed, "the router says its outside address is \(host.prefix(40).debugDescription)")
    }
    return MappedPort(
      method: .upnp, outside: outside, inside: inside,
      lifetime: .seconds(Int64(life == 0 ? seconds : life)))
  }
}

/// One conversation by NAT-PMP (RFC 6886).
private struct Session {
  private var handle = natpmp_t()

  init(_ gateway: SocketAddress?) throws(PortMappingFailure) {
    var forced: in_addr_t = 0
    if case .v4(let bytes, _) = gateway?.kind {
      withUnsafeMutableBytes(of: &forced) { $0.copyBytes(from: bytes) }
    }
    let status = initnatpmp(&handle, gateway == nil ? 0 : 1, forced)
    guard status == 0 else {
      throw PortMappingFailure(
        .noRouter,
        status == NATPMP_ERR_CANNOTGETGATEWAY
          ? "there is no default route, and so no router to ask"
          : "NAT-PMP cannot begin (error \(status))")
    }
  }

  mutating func close() { closenatpmp(&handle) }

  mutating func outsideAddress(time: Duration) throws(PortMappingFailure) -> [UInt8] {
    guard sendpublicaddressrequest(&handle) >= 0 else {
      throw PortMappingFailure(.noRouter, "the router cannot be reached by NAT-PMP")
    }
    let answer = try self.answer(time)
    return withUnsafeBytes(of: answer.pnu.publicaddress.addr) { Array($0) }
  }

  mutating func map(
    inside: UInt16, outside: UInt16, seconds: UInt32, time: Duration
  ) throws(PortMappingFailure) -> (port: UInt16, seconds: UInt32) {
    guard sendnewportmappingrequest(&handle, NATPMP_PROTOCOL_TCP, inside, outside, seconds) >= 0
    else { throw PortMappingFailure(.noRouter, "the router cannot be reached by NAT-PMP") }
    let mapping = try answer(time).pnu.newportmapping
    return (mapping.mappedpublicport, mapping.lifetime)
  }

  private mutating func answer(_ time: Duration) throws(PortMappingFailure) -> natpmpresp_t {
    let deadline = Instant.now().advanced(by: time)
    var response = natpmpresp_t()
    while true {
      let status = readnatpmpresponseorretry(&handle, &response)
      if status == 0 { return response }
      guard status == NATPMP_TRYAGAIN else { throw failure(status) }
      let left = Instant.now().duration(to: deadline).nanoseconds / 1_000_000
      if left <= 0 { throw failure(NATPMP_ERR_NOGATEWAYSUPPORT) }
      var wait = timeval()
      getnatpmprequesttimeout(&handle, &wait)
      let milliseconds = Int64(wait.tv_sec) * 1_000 + Int64(wait.tv_usec) / 1_000
      var descriptor = pollfd(fd: handle.s, events: Int16(POLLIN), revents: 0)
      poll(&descriptor, 1, Int32(clamping: max(1, min(left, milliseconds))))
    }
  }

  private func failure(_ status: Int32) -> PortMappingFailure {
    switch status {
    case NATPMP_ERR_NOGATEWAYSUPPORT, NATPMP_ERR_RECVFROM, NATPMP_ERR_WRONGPACKETSOURCE:
      PortMappingFailure(.noRouter, "no router answered by NAT-PMP")
    case NATPMP_ERR_NOTAUTHORIZED:
      PortMappingFailure(.refused, "the router does not allow port mapping; see its settings")
    case NATPMP_ERR_OUTOFRESOURCES:
      PortMappingFailure(.refused, "the router has no mapping left to give")
    case NATPMP_ERR_NETWORKFAILURE:
      PortMappingFailure(.refused, "the router has no connection to the outside itself")
    default: PortMappingFailure(.failed, "NAT-PMP ended with error \(status)")
    }
  }
}
