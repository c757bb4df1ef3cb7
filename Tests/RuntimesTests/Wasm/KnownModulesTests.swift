import CSystem
import Glibc
import Primitives
import Security
import Testing

@testable import Runtimes

/// Files of modules that need not be read again, and all the ways in which they must.
struct KnownModulesTests {
  /// A file of its own, and a clock by which its last change is long ago.
  final class Lab {
    let path: String
    let known: KnownModules

    init(limits: KnownModules.Limits = KnownModules.Limits(), isSettled: Bool = true) throws {
      var template = Array("/tmp/apus-known-XXXXXX".utf8CString)
      let file = mkstemp(&template)
      try #require(file >= 0)
      path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
      close(file)
      known = KnownModules(limits: limits) {
        WallTime(nanoseconds: WallTime.now().nanoseconds + (isSettled ? 3_600_000_000_000 : 0))
      }
      try write("one")
    }

    deinit { unlink(path) }

    func write(_ text: String) throws {
      let file = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
      try #require(file >= 0)
      defer { close(file) }
      try #require(Glibc.write(file, text, text.utf8.count) == text.utf8.count)
    }

    func reading<Value>(_ body: (Int32) throws -> Value) throws -> Value {
      let file = open(path, O_RDONLY | O_CLOEXEC)
      try #require(file >= 0)
      defer { close(file) }
      return try body(file)
    }

    func read() throws -> Digest? {
      try reading { try known.read($0, limit: 1 << 20)?.digest }
    }

    /// Reads it until it is known. A child that another test starts just now may hold a descriptor
    /// of ours for writing, until its program begins.
    func remember() throws -> Digest? {
      for _ in 0..<100_000 {
        let digest = try read()
        if try self.digest() == digest { return digest }
        sched_yield()
      }
      return nil
    }

    func digest() throws -> Digest? { try reading { known.digest(of: $0) } }

    var changed: Int64 {
      var status = apus_status()
      _ = apus_status_of(path, &status)
      return status.changed
    }
  }

  static let one = Digest.sha256(of: Array("one".utf8))
  static let two = Digest.sha256(of: Array("two".utf8))

  @Test func `a file that nobody touched is known by its bytes`() throws {
    let lab = try Lab()
    #expect(try lab.digest() == nil)
    #expect(try lab.remember() == Self.one)
    #expect(try lab.digest() == Self.one)
  }

  enum Change: CaseIterable {
    case rewritten, writtenThroughMap, replaced, timesPutBack
  }

  @Test(arguments: Change.allCases)
  func `a file that was changed is read again`(_ change: Change) throws {
    let lab = try Lab()
    #expect(try lab.remember() == Self.one)
    let before = lab.changed
    // The clock of files ticks: a change that comes too soon is made again.
    repeat { try make(change, lab) } while lab.changed == before
    #expect(try lab.digest() == nil)
    #expect(try lab.remember() == Self.two)
  }

  private func make(_ change: Change, _ lab: Lab) throws {
    switch change {
    case .rewritten: try lab.write("two")
    case .timesPutBack:
      var status = apus_status()
      _ = apus_status_of(lab.path, &status)
      try lab.write("two")
      _ = apus_set_file_times(AT_FDCWD, lab.path, status.read, status.written)
    case .replaced:
      let other = try Lab()
      try other.write("two")
      try #require(rename(other.path, lab.path) == 0)
    case .writtenThroughMap:
      try mapped(lab) { $0.copyBytes(from: Array("two".utf8)) }
    }
  }

  private func mapped(_ lab: Lab, _ body: (UnsafeMutableRawBufferPointer) throws -> Void) throws {
    let file = open(lab.path, O_RDWR | O_CLOEXEC)
    try #require(file >= 0)
    let start = mmap(nil, 3, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
    close(file)
    let memory = try #require(start)
    try #require(memory != MAP_FAILED)
    defer { munmap(memory, 3) }
    try body(UnsafeMutableRawBufferPointer(start: memory, count: 3))
  }

  @Test func `a file that somebody may write to is not remembered`() throws {
    let lab = try Lab()
    let writer = open(lab.path, O_WRONLY | O_CLOEXEC)
    #expect(try lab.read() == Self.one)
    #expect(try lab.digest() == nil)
    close(writer)
    // A mapping outlives its descriptor, and later changes through it show in no time.
    try mapped(lab) { _ throws in
      #expect(try lab.read() == Self.one)
      #expect(try lab.digest() == nil)
    }
  }

  @Test func `a file that was changed a moment ago is not remembered`() throws {
    let lab = try Lab(isSettled: false)
    #expect(try lab.read() == Self.one)
    #expect(try lab.digest() == nil)
  }

  @Test func `only so many files are remembered`() throws {
    var limits = KnownModules.Limits()
    limits.files = 1
    let lab = try Lab(limits: limits)
    #expect(try lab.remember() == Self.one)
    let before = lab.changed
    repeat { try lab.write("two") } while lab.changed == before
    #expect(try lab.remember() == Self.two)
    #expect(lab.known.count == 1)
  }

  @Test func `what is no file is none`() throws {
    let known = KnownModules()
    let folder = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { close(folder) }
    #expect(try known.read(folder, limit: 1) == nil)
    #expect(known.digest(of: folder) == nil)
  }
}
