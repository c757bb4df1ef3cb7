import Primitives
import Security
import Testing

@testable import Blobs

struct TarArchiveTests {
  /// An entry as a program reads it that knows nothing of ours.
  private struct Read: Equatable {
    var path: String
    var kind: Character
    var mode: Int
    var size: Int
    var target: String
  }

  private func read(_ bytes: [UInt8]) throws -> [Read] {
    var found: [Read] = []
    var records: [String: String] = [:]
    var place = 0
    while bytes[place] != 0 {
      let head = Array(bytes[place..<place + 512])
      func text(_ range: Range<Int>) -> String {
        String(decoding: head[range].prefix { $0 != 0 }, as: UTF8.self)
      }
      let sum = try #require(Int(text(148..<154), radix: 8))
      let blank = head[..<148] + [UInt8](repeating: 32, count: 8) + head[156...]
      #expect(blank.reduce(0) { $0 + Int($1) } == sum && text(257..<262) == "ustar")
      let size = try #require(Int(records["size"] ?? text(124..<135), radix: 8))
      let content = bytes[(place + 512)..<(place + 512 + size)]
      place += 512 + (size + 511) / 512 * 512
      if head[156] == UInt8(ascii: "x") {
        for line in String(decoding: content, as: UTF8.self).split(separator: "\n") {
          let parts = line.split(separator: " ", maxSplits: 1)
          #expect(Int(parts[0]) == line.utf8.count + 1)
          let pair = parts[1].split(separator: "=", maxSplits: 1)
          records[String(pair[0])] = String(pair[1])
        }
        continue
      }
      found.append(
        Read(
          path: records["path"] ?? text(0..<100), kind: Character(Unicode.Scalar(head[156])),
          mode: try #require(Int(text(100..<107), radix: 8)), size: size,
          target: records["linkpath"] ?? text(157..<257)))
      records = [:]
    }
    #expect(bytes.count == place + 1_024 && bytes[place...].allSatisfy { $0 == 0 })
    return found
  }

  private func archive(_ entries: [Listing.Entry]) async throws -> (TarArchive, [UInt8]) {
    let time = WallTime(nanoseconds: 1_790_000_000_000_000_000)
    let archive = TarArchive(name: "all of it", try Listing(entries), at: time)
    var bytes: [UInt8] = []
    try await archive.write { part in
      switch part {
      case .bytes(let part): bytes += part
      case .file(let file): bytes += [UInt8](repeating: 7, count: Int(file.size))
      }
    }
    return (archive, bytes)
  }

  private func file(_ path: String, _ size: Int64) throws -> Listing.Entry {
    let content = FileContent(size: size, digest: Digest.sha256(of: Array(path.utf8)))
    return Listing.Entry(path: try SafePath(path), mode: 0o640, content: .file(content))
  }

  @Test func `names, modes, links and sizes are read as they were`() async throws {
    let long = String(repeating: "n", count: 200)
    let target = "a/" + String(repeating: "t", count: 120)
    let entries = [
      Listing.Entry(path: try SafePath("a"), mode: 0o750, content: .folder),
      try file("a/empty", 0), try file("a/one", 1), try file("a/round", 1_024),
      try file("\(long)", 513), try file("über", 3),
      Listing.Entry(path: try SafePath("l"), mode: 0o777, content: .link("a/one")),
      Listing.Entry(path: try SafePath("m"), mode: 0o777, content: .link(target)),
    ]
    let (archive, bytes) = try await archive(entries)
    #expect(archive.size == Int64(bytes.count))
    let found = try read(bytes)
    #expect(
      found == [
        Read(path: "all of it/", kind: "5", mode: 0o755, size: 0, target: ""),
        Read(path: "all of it/a/", kind: "5", mode: 0o750, size: 0, target: ""),
        Read(path: "all of it/a/empty", kind: "0", mode: 0o640, size: 0, target: ""),
        Read(path: "all of it/a/one", kind: "0", mode: 0o640, size: 1, target: ""),
        Read(path: "all of it/a/round", kind: "0", mode: 0o640, size: 1_024, target: ""),
        Read(path: "all of it/l", kind: "2", mode: 0o777, size: 0, target: "a/one"),
        Read(path: "all of it/m", kind: "2", mode: 0o777, size: 0, target: target),
        Read(path: "all of it/\(long)", kind: "0", mode: 0o640, size: 513, target: ""),
        Read(path: "all of it/über", kind: "0", mode: 0o640, size: 3, target: ""),
      ])
  }

  @Test(arguments: 85...105)
  func `records count themselves, whatever their length`(count: Int) async throws {
    let name = String(repeating: "x", count: count)
    let (archive, bytes) = try await archive([try file(name, 1)])
    #expect(try read(bytes).last?.path == "all of it/\(name)")
    #expect(archive.size == Int64(bytes.count))
  }

  @Test func `what is larger than the old fields can say is announced beside them`() throws {
    let time = WallTime(nanoseconds: 0)
    let size = Int64(9) << 30
    let archive = TarArchive(name: "f", try Listing([try file("big", size)]), at: time)
    // The top, a record and its bytes, the entry, the bytes, and the end.
    #expect(archive.size == 512 + 2 * 512 + 512 + size + 1_024)
  }
}
