import Foundation
import Glibc
import Primitives
import Testing

@testable import IO
@testable import Runtimes

/// Images in files, as strangers give them.
struct ImageArchiveTests {
  private static let list =
    #"[{"Config":"c.json","RepoTags":["debian:1"],"Layers":["l/layer.tar"]}]"#

  private static func tar(_ entries: [(entry: TarEntry, bytes: String)]) -> [UInt8] {
    entries.flatMap { entry, bytes in
      var entry = entry
      entry.size = Int64(bytes.utf8.count)
      return entry.head(seconds: 0) + Array(bytes.utf8) + TarEntry.filling(entry.size)
    } + TarEntry.end
  }

  private static func file(_ path: String, _ bytes: String) -> (entry: TarEntry, bytes: String) {
    (TarEntry(path: path, kind: .file, mode: 0o644), bytes)
  }

  private static func link(_ path: String, _ target: String) -> (entry: TarEntry, bytes: String) {
    (TarEntry(path: path, kind: .link, mode: 0o777, target: target), "")
  }

  private static var good: [(entry: TarEntry, bytes: String)] {
    [file("c.json", "{}"), file("l/layer.tar", "layer"), file("manifest.json", list)]
  }

  private func withFile<Value>(
    _ bytes: [UInt8], _ body: (String) async throws -> Value
  ) async throws -> Value {
    let folder = "/tmp/apus-archive-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/image.tar"))
    return try await body("\(folder)/image.tar")
  }

  /// What the engine is given: paths, kinds and bytes.
  private func given(
    _ bytes: [UInt8], between: (String) throws -> Void = { _ in }
  ) async throws -> [(path: String, kind: TarEntry.Kind, text: String)] {
    try await withFile(bytes) { path in
      let archive = try ImageArchive(FileHandle(path: path, .reading), most: 1 << 20)
      try between(path)
      let out = Locked<[UInt8]>([])
      try await archive.write { bytes in out.withLock { $0 += bytes } }
      var reader = TarReader()
      reader.feed(out.withLock { $0 })
      var found: [(path: String, kind: TarEntry.Kind, text: String)] = []
      while let part = try reader.next() {
        switch part {
        case .entry(let entry): found.append((entry.path, entry.kind, ""))
        case .bytes(let bytes):
          found[found.count - 1].text += String(decoding: bytes, as: UTF8.self)
        }
      }
      #expect(reader.isComplete)
      return found
    }
  }

  @Test func `what the list names goes to the engine under our names, and nothing else`()
    async throws
  {
    let more = [
      Self.file("index.json", "{}"), Self.file("oci-layout", "{}"), Self.file("repositories", "{}"),
      Self.file("extra", "x"), Self.link("manifest", "index.json"),
    ]
    let found = try await given(Self.tar(more + Self.good + more.prefix(0)))
    #expect(found.map(\.path) == ["config.json", "layer-1.tar", "manifest.json"])
    #expect(found.allSatisfy { $0.kind == .file })
    #expect(found[1].text == "layer" && !found[2].text.contains("debian"))
    #expect(found[2].text.contains("apus-image:") && found[2].text.contains("layer-1.tar"))
  }

  @Test(arguments: [
    "././index.json", ".//index.json", "a/../index.json", "/index.json", "../index.json",
    "a//b", "a/./b", "././manifest.json",
  ])
  func `a path that may be another is refused`(path: String) async throws {
    await #expect(throws: RuntimeError.self) {
      try await given(Self.tar(Self.good + [Self.file(path, "{}")]))
    }
  }

  @Test func `a list may not name the lists of engines into the archive`() async throws {
    let list = #"[{"Config":"index.json","RepoTags":[],"Layers":["oci-layout","repositories"]}]"#
    let found = try await given(
      Self.tar([
        Self.file("index.json", "{}"), Self.file("oci-layout", "{}"),
        Self.file("repositories", "{}"), Self.file("manifest.json", list),
      ]))
    #expect(
      found.map(\.path) == ["config.json", "layer-1.tar", "layer-2.tar", "manifest.json"])
  }

  @Test func `a layer that is there twice is written once`() async throws {
    let list = #"[{"Config":"c.json","Layers":["l/layer.tar","m/layer.tar"]}]"#
    let entries = Self.good.dropLast() + [Self.file("manifest.json", list)]
    let found = try await given(Self.tar(entries + [Self.link("m/layer.tar", "../l/layer.tar")]))
    #expect(found.map(\.path) == ["config.json", "layer-1.tar", "manifest.json"])
    #expect(found[2].text.contains(#"["layer-1.tar","layer-1.tar"]"#), "\(found[2].text)")
    for target in ["/l/layer.tar", "../../etc/shadow", "../n/layer.tar", "../m/layer.tar"] {
      await #expect(throws: RuntimeError.self, "\(target)") {
        try await given(Self.tar(entries + [Self.link("m/layer.tar", target)]))
      }
    }
  }

  @Test func `lists that are none, or two, are refused`() async throws {
    let wrong: [[(entry: TarEntry, bytes: String)]] = [
      Array(Self.good.dropLast()), Self.good + [Self.file("./manifest.json", Self.list)],
      Self.good + [Self.file("c.json", "{}")], Array(Self.good.dropFirst()),
      Self.good.dropLast() + [Self.file("manifest.json", "[]")],
      Self.good.dropLast() + [Self.link("manifest.json", "c.json")],
      Self.good.dropLast() + [Self.file("manifest.json", #"[{"Config":"c.json","Layers":[1]}]"#)],
    ]
    for (place, entries) in wrong.enumerated() {
      await #expect(throws: RuntimeError.self, "\(place)") {
        try await given(Self.tar(entries))
      }
    }
  }

  @Test func `an image that changes between its two readings is not loaded`() async throws {
    let error = await #expect(throws: RuntimeError.self) {
      try await given(Self.tar(Self.good)) { path in
        let other = [Self.good[0], Self.file("l/layer.tar", "LAYER"), Self.good[2]]
        try Data(Self.tar(other)).write(to: URL(fileURLWithPath: path), options: [])
      }
    }
    #expect(error?.message.contains("changed") == true, "\(error?.message ?? "")")
    // One that takes its place by its name is not looked at.
    let found = try await given(Self.tar(Self.good)) { path in
      try Data([1]).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
    #expect(found.count == 3)
  }

  @Test func `an image has a bound, and its reading an end`() async throws {
    let bytes = Self.tar(Self.good)
    try await withFile(bytes) { path in
      let file = try FileHandle(path: path, .reading)
      #expect(throws: RuntimeError.self) { try ImageArchive(file, most: Int64(bytes.count) - 1) }
      #expect(throws: RuntimeError.self) { try ImageArchive(file, most: 1 << 20) { false } }
      _ = try ImageArchive(file, most: Int64(bytes.count))
    }
  }

  @Test func `an image among the inputs is reached by no link`() async throws {
    try await withFile(Self.tar(Self.good)) { path in
      let folder = String(path.dropLast("/image.tar".count))
      let inputs = "\(folder)/in"
      try FileManager.default.createDirectory(
        atPath: "\(inputs)/below", withIntermediateDirectories: true)
      Glibc.link(path, "\(inputs)/below/image.tar")
      symlink(folder, "\(inputs)/a")
      symlink(path, "\(inputs)/b.tar")
      var attempt = Attempt(.container, creator: "somebody", "/in/below/image.tar", [])
      attempt.folder = inputs
      _ = try Containers.archive(of: attempt)
      for wrong in ["/in/a/image.tar", "/in/b.tar", "/in/../image.tar", "/in/none", "/in/"] {
        attempt.program = wrong
        #expect(throws: RuntimeError.self, "\(wrong)") { try Containers.archive(of: attempt) }
      }
    }
  }
}
