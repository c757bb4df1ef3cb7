import Primitives
import Security
import Testing

@testable import Blobs

struct ListingTests {
  private func file(_ path: String, mode: UInt16 = 0o644) throws -> Listing.Entry {
    let digest = Digest.sha256(of: Array(path.utf8))
    return Listing.Entry(
      path: try SafePath(path), mode: mode, content: .file(FileContent(size: 3, digest: digest)))
  }

  private func folder(_ path: String) throws -> Listing.Entry {
    Listing.Entry(path: try SafePath(path), mode: 0o755, content: .folder)
  }

  private func link(_ path: String, _ target: String) throws -> Listing.Entry {
    Listing.Entry(path: try SafePath(path), mode: 0o777, content: .link(target))
  }

  @Test(arguments: [
    "", "/", "/etc/passwd", "..", "../x", "a/../../b", "a/..", "./a", "a/.", "a//b", "a/", "a\0b",
    String(repeating: "n", count: 256), String(repeating: "d/", count: 201) + "f",
    String(repeating: "0123456789/", count: 400) + "f",
  ])
  func `a path that may lead elsewhere is refused`(path: String) {
    #expect(throws: BlobError.self) { try SafePath(path) }
  }

  @Test(arguments: ["a", "...", "a b", "-rf", "ü/ß", "e\u{301}", "a\nb", "..a/b..", "~", "$(x)"])
  func `names that only look odd are kept`(path: String) throws {
    let safe = try SafePath(path)
    #expect(safe.text == path && safe.text.utf8.elementsEqual(path.utf8))
    #expect(try safe == SafePath(safe.names.joined(separator: "/")))
  }

  @Test func `two spellings of one letter are two names`() throws {
    let listing = try Listing([try file("\u{E9}"), try file("e\u{301}")])
    #expect(listing.entries.count == 2)
    #expect(try Listing(decoding: listing.encoded) == listing)
  }

  @Test func `a part of a folder is a folder of its own`() throws {
    let listing = try Listing([
      try folder("a"), try file("a-b"), try folder("a/b"), try file("a/b/c", mode: 0o600),
      try link("a/l", "b/c"), try folder("d"), try link("d/out", "../a-b"),
    ])
    let below = try Listing([try folder("b"), try link("l", "b/c"), try file("b/c", mode: 0o600)])
    guard case .folder(let part, 0o755) = try listing.part(at: try SafePath("a")),
      case .file(let content, 0o600) = try listing.part(at: try SafePath("a/b/c"))
    else {
      Issue.record("a folder and a file were there")
      return
    }
    #expect(part.entries.map(\.path) == below.entries.map(\.path))
    #expect(part.entries.map(\.mode) == below.entries.map(\.mode) && content.size == 3)
    #expect(try listing.part(at: try SafePath("a/x")) == nil)
    #expect(throws: BlobError.self) { try listing.part(at: try SafePath("a/l")) }
    #expect(throws: BlobError.self) { try listing.part(at: try SafePath("d")) }
  }

  @Test func `a folder is written one way, and read again`() throws {
    let entries = [
      try file("z"), try folder("a"), try file("a/x", mode: 0o4755), try link("a/l", "../z"),
      try file("a!"), try link("dangling", "nowhere/at/all"),
    ]
    let listing = try Listing(entries)
    #expect(try Listing(entries.reversed()).encoded == listing.encoded)
    #expect(try Listing(decoding: listing.encoded) == listing)
    #expect(listing.entries.map(\.path.text) == ["a", "a!", "a/l", "a/x", "dangling", "z"])
    #expect(listing.entries[3].mode == 0o755 && listing.size == 9)
    for count in 0..<listing.encoded.count {
      let part = try? Listing(decoding: Array(listing.encoded.prefix(count)))
      #expect(part != listing)
    }
  }

  @Test(arguments: [
    ("l", ".."), ("l", "/etc"), ("l", ""), ("l", "d/../../x"), ("l", "l"), ("l", "d/up/.."),
    ("d/l", "../.."), ("l", "d/self/../.."), ("l", "a\0b"),
  ])
  func `a link that leads out or in a circle is refused`(path: String, target: String) throws {
    let rest = [try folder("d"), try link("d/up", ".."), try link("d/self", ".")]
    #expect(throws: BlobError.self) { try Listing(rest + [try link(path, target)]) }
  }

  @Test(arguments: [
    ("l", "d"), ("l", "d/self/self"), ("d/l", "../d/x"), ("l", "x/../d"), ("l", "."),
  ])
  func `a link that stays inside is kept`(path: String, target: String) throws {
    let rest = [try folder("d"), try link("d/self", ".")]
    #expect(try Listing(rest + [try link(path, target)]).entries.count == 3)
  }

  @Test(arguments: ["a\u{1B}[2Jb", "a\nb", "a\u{202E}b"])
  func `what is said of a path does nothing to a terminal`(name: String) throws {
    let error = #expect(throws: BlobError.self) { try Listing([try file(name), try file(name)]) }
    let message = try #require(error?.message)
    #expect(message.contains("a?") && message.unicodeScalars.allSatisfy { Share.isSafe($0) })
  }

  /// The kernel parts paths at bytes: a letter that begins with a slash is none to it.
  @Test func `a sign that joins a slash hides no part of a path`() throws {
    let rest = [try folder("d"), try folder("\u{301}x")]
    #expect(throws: BlobError.self) {
      try Listing(rest + [try link("l", "d/../\u{301}x/../..")])
    }
    #expect(try Listing(rest + [try link("l", "d/../\u{301}x/..")]).entries.count == 3)
    let path = try SafePath("d/\u{301}x")
    #expect(path.names.map { Array($0.utf8) } == [Array("d".utf8), Array("\u{301}x".utf8)])
    #expect(path.name.utf8.elementsEqual("\u{301}x".utf8))
    let split = try Tree.split("/out/\u{301}x//")
    #expect(split.folder == "/out" && split.name.utf8.elementsEqual("\u{301}x".utf8))
  }

  /// Three hundred links through forty of 1,560 parts each.
  @Test(.timeLimit(.minutes(1))) func `each link is followed once`() throws {
    let detour = String(repeating: "d/../", count: 780)
    var entries = [try folder("d")]
    for number in 1...39 {
      entries.append(try link("c\(number)", detour + (number == 39 ? "d" : "c\(number + 1)")))
    }
    for number in 0..<300 { entries.append(try link("x\(number)", "c1")) }
    #expect(try Listing(entries).entries.count == 340)
    let longer = entries + [try link("y", "z"), try link("z", "x0")]
    #expect(throws: BlobError.self) { try Listing(longer).entries.count }
  }

  @Test func `what is in no folder, or twice, is refused`() throws {
    #expect(throws: BlobError.self) { try Listing([try file("a/b")]) }
    #expect(throws: BlobError.self) { try Listing([try file("a"), try file("a/b")]) }
    #expect(throws: BlobError.self) { try Listing([try file("a"), try folder("a")]) }
    #expect(throws: BlobError.self) { try Listing([try link("a", "b"), try file("a/b")]) }
    var limits = Listing.Limits()
    limits.entries = 1
    #expect(throws: BlobError.self) { try Listing([try file("a"), try file("b")], limits: limits) }
  }

  @Test func `small files need no manifest of their own`() throws {
    let empty = try #require(Manifest(size: 0, chunks: []))
    let chunk = Digest.sha256(of: [1])
    let small = try #require(Manifest(size: 1, chunks: [chunk]))
    let large = try #require(Manifest(size: 1 << 20 | 1, chunks: [chunk, chunk]))
    #expect(FileContent(empty).manifest == empty && FileContent(small).manifest == small)
    #expect(FileContent(large).manifest == nil)
    for manifest in [empty, small, large] { #expect(FileContent(manifest).id == manifest.id) }
  }
}
