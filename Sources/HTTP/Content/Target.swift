/// Paths and queries as they travel.
package enum Target {
  package struct QueryLimits: Sendable {
    package var bytes = 8 * 1024
    package var parameters = 100
    package init() {}
  }

  /// Undoes percent-encoding. Nil when it is malformed, yields a zero byte or is no UTF-8.
  package static func decode(
    _ text: some StringProtocol, plusIsSpace: Bool = false
  ) -> String? {
    var bytes: [UInt8] = []
    var iterator = text.utf8.makeIterator()
    while let byte = iterator.next() {
      if byte == UInt8(ascii: "%") {
        guard let high = iterator.next().flatMap(LineBytes.hexValue),
          let low = iterator.next().flatMap(LineBytes.hexValue), high << 4 | low != 0
        else { return nil }
        bytes.append(UInt8(high << 4 | low))
      } else if byte == UInt8(ascii: "+"), plusIsSpace {
        bytes.append(LineBytes.space)
      } else {
        bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// The decoded segments of an absolute path. Nil for whatever could mean another path to
  /// somebody else: dot segments, empty ones, backslashes, encoded slashes, control bytes. One
  /// slash at the end is kept as an empty last segment.
  package static func segments(_ path: some StringProtocol) -> [String]? {
    guard path.hasPrefix("/") else { return nil }
    var segments: [String] = []
    let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if part.isEmpty {
        guard index == parts.count - 1 else { return nil }
        segments.append("")
        continue
      }
      guard let segment = decode(part), segment != ".", segment != "..",
        segment.utf8.allSatisfy({
          $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\\")
        })
      else { return nil }
      segments.append(segment)
    }
    return segments
  }

  /// The path with its encoding undone, nil as above.
  package static func normalised(_ path: some StringProtocol) -> String? {
    segments(path).map { "/" + $0.joined(separator: "/") }
  }

  /// The parameters of a query in their order (`a=1&b=&c`).
  package static func query(
    _ text: some StringProtocol, limits: QueryLimits = QueryLimits()
  ) throws(MessageError) -> [(name: String, value: String)] {
    guard text.utf8.count <= limits.bytes else {
      throw MessageError(
        .tooLarge, "the query is longer than \(limits.bytes) bytes", status: .uriTooLong)
    }
    var parameters: [(name: String, value: String)] = []
    for pair in text.split(separator: "&") {
      guard parameters.count < limits.parameters else {
        throw MessageError(.tooLarge, "the query has more than \(limits.parameters) parameters")
      }
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = decode(parts[0], plusIsSpace: true),
        let value = decode(parts.count == 2 ? parts[1] : "", plusIsSpace: true)
      else {
        throw MessageError(.malformed, "the query is not properly percent-encoded")
      }
      parameters.append((name, value))
    }
    return parameters
  }

  /// Encodes one segment or parameter: all but the unreserved characters (RFC 3986, 2.3).
  package static func encode(_ text: some StringProtocol) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        bytes.append(byte)
      default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
