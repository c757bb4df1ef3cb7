import IO
import Testing

@Suite final class PipeTransportTests {
  let loop: EventLoop

  init() throws { loop = try EventLoop() }

  deinit { loop.stop() }

  private var echo: Command {
    var command = Command("/bin/cat")
    (command.input, command.output) = (.pipe, .pipe)
    return command
  }

  @Test func `a mebibyte comes back through both pipes`() async throws {
    let sent = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
    let received = try await ChildProcess.running(echo, on: loop) { child in
      let stream = try #require(child.stream)
      async let everything = stream.readAll(limit: sent.count)
      try await stream.write(sent)
      try await stream.finish()
      return try await everything
    }
    #expect(received == sent)
  }

  @Test func `a child that does not read stops the writer and loses nothing`() async throws {
    try await ChildProcess.running(echo, on: loop) { child in
      let stream = try #require(child.stream)
      // Nobody reads: both pipes fill up, and no more than they hold is ever taken.
      let block = [UInt8](repeating: 5, count: 64 * 1024)
      var taken = 0
      var refusals = 0
      while refusals < 1000 {
        let count = try block.withUnsafeBytes { try stream.offer($0) }
        taken += count
        refusals = count == 0 ? refusals + 1 : 0
        await loop.yieldTurn()
      }
      #expect(taken >= 64 * 1024)
      #expect(taken <= 512 * 1024)
      let total = taken + block.count
      async let everything = stream.readAll(limit: total)
      try await stream.writable()
      try await stream.write(block)
      try await stream.finish()
      #expect(try await everything.count == total)
    }
  }

  @Test func `writing to a child that is gone is an error and not a signal`() async throws {
    var command = Command("/bin/true")
    command.input = .pipe
    try await ChildProcess.running(command, on: loop) { child in
      _ = try await child.exit()
      let error = await #expect(throws: SystemError.self) {
        try await child.stream?.write([1, 2, 3])
      }
      #expect(error?.code == .reset)
      #expect(try await child.stream?.read { _ in } == false)
    }
  }

  @Test func `closing fails whoever waits and whoever comes later`() async throws {
    try await ChildProcess.running(echo, on: loop) { child in
      let stream = try #require(child.stream)
      async let waiting = outcome { try await stream.read { _ in } }
      await loop.yieldTurn()
      stream.close()
      let waited = await waiting
      #expect(throws: SystemError.self) { _ = try waited.get() }
      let error = await #expect(throws: SystemError.self) { try await stream.write([1]) }
      #expect(error?.code == .closed)
      stream.close()
    }
  }

  @Test func `more than the limit is refused`() async throws {
    var command = Command("/usr/bin/yes")
    command.output = .pipe
    let error = await #expect(throws: SystemError.self) {
      try await ChildProcess.running(command, on: loop) { child in
        try await child.stream?.readAll(limit: 100_000).count ?? 0
      }
    }
    #expect(error?.code == .invalidInput)
  }
}
