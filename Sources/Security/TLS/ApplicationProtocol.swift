/// Names of application protocols and their list on the wire (RFC 7301 3.1).
package enum ApplicationProtocol {
  /// Spoken between nodes. The only one under which a certificate is asked for and a key known.
  package static let node = "apus/1"
  package static let http2 = "h2"
  package static let http1 = "http/1.1"

  /// Each name behind its length, as OpenSSL takes and gives them.
  static func encode(_ names: [String]) -> [UInt8] {
    var list: [UInt8] = []
    for name in names {
      precondition((1...255).contains(name.utf8.count), "a protocol name has 1 to 255 bytes")
      list.append(UInt8(name.utf8.count))
      list += name.utf8
    }
    return list
  }

  /// Where each name lies in the list; nil when the lengths do not add up.
  static func ranges(in list: UnsafeRawBufferPointer) -> [Range<Int>]? {
    var ranges: [Range<Int>] = []
    var start = 0
    while start < list.count {
      let end = start + 1 + Int(list[start])
      guard end <= list.count, end > start + 1 else { return nil }
      ranges.append(start + 1..<end)
      start = end
    }
    return ranges
  }

  static func find(_ name: String, in list: UnsafeRawBufferPointer) -> Range<Int>? {
    ranges(in: list)?.first { list[$0].elementsEqual(name.utf8) }
  }

  /// Looks into the whole extension of a client hello: the list behind its own length.
  static func isOffered(_ name: String, inExtension bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 2, Int(bytes[0]) << 8 | Int(bytes[1]) == bytes.count - 2 else {
      return false
    }
    return find(name, in: UnsafeRawBufferPointer(rebasing: bytes[2...])) != nil
  }
}
