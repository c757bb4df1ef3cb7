/// What stands before the bytes of one file in a tar archive (POSIX.1-2001 `pax`). What the old
/// fields have no room for stands in a record before it, which every `tar` of this century knows.
package struct TarEntry: Sendable, Equatable {
  package enum Kind: UInt8, Sendable {
    case file = 0x30
    case hardLink = 0x31
    case link = 0x32
    case folder = 0x35
    /// A device, a pipe, or what nobody knows.
    case other = 0x33
  }

  package static let block = 512
  /// Two empty blocks end an archive.
  package static let end = [UInt8](repeating: 0, count: 2 * block)
  private static let nameBytes = 100
  private static let recordKind = UInt8(ascii: "x")
  /// Eleven digits to the base of eight.
  package static let largestSize = Int64(1) << 33 - 1

  package var path: String
  package var kind: Kind
  package var mode: UInt16
  package var size: Int64
  /// Where a link leads.
  package var target: String

  package init(
    path: String, kind: Kind, mode: UInt16, size: Int64 = 0, target: String = ""
  ) {
    self.path = path
    self.kind = kind
    self.mode = mode
    self.size = size
    self.target = target
  }

  /// The zeros that fill the last block of so many bytes.
  package static func filling(_ size: Int64) -> [UInt8] {
    let rest = Int(size % Int64(block))
    return rest == 0 ? [] : [UInt8](repeating: 0, count: block - rest)
  }

  /// What stands before its bytes; `seconds` is when it was changed.
  package func head(seconds: Int64) -> [UInt8] {
    var records: [UInt8] = []
    if !Self.fits(path) { records += Self.record("path", path) }
    if !Self.fits(target) { records += Self.record("linkpath", target) }
    if size > Self.largestSize { records += Self.record("size", String(size)) }
    if records.isEmpty { return fields(kind.rawValue, seconds) }
    let before = TarEntry(path: "records", kind: .other, mode: 0o644, size: Int64(records.count))
    return before.fields(Self.recordKind, seconds) + records + Self.filling(before.size)
      + fields(kind.rawValue, seconds)
  }

  private static func fits(_ text: String) -> Bool {
    text.utf8.count <= nameBytes && text.utf8.allSatisfy { $0 < 128 }
  }

  /// `LENGTH KEY=VALUE` and the end of a line; the length counts itself.
  private static func record(_ key: String, _ value: String) -> [UInt8] {
    let rest = " \(key)=\(value)\n"
    var length = rest.utf8.count
    while length != rest.utf8.count + String(length).utf8.count {
      length = rest.utf8.count + String(length).utf8.count
    }
    return Array((String(length) + rest).utf8)
  }

  private func fields(_ kind: UInt8, _ seconds: Int64) -> [UInt8] {
    var head: [UInt8] = []
    head.append(field: path.utf8.prefix(Self.nameBytes), width: Self.nameBytes)
    head.append(octal: Int64(mode), width: 8)
    head.append(octal: 0, width: 8)
    head.append(octal: 0, width: 8)
    head.append(octal: size > Self.largestSize ? 0 : size, width: 12)
    head.append(octal: seconds, width: 12)
    let sumPlace = head.count
    head += [UInt8](repeating: UInt8(ascii: " "), count: 8)
    head.append(kind)
    head.append(field: target.utf8.prefix(Self.nameBytes), width: Self.nameBytes)
    head += Array("ustar".utf8) + [0] + Array("00".utf8)
    head += [UInt8](repeating: 0, count: Self.block - head.count)
    var sum: [UInt8] = []
    sum.append(octal: head.reduce(0) { $0 + Int64($1) }, width: 7)
    head.replaceSubrange(sumPlace..<sumPlace + 7, with: sum)
    return head
  }
}

extension [UInt8] {
  fileprivate mutating func append(field text: some Collection<UInt8>, width: Int) {
    self += text
    self += [UInt8](repeating: 0, count: width - text.count)
  }

  /// Digits to the base of eight and a zero byte.
  fileprivate mutating func append(octal number: Int64, width: Int) {
    let digits = String(number, radix: 8).utf8
    self += [UInt8](repeating: UInt8(ascii: "0"), count: Swift.max(0, width - 1 - digits.count))
    self += digits
    append(0)
  }
}
