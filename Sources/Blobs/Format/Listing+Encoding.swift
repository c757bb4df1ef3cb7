import Primitives

// One byte of version, then each entry: kind (1), mode (2), length of the path (2), path; a file
// goes on with size (8) and digest (32), a link with length (2) and target. Numbers are
// big-endian.

extension Listing {
  private static let version: UInt8 = 1
  private enum Kind {
    static let folder: UInt8 = 0
    static let file: UInt8 = 1
    static let link: UInt8 = 2
  }

  package var encoded: [UInt8] {
    var bytes: [UInt8] = [Self.version]
    for entry in entries {
      switch entry.content {
      case .folder: bytes.append(Kind.folder)
      case .file: bytes.append(Kind.file)
      case .link: bytes.append(Kind.link)
      }
      bytes.append(big: entry.mode)
      bytes.append(counted: entry.path.text)
      switch entry.content {
      case .folder: continue
      case .file(let file):
        bytes.append(big: UInt64(file.size))
        bytes += file.digest.bytes
      case .link(let target): bytes.append(counted: target)
      }
    }
    return bytes
  }

  package init(decoding bytes: [UInt8], limits: Limits = Limits()) throws(BlobError) {
    guard bytes.first == Self.version else {
      throw BlobError(.damaged, "this is no folder of version \(Self.version)")
    }
    guard bytes.count <= limits.bytes else {
      throw BlobError(.refused, "the list of a folder may take \(limits.bytes >> 20) MiB at most")
    }
    var reader = ListingReader(rest: bytes[1...])
    var entries: [Entry] = []
    while !reader.rest.isEmpty {
      guard entries.count < limits.entries else {
        throw BlobError(.refused, "a folder may hold \(limits.entries) files at most")
      }
      let kind = UInt8(try reader.number(1))
      let mode = UInt16(try reader.number(2))
      guard mode <= 0o777 else {
        throw BlobError(.refused, "a folder lists a mode of \(String(mode, radix: 8))")
      }
      let path = try SafePath(try reader.text())
      let content: Content
      switch kind {
      case Kind.folder: content = .folder
      case Kind.file: content = .file(try reader.file())
      case Kind.link: content = .link(try reader.text())
      default:
        throw BlobError(.refused, "\(path.shown) is of a kind that is not known (\(kind))")
      }
      entries.append(Entry(path: path, mode: mode, content: content))
    }
    try self.init(sorted: entries, limits: limits)
  }
}

private struct ListingReader {
  var rest: ArraySlice<UInt8>

  mutating func take(_ count: Int) throws(BlobError) -> ArraySlice<UInt8> {
    guard rest.count >= count else {
      throw BlobError(.damaged, "the list of a folder ends in the middle of an entry")
    }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  mutating func number(_ count: Int) throws(BlobError) -> UInt64 {
    try take(count).reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func text() throws(BlobError) -> String {
    let bytes = try take(Int(try number(2)))
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw BlobError(.refused, "the list of a folder has a name that is not UTF-8")
    }
    return text
  }

  mutating func file() throws(BlobError) -> FileContent {
    let size = try number(8)
    guard size <= UInt64(Manifest.sizeLimit), let digest = Digest(try take(32)) else {
      throw BlobError(.damaged, "the list of a folder has a file of \(size) bytes")
    }
    return FileContent(size: Int64(size), digest: digest)
  }
}

extension [UInt8] {
  fileprivate mutating func append(big number: some FixedWidthInteger & UnsignedInteger) {
    for shift in stride(from: number.bitWidth - 8, through: 0, by: -8) {
      append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }

  fileprivate mutating func append(counted text: String) {
    append(big: UInt16(text.utf8.count))
    self += text.utf8
  }
}
