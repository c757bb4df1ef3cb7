import Glibc
import IO
import Testing

@Suite struct DiskTests {
  let folder: TemporaryFolder
  let disk = RealDisk()

  init() throws { folder = try TemporaryFolder() }

  @Test func `a created file has exactly the bytes and the mode asked for`() async throws {
    try await disk.create(folder.file("key"), with: [1, 2, 3], mode: 0o666)
    let info = try #require(try await disk.info(folder.file("key")))
    #expect(info.kind == .file)
    #expect(info.mode == 0o666)
    #expect(info.size == 3)
    #expect(info.owner == geteuid())
    #expect(try await disk.read(folder.file("key"), limit: 3) == [1, 2, 3])
  }

  @Test func `creating what exists fails and leaves it alone`() async throws {
    try await disk.create(folder.file("key"), with: [1], mode: 0o600)
    let error = await #expect(throws: SystemError.self) {
      try await disk.create(folder.file("key"), with: [2], mode: 0o600)
    }
    #expect(error?.code == .alreadyExists)
    #expect(try await disk.read(folder.file("key"), limit: 10) == [1])
  }

  @Test(arguments: [0, 1, 4095, 4096, 4097, 300_000])
  func `a file within the limit is read whole and one byte less is refused`(size: Int) async throws
  {
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try await disk.create(folder.file("f"), with: bytes, mode: 0o600)
    #expect(try await disk.read(folder.file("f"), limit: size) == bytes)
    guard size > 0 else { return }
    let error = await #expect(throws: SystemError.self) {
      try await disk.read(folder.file("f"), limit: size - 1)
    }
    #expect(error?.code == .invalidInput)
  }

  @Test func `files without a size are read to their end`() async throws {
    let bytes = try await disk.read("/proc/self/maps", limit: 10 << 20)
    #expect(bytes.count > 4096)
    #expect(bytes.last == UInt8(ascii: "\n"))
  }

  @Test func `reads and writes go to their offsets`() async throws {
    let file = try await disk.open(folder.file("f"), .creating(mode: 0o600))
    try await file.write([1, 2, 3, 4], at: 2)
    try await file.write([9], at: 3)
    #expect(try await file.read(at: 0, count: 100) == [0, 0, 1, 9, 3, 4])
    #expect(try await file.read(at: 3, count: 2) == [9, 3])
    try await file.truncate(to: 3)
    #expect(try await file.info().size == 3)
    #expect(try await file.read(at: 50, count: 2) == [])
  }

  @Test func `a link is refused unless it is to be followed`() async throws {
    try await disk.create(folder.file("real"), with: [7], mode: 0o600)
    #expect(symlink("real", folder.file("link")) == 0)
    let error = await #expect(throws: SystemError.self) {
      try await disk.read(folder.file("link"), limit: 10)
    }
    #expect(error?.code == .invalidInput)
    #expect(error?.message.contains("symbolic link") == true)
    #expect(try await disk.read(folder.file("link"), limit: 10, followsLinks: true) == [7])
    #expect(try await disk.info(folder.file("link"))?.kind == .link)
  }

  @Test func `a pipe with no other end is refused and not waited for`() async throws {
    #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
    let error = await #expect(throws: SystemError.self) {
      try await disk.read(folder.file("pipe"), limit: 10)
    }
    #expect(error?.code == .invalidInput)
  }

  @Test func `folders are made with their mode and listed in order`() async throws {
    try await disk.makeFolders(folder.file("a/b/c"), mode: 0o700)
    try await disk.makeFolders(folder.file("a/b/c"), mode: 0o755)
    #expect(try await disk.info(folder.file("a/b"))?.mode == 0o700)
    for name in ["two", "one", ".three"] {
      try await disk.create(folder.file("a/\(name)"), with: [], mode: 0o600)
    }
    #expect(try await disk.list(folder.file("a"), limit: 4) == [".three", "b", "one", "two"])
    await #expect(throws: SystemError.self) { try await disk.list(folder.file("a"), limit: 3) }
  }

  @Test func `a folder cannot be made where a file is`() async throws {
    try await disk.create(folder.file("f"), with: [], mode: 0o600)
    let error = await #expect(throws: SystemError.self) {
      try await disk.makeFolders(folder.file("f"), mode: 0o700)
    }
    #expect(error?.code == .alreadyExists)
  }

  @Test func `a missing file says so`() async throws {
    #expect(try await disk.info(folder.file("none")) == nil)
    let error = await #expect(throws: SystemError.self) {
      try await disk.open(folder.file("none"), .reading)
    }
    #expect(error?.code == .notFound)
    #expect(error?.message.contains(folder.file("none")) == true)
  }

  @Test func `a path with a zero byte is refused`() async throws {
    let error = await #expect(throws: SystemError.self) {
      try await disk.remove(folder.file("a\0b"))
    }
    #expect(error?.code == .invalidInput)
  }

  @Test func `files give their descriptors back`() async throws {
    let path = folder.file("f")
    try await disk.create(path, with: [1], mode: 0o600)
    // Other tests open descriptors meanwhile: look for ours by name.
    for _ in 0..<50 { _ = try await disk.read(path, limit: 1) }
    var holders = 0
    for name in try await disk.list("/proc/self/fd", limit: 100_000) {
      var target = [UInt8](repeating: 0, count: 4096)
      let count = target.withUnsafeMutableBytes { bytes in
        bytes.withMemoryRebound(to: CChar.self) { text in
          text.baseAddress.map { readlink("/proc/self/fd/\(name)", $0, text.count) } ?? 0
        }
      }
      if String(decoding: target.prefix(max(0, count)), as: UTF8.self) == path { holders += 1 }
    }
    #expect(holders == 0)
  }
}
