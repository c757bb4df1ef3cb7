import Primitives

/// A folder as one row of bytes (POSIX.1-2001 `pax`), made while it is read. What the old fields
/// have no room for stands in a record before the entry, which every `tar` of this century knows.
struct TarArchive: Sendable {
  enum Part: Sendable {
    case bytes([UInt8])
    case file(FileContent)
  }

  private static let block = 512
  private static let nameBytes = 100
  /// Eleven digits to the base of eight.
  private static let largestSize = Int64(1) << 33 - 1

  private enum Kind {
    static let file = UInt8(ascii: "0")
    static let link = UInt8(ascii: "2")
    static let folder = UInt8(ascii: "5")
    static let record = UInt8(ascii: "x")
  }

  private struct Entry {
    var path: String
    var kind: UInt8
    var mode: UInt16
    var size: Int64 = 0
    var target = ""
  }

  private let name: String
  private let listing: Listing
  private let seconds: Int64

  /// Everything lies in one folder of that name.
  init(name: String, _ listing: Listing, at time: WallTime) {
    self.name = name
    self.listing = listing
    seconds = max(0, min(time.secondsSince1970, Self.largestSize))
  }

  /// Of the whole archive.
  var size: Int64 {
    var size = Int64(head(top).count + 2 * Self.block)
    for entry in listing.entries {
      let entry = described(entry)
      size += Int64(head(entry).count) + entry.size + Int64(Self.filling(entry.size).count)
    }
    return size
  }

  /// In order; of each file the bytes stand where it is named.
  func write(_ give: (Part) async throws -> Void) async throws {
    try await give(.bytes(head(top)))
    for entry in listing.entries {
      let described = described(entry)
      try await give(.bytes(head(described)))
      guard case .file(let file) = entry.content, file.size > 0 else { continue }
      try await give(.file(file))
      let filling = Self.filling(file.size)
      if !filling.isEmpty { try await give(.bytes(filling)) }
    }
    try await give(.bytes([UInt8](repeating: 0, count: 2 * Self.block)))
  }

  // MARK: - Entries

  private var top: Entry { Entry(path: name + "/", kind: Kind.folder, mode: 0o755) }

  private func described(_ entry: Listing.Entry) -> Entry {
    let path = "\(name)/\(entry.path)"
    return switch entry.content {
    case .folder: Entry(path: path + "/", kind: Kind.folder, mode: entry.mode)
    case .file(let file): Entry(path: path, kind: Kind.file, mode: entry.mode, size: file.size)
    case .link(let target): Entry(path: path, kind: Kind.link, mode: entry.mode, target: target)
    }
  }

  private static func filling(_ size: Int64) -> [UInt8] {
    let rest = Int(size % Int64(block))
    return rest == 0 ? [] : [UInt8](repeating: 0, count: block - rest)
  }

  /// What stands before the bytes of an entry.
  private func head(_ entry: Entry) -> [UInt8] {
    var records: [UInt8] = []
    if !Self.fits(entry.path) { records += Self.record("path", entry.path) }
    if !Self.fits(entry.target) { records += Self.record("linkpath", entry.target) }
    if entry.size > Self.largestSize { records += Self.record("size", String(entry.size)) }
    if records.isEmpty { return fields(entry) }
    let before = Entry(
      path: "records", kind: Kind.record, mode: 0o644, size: Int64(records.count))
    return fields(before) + records + Self.filling(before.size) + fields(entry)
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

  private func fields(_ entry: Entry) -> [UInt8] {
    var head: [UInt8] = []
    head.append(field: entry.path.utf8.prefix(Self.nameBytes), width: Self.nameBytes)
    head.append(octal: Int64(entry.mode), width: 8)
    head.append(octal: 0, width: 8)
    head.append(octal: 0, width: 8)
    head.append(octal: entry.size > Self.largestSize ? 0 : entry.size, width: 12)
    head.append(octal: seconds, width: 12)
    let sumPlace = head.count
    head += [UInt8](repeating: UInt8(ascii: " "), count: 8)
    head.append(entry.kind)
    head.append(field: entry.target.utf8.prefix(Self.nameBytes), width: Self.nameBytes)
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
