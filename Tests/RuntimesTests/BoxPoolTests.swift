import Foundation
import Glibc
import Primitives
import Testing

@testable import IO
@testable import Runtimes

/// Boxes keep nobody waiting, and wait for nobody.
@Suite(.serialized) struct BoxPoolTests {
  let bench: BoxBench

  init() throws { bench = try BoxBench() }

  /// Keeps every thread of a pool busy for as long as `body` runs. Says whether somebody needed one
  /// of them meanwhile, and so waited for as long as this lasts at most.
  private func occupying(
    _ pool: BlockingPool, threads: Int, _ body: @Sendable () async throws -> Void
  ) async throws -> Bool {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    // What a child inherited would keep it open.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let (waiting, done) = (ends[0], ends[1])
    defer { close(waiting) }
    let wasNeeded = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<threads {
        group.addTask {
          try await pool.run {
            var place = pollfd(fd: waiting, events: Int16(POLLIN), revents: 0)
            return poll(&place, 1, 20_000) == 0
          }
        }
      }
      let result: Result<Void, any Error>
      do { result = .success(try await body()) } catch { result = .failure(error) }
      close(done)
      let any = try await group.reduce(false) { $0 || $1 }
      try result.get()
      return any
    }
    return wasNeeded
  }

  @Test func `an attempt needs none of the threads for names and disks`() async throws {
    var attempt = bench.shell("cat /in/a; echo x > out/x")
    let inputs = "\(bench.folder)/inputs"
    mkdir(inputs, 0o700)
    try "given".write(toFile: "\(inputs)/a", atomically: false, encoding: .utf8)
    attempt.folder = inputs
    let wasNeeded = try await occupying(.shared, threads: BlockingPool.Limits().threads) {
      [attempt] in
      let result = try await bench.run(attempt)
      #expect(result.text == "given")
    }
    #expect(!wasNeeded)
  }

  @Test func `a box is made while the inputs of others are copied`() async throws {
    let wasNeeded = try await bench.serving { boxes in
      try await occupying(Box.copies, threads: BlockingPool.Limits().threads) {
        let result = try await boxes.run(bench.shell("echo on"))
        #expect(result.text == "on\n")
      }
    }
    #expect(!wasNeeded)
  }

  @Test func `inputs are copied for as long as somebody wants them`() throws {
    let (from, to) = ("\(bench.folder)/from", "\(bench.folder)/to")
    for folder in [from, to] { mkdir(folder, 0o700) }
    for name in ["a", "b"] {
      let data = Data(count: 3 * InputFolder.Limits.pieceBytes)
      try data.write(to: URL(fileURLWithPath: "\(from)/\(name)"))
    }
    var pieces = 0
    try InputFolder(to).fill(from: from) {
      pieces += 1
      return pieces <= 2
    }
    let sizes = ControlFile.names(in: to).map { name in
      FileManager.default.contents(atPath: "\(to)/\(name)")?.count
    }
    #expect(sizes == [2 * InputFolder.Limits.pieceBytes])
    try InputFolder(to).empty()
    let error = #expect(throws: RuntimeError.self) {
      try InputFolder(to).fill(from: from, limit: 5 << 20)
    }
    #expect(error?.message.contains("inputs") == true)
  }
}
