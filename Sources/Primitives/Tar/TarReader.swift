/// Reads a tar archive from pieces cut anywhere: fed bytes, gives entries and what is in them.
/// Knows `ustar`, the records of `pax` and the long names of GNU.
package struct TarReader: Sendable {
  package struct Limits: Sendable {
    /// A path, a target of a link.
    package var pathBytes = 4096
    /// The records before one entry.
    package var recordBytes = 64 * 1024
    package var entries = 1_000_000
    package init() {}
  }

  package enum Part: Sendable, Equatable {
    case entry(TarEntry)
    /// Of the entry before.
    case bytes([UInt8])
  }

  /// head -> content, record, end; content -> head; record -> head. Nothing leaves `end`.
  private enum State {
    case head
    /// Bytes of a file that are to come, and those that fill its last block.
    case content(left: Int64, filling: Int)
    /// The same for what describes the entry behind it.
    case record(UInt8, size: Int, filling: Int)
    case end
  }

  /// What records said of the entry to come.
  private struct Told {
    var path: String?
    var target: String?
    var size: Int64?
  }

  private let limits: Limits
  private var state = State.head
  private var told = Told()
  private var entries = 0
  private var waiting: [UInt8] = []
  private var start = 0

  package init(limits: Limits = Limits()) { self.limits = limits }

  /// The empty block that ends an archive was read; what follows is of no interest.
  package var isComplete: Bool {
    if case .end = state { true } else { false }
  }

  package mutating func feed(_ bytes: [UInt8]) {
    if isComplete { return }
    if start == waiting.count {
      waiting = bytes
    } else {
      waiting.removeFirst(start)
      waiting += bytes
    }
    start = 0
  }

  /// The next part; nil when more bytes are needed, or none.
  package mutating func next() throws(TarError) -> Part? {
    while true {
      switch state {
      case .end: return nil
      case .head:
        guard let block = take(TarEntry.block) else { return nil }
        if let entry = try readHead(block) { return .entry(entry) }
      case .content(let left, let filling):
        if left > 0 {
          guard start < waiting.count else { return nil }
          let piece = take(Int(min(left, Int64(waiting.count - start)))) ?? []
          state = .content(left: left - Int64(piece.count), filling: filling)
          return .bytes(piece)
        }
        guard take(filling) != nil else { return nil }
        state = .head
      case .record(let kind, let size, let filling):
        guard let block = take(size + filling) else { return nil }
        try readRecords(kind, Array(block.prefix(size)))
        state = .head
      }
    }
  }

  private mutating func take(_ count: Int) -> [UInt8]? {
    guard waiting.count - start >= count else { return nil }
    defer { start += count }
    return Array(waiting[start..<start + count])
  }

  // MARK: - Heads

  private mutating func readHead(_ block: [UInt8]) throws(TarError) -> TarEntry? {
    if block.allSatisfy({ $0 == 0 }) {
      state = .end
      waiting = []
      start = 0
      return nil
    }
    try Self.checkSum(block)
    let kind = block[156]
    let size = try Self.number(block[124..<136])
    switch kind {
    case UInt8(ascii: "x"), UInt8(ascii: "L"), UInt8(ascii: "K"), UInt8(ascii: "g"):
      guard size <= limits.recordBytes else {
        throw TarError("an archive describes an entry with more than \(limits.recordBytes) bytes")
      }
      state = .record(kind, size: Int(size), filling: TarEntry.filling(size).count)
      return nil
    default: return try entry(kind, size, block)
    }
  }

  private mutating func entry(
    _ type: UInt8, _ size: Int64, _ block: [UInt8]
  ) throws(TarError) -> TarEntry {
    entries += 1
    guard entries <= limits.entries else {
      throw TarError("an archive holds more than \(limits.entries) entries")
    }
    let told = told
    self.told = Told()
    // 0 and 7 are what old and odd archives write for a file.
    let isFile = type == 0 || type == UInt8(ascii: "7")
    let kind = isFile ? .file : TarEntry.Kind(rawValue: type) ?? .other
    var (path, target) = (told.path ?? "", told.target ?? "")
    if told.path == nil { path = try Self.path(block) }
    if told.target == nil { target = try Self.text(block[157..<257]) }
    guard !path.isEmpty, path.utf8.count <= limits.pathBytes,
      target.utf8.count <= limits.pathBytes
    else { throw TarError("an archive holds a path that is empty or too long") }
    // Only files have bytes; whatever others say of theirs is not there.
    let length = kind == .file || kind == .other ? told.size ?? size : 0
    state = .content(left: length, filling: TarEntry.filling(length).count)
    return TarEntry(
      path: path, kind: kind, mode: UInt16(try Self.number(block[100..<108]) & 0o7777),
      size: length, target: target)
  }

  private static func path(_ block: [UInt8]) throws(TarError) -> String {
    let name = try text(block[0..<100])
    let isUSTAR = block[257..<263].elementsEqual(Array("ustar".utf8) + [0])
    let prefix = isUSTAR ? try text(block[345..<500]) : ""
    return prefix.isEmpty ? name : "\(prefix)/\(name)"
  }

  private static func text(_ field: ArraySlice<UInt8>) throws(TarError) -> String {
    guard let text = String(validating: field.prefix { $0 != 0 }, as: UTF8.self) else {
      throw TarError("an archive holds a name that is no UTF-8")
    }
    return text
  }

  /// Digits to the base of eight between spaces and zeros, or a binary number behind a set bit.
  private static func number(_ field: ArraySlice<UInt8>) throws(TarError) -> Int64 {
    if let first = field.first, first & 0x80 != 0 {
      var value = Int64(first & 0x7F)
      for byte in field.dropFirst() {
        guard value < 1 << 55 else { throw TarError("an archive holds a number that is too large") }
        value = value << 8 | Int64(byte)
      }
      return value
    }
    var value: Int64 = 0
    let digits = field.drop { $0 == UInt8(ascii: " ") }
      .prefix { $0 != 0 && $0 != UInt8(ascii: " ") }
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit), value < 1 << 59 else {
        throw TarError("the bytes are no tar archive: a number in it is none")
      }
      value = value << 3 | Int64(digit - UInt8(ascii: "0"))
    }
    return value
  }

  private static func checkSum(_ block: [UInt8]) throws(TarError) {
    let told = try number(block[148..<156])
    var sum: Int64 = 8 * 32
    for (place, byte) in block.enumerated() where !(148..<156).contains(place) {
      sum += Int64(byte)
    }
    guard sum == told else { throw TarError("the bytes are no tar archive: a sum does not fit") }
  }

  // MARK: - Records

  private mutating func readRecords(_ kind: UInt8, _ bytes: [UInt8]) throws(TarError) {
    switch kind {
    case UInt8(ascii: "L"): told.path = try Self.text(bytes[...])
    case UInt8(ascii: "K"): told.target = try Self.text(bytes[...])
    case UInt8(ascii: "x"): try readExtended(bytes[...])
    default: break  // What holds for all entries is of no interest here.
    }
  }

  private mutating func readExtended(_ bytes: ArraySlice<UInt8>) throws(TarError) {
    var rest = bytes
    while !rest.isEmpty {
      let digits = rest.prefix { $0 != UInt8(ascii: " ") }
      guard let text = String(validating: digits, as: UTF8.self), let length = Int(text),
        length > digits.count + 1, length <= rest.count,
        rest[rest.startIndex + length - 1] == UInt8(ascii: "\n")
      else { throw TarError("an archive describes an entry in a way that breaks the format") }
      let line = rest[(rest.startIndex + digits.count + 1)..<(rest.startIndex + length - 1)]
      rest = rest[(rest.startIndex + length)...]
      let key = line.prefix { $0 != UInt8(ascii: "=") }
      let value = line.dropFirst(key.count + 1)
      switch String(validating: key, as: UTF8.self) {
      case "path": told.path = try Self.text(value)
      case "linkpath": told.target = try Self.text(value)
      case "size":
        guard let size = Int64(try Self.text(value)), size >= 0 else {
          throw TarError("an archive holds a size that is none")
        }
        told.size = size
      default: break
      }
    }
  }
}

/// Why bytes are no tar archive that is read here.
package struct TarError: Error, Sendable, Equatable, CustomStringConvertible {
  package var message: String
  package init(_ message: String) { self.message = message }
  package var description: String { message }
}
