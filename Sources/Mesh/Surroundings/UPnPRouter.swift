import CPortMap
import Glibc

/// A router found by UPnP. Every call blocks.
final class UPnPRouter {
  private var urls = UPNPUrls()
  private var data = IGDdatas()
  /// This machine's address as the router sees it.
  private let own: String
  private let service: String
  private let control: String

  init(discovery: Duration) throws(PortMappingFailure) {
    var status: Int32 = 0
    let milliseconds = Int32(clamping: discovery.components.seconds * 1_000)
    guard let devices = upnpDiscover(milliseconds, nil, nil, 0, 0, 2, &status) else {
      throw PortMappingFailure(.noRouter, "no router answered by UPnP")
    }
    defer { freeUPNPDevlist(devices) }
    var lan = [CChar](repeating: 0, count: 64)
    let found = apus_upnp_gateway(devices, &urls, &data, &lan, Int32(lan.count))
    own = Self.text(lan)
    service = withUnsafeBytes(of: data.first.servicetype) {
      Self.text($0.map { CChar(bitPattern: $0) })
    }
    control = urls.controlURL.map { String(cString: $0) } ?? ""
    guard found == 1, !control.isEmpty else {
      throw PortMappingFailure(
        .noRouter, "no router with a connection to the outside answered by UPnP")
    }
  }

  deinit { FreeUPNPUrls(&urls) }

  func outsideAddress() throws(PortMappingFailure) -> String {
    var address = [CChar](repeating: 0, count: 64)
    let status = UPNP_GetExternalIPAddress(control, service, &address)
    guard status == 0 else { throw failure(status, "its outside address") }
    return Self.text(address)
  }

  func add(outside: UInt16, inside: UInt16, seconds: UInt32) throws(PortMappingFailure) {
    let status = UPNP_AddPortMapping(
      control, service, String(outside), String(inside), own, "apus", "TCP", nil, String(seconds))
    guard status == 0 else { throw failure(status, "a port") }
  }

  func remove(outside: UInt16) throws(PortMappingFailure) {
    let status = UPNP_DeletePortMapping(control, service, String(outside), "TCP", nil)
    // 714: it is gone already.
    guard status == 0 || status == 714 else { throw failure(status, "to forget a port") }
  }

  private func failure(_ status: Int32, _ what: String) -> PortMappingFailure {
    let words = strupnperror(status).map { String(cString: $0) } ?? "error \(status)"
    return PortMappingFailure(.refused, "asked for \(what) by UPnP, the router said: \(words)")
  }

  private static func text(_ characters: [CChar]) -> String {
    String(
      decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
