/// Addresses that programs have entered, each with the lowest number that was free.
package struct ZoneRegister: Sendable {
  package struct Limits: Sendable {
    package var entries = 4_096
    package var hostBytes = 255
    package init() {}
  }

  private let limits: Limits
  private var addresses: [UInt32: String] = [:]
  private var numbers: [String: UInt32] = [:]

  package init(limits: Limits = Limits()) { self.limits = limits }

  package var count: Int { addresses.count }

  /// By their numbers.
  package var entries: [(number: UInt32, address: String)] {
    addresses.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Who is in it already has its number anew.
  package mutating func register(host: String, port: UInt32) throws(BlobError) -> UInt32 {
    guard (1...limits.hostBytes).contains(host.utf8.count), (1...65_535).contains(port),
      host.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else { throw BlobError(.refused, "this is no address: give a host and a port") }
    let address = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    if let number = numbers[address] { return number }
    guard addresses.count < limits.entries else {
      throw BlobError(
        .busy, "the register is full with \(limits.entries) addresses: try another node")
    }
    // There are fewer entries than numbers to try.
    var number: UInt32 = 1
    while addresses[number] != nil { number += 1 }
    addresses[number] = address
    numbers[address] = number
    return number
  }

  package mutating func unregister(_ number: UInt32) throws(BlobError) {
    guard let address = addresses.removeValue(forKey: number) else {
      throw BlobError(.notFound, "nobody is registered as \(number)")
    }
    numbers[address] = nil
  }
}
