package import Primitives

/// P2PRC's `ip_table.json`. What is read from it is hearsay without keys: addresses to try, never
/// members.
package enum LegacyTable {
  package static let mostEntries = 4096

  package struct Entry: Equatable, Sendable {
    package var name: String
    package var ipv4: String
    package var ipv6: String
    package var port: Int
    package var latency: Duration
    package var downloadMbps: Double
    package var uploadMbps: Double
    package var isBehindNAT: Bool
    package var isProxy: Bool
    package var information: String

    /// host:port, the IPv4 one first.
    package var addresses: [String] {
      (ipv4.isEmpty ? [] : ["\(ipv4):\(port)"]) + (ipv6.isEmpty ? [] : ["[\(ipv6)]:\(port)"])
    }
  }

  /// Reads both the old form, ports as text and flags as words, and a tidy one.
  package static func read(_ bytes: [UInt8]) throws(NetworkError) -> [Entry] {
    do {
      let table = JSONField(try JSON.parse(bytes))
      let elements = try table.field("ip_address").elements()
      guard elements.count <= mostEntries else {
        throw NetworkError(.violation, "The ip_table has more than \(mostEntries) entries.")
      }
      var entries: [Entry] = []
      for element in elements {
        let entry = try self.entry(element)
        // The old programs' rule: the first of two with one address counts.
        if !entries.contains(where: { isSame($0, entry) }) { entries.append(entry) }
      }
      return entries
    } catch let error as NetworkError {
      throw error
    } catch {
      throw NetworkError(.violation, "This is no ip_table.json: \(error).", cause: error)
    }
  }

  private static func isSame(_ left: Entry, _ right: Entry) -> Bool {
    !left.ipv4.isEmpty && left.ipv4 == right.ipv4 && left.port == right.port
      || !left.ipv6.isEmpty && left.ipv6 == right.ipv6
  }

  private static func entry(_ field: JSONField) throws(JSONError) -> Entry {
    let entry = Entry(
      name: try text(field, "Name"), ipv4: try text(field, "IPV4"), ipv6: try text(field, "IPV6"),
      port: Int(try number(field, "ServerPort")),
      latency: .nanoseconds(Int64(clampedNumber: try number(field, "Latency"))),
      downloadMbps: try number(field, "Download"), uploadMbps: try number(field, "Upload"),
      isBehindNAT: try flag(field, "NAT"), isProxy: try flag(field, "ProxyServer"),
      information: try text(field, "CustomInformation"))
    guard (1...65535).contains(entry.port) else {
      throw JSONError(path: field.path + ".ServerPort", message: "is no port")
    }
    guard !entry.addresses.isEmpty else {
      throw JSONError(path: field.path, message: "has no address")
    }
    return entry
  }

  private static func text(_ field: JSONField, _ name: String) throws(JSONError) -> String {
    guard let value = try field.optional(name), value.value != .null else { return "" }
    return try value.string()
  }

  private static func number(_ field: JSONField, _ name: String) throws(JSONError) -> Double {
    guard let value = try field.optional(name), value.value != .null else { return 0 }
    if let text = value.value.string {
      if text.isEmpty { return 0 }
      guard let number = Double(text), number.isFinite, number.magnitude < 1e15 else {
        throw value.expected("a number")
      }
      return number
    }
    return try value.number()
  }

  private static func flag(_ field: JSONField, _ name: String) throws(JSONError) -> Bool {
    guard let value = try field.optional(name), value.value != .null else { return false }
    if let text = value.value.string { return ["true", "True", "1"].contains(text) }
    return try value.bool()
  }

  /// All live nodes in P2PRC's shape, its own names and units: ports as text, nanoseconds.
  package static func json(_ rows: some Sequence<NodeRow>) -> JSON {
    let entries = rows.filter(\.state.isLive).sorted { $0.id < $1.id }.map(Self.entry)
    return ["ip_address": .array(entries)]
  }

  private static func entry(_ row: NodeRow) -> JSON {
    let hosts = row.record.addresses.map(split)
    let ipv4 = hosts.first { !$0.host.contains(":") }
    let ipv6 = hosts.first { $0.host.contains(":") }
    let information = row.record.labels["information"] ?? ""
    return [
      "Name": .string(row.name),
      "MachineUsername": "",
      "IPV4": .string(ipv4?.host ?? ""),
      "IPV6": .string(ipv6?.host ?? ""),
      "Latency": .integer(Int64(clampedNumber: (row.latencyMs ?? 0) * 1e6)),
      "Download": .number(row.bandwidth?.downloadMbps ?? 0),
      "Upload": .number(row.bandwidth?.uploadMbps ?? 0),
      "ServerPort": .string((ipv4 ?? ipv6)?.port ?? ""),
      "BareMetalSSHPort": "",
      "NAT": .bool(row.record.nat == .hard || row.record.nat == .blocked),
      "EscapeImplementation": "",
      "ProxyServer": .bool(row.record.roles.contains(.gateway)),
      "UnSafeMode": false,
      "PublicKey": "",
      "CustomInformation": .string(information),
    ]
  }

  private static func split(_ address: String) -> (host: String, port: String) {
    guard let colon = address.lastIndex(of: ":") else { return (address, "") }
    let host = address[..<colon].filter { $0 != "[" && $0 != "]" }
    return (String(host), String(address[address.index(after: colon)...]))
  }
}

extension Int64 {
  fileprivate init(clampedNumber value: Double) {
    self = value.isNaN ? 0 : Int64(Swift.min(Swift.max(value, 0), 9e18))
  }
}
