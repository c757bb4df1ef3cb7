import Glibc
import IO
import Testing

@Suite struct DiskLockTests {
  let folder: TemporaryFolder
  let disk = RealDisk()

  init() throws { folder = try TemporaryFolder() }

  @Test func `a second holder is refused and told who has it`() async throws {
    let lock = try await disk.lock(folder.file("lock"))
    let error = await #expect(throws: SystemError.self) {
      _ = try await disk.lock(folder.file("lock"))
    }
    #expect(error?.code == .locked(byProcess: getpid()))
    #expect(error?.message.contains("process \(getpid())") == true)
    lock.release()
  }

  @Test func `a released lock can be taken again`() async throws {
    try await disk.lock(folder.file("lock")).release()
    let lock = try await disk.lock(folder.file("lock"))
    let text = try await disk.read(folder.file("lock"), limit: 100)
    #expect(String(decoding: text, as: UTF8.self) == "\(getpid())\n")
    lock.release()
    lock.release()
    #expect(try await disk.info(folder.file("lock"))?.mode == 0o600)
  }

  @Test func `a process that was killed leaves no lock behind`() async throws {
    let loop = try EventLoop()
    defer { loop.stop() }
    let path = folder.file("lock")
    try await disk.create(path, with: Array("99999999\n".utf8), mode: 0o600)
    // In its group flock starts cat, which has the lock's descriptor too.
    var command = Command("/usr/bin/flock", ["-n", path, "/bin/cat"])
    (command.input, command.output) = (.pipe, .pipe)
    let disk = disk
    try await ChildProcess.running(command, on: loop) { child in
      try await child.stream?.write(Array("locked".utf8))
      _ = try await child.stream?.read { _ in }
      let error = await #expect(throws: SystemError.self) { _ = try await disk.lock(path) }
      #expect(error?.code == .locked(byProcess: 99_999_999))
      child.send(.kill)
      #expect(try await child.exit().reason == .signalled(.kill))
      // The end of the pipe: cat is gone as well.
      #expect(try await child.stream?.readAll(limit: 100) == [])
    }
    try await disk.lock(path).release()
  }
}
