import IO
import Testing

@Suite struct DiskReplaceTests {
  let folder: TemporaryFolder
  let disk = RealDisk()
  static let crash = SystemError(.other(errno: 5), "the power went")
  /// open, write, sync, rename, sync of the folder.
  static let callsOfReplace = 5

  init() throws { folder = try TemporaryFolder() }

  @Test func `replacing puts the new bytes and mode in place`() async throws {
    try await disk.replace(folder.file("f"), with: [1], mode: 0o600)
    try await disk.replace(folder.file("f"), with: [2, 3], mode: 0o640)
    #expect(try await disk.read(folder.file("f"), limit: 10) == [2, 3])
    #expect(try await disk.info(folder.file("f"))?.mode == 0o640)
    #expect(try await disk.list(folder.path, limit: 10) == ["f"])
  }

  @Test func `the number of crash points is the one that is tested`() async throws {
    let faulty = FaultyDisk(failingAt: .max, with: Self.crash)
    try await faulty.replace(folder.file("f"), with: [1], mode: 0o600)
    #expect(faulty.calls == Self.callsOfReplace)
  }

  @Test(arguments: 1...callsOfReplace)
  func `a crash at any call leaves the old content or the new one whole`(call: Int) async throws {
    try await disk.replace(folder.file("f"), with: Array(repeating: 1, count: 1000), mode: 0o600)
    let faulty = FaultyDisk(failingAt: call, with: Self.crash)
    await #expect(throws: Self.crash) {
      try await faulty.replace(
        folder.file("f"), with: Array(repeating: 2, count: 2000), mode: 0o600)
    }
    let found = try await disk.read(folder.file("f"), limit: 10_000)
    let isRenamed = call == Self.callsOfReplace
    #expect(found == Array(repeating: isRenamed ? 2 : 1, count: isRenamed ? 2000 : 1000))

    let leftovers = try await disk.removeLeftovers(in: folder.path)
    #expect(leftovers == ([2, 3, 4].contains(call) ? 1 : 0))
    #expect(try await disk.list(folder.path, limit: 10) == ["f"])
  }

  @Test(arguments: [2, 3])
  func `a full disk keeps the old content and nothing else`(call: Int) async throws {
    try await disk.replace(folder.file("f"), with: [1], mode: 0o600)
    let full = FaultyDisk(failingAt: call, with: SystemError(.diskFull, "full"), once: true)
    let error = await #expect(throws: SystemError.self) {
      try await full.replace(folder.file("f"), with: [2, 2], mode: 0o600)
    }
    #expect(error?.code == .diskFull)
    #expect(try await disk.read(folder.file("f"), limit: 10) == [1])
    #expect(try await disk.list(folder.path, limit: 10) == ["f"])
  }

  @Test func `the kernel's full device is a full disk`() async throws {
    // /dev/full answers every write as a full disk does, but is no regular file.
    #expect(SystemError(errno: 28, "writing").code == .diskFull)
    let error = await #expect(throws: SystemError.self) {
      try await disk.open("/dev/full", .writing)
    }
    #expect(error?.code == .invalidInput)
  }

  @Test func `overlapping replacements leave one of them whole`() async throws {
    let path = folder.file("f")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...20 as ClosedRange<UInt8> {
        group.addTask {
          try await RealDisk().replace(
            path, with: Array(repeating: number, count: 5000), mode: 0o600)
        }
      }
      try await group.waitForAll()
    }
    let found = try await disk.read(path, limit: 5000)
    #expect(found.count == 5000)
    #expect(Set(found).count == 1)
    #expect(try await disk.list(folder.path, limit: 10) == ["f"])
  }
}
