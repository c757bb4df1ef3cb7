import Glibc
import IO
import Testing

@Suite final class SignalsTests {
  let loop: EventLoop

  init() throws { loop = try EventLoop() }

  deinit { loop.stop() }

  @Test func `signals arrive as events, in order of their numbers`() async throws {
    try await loop.run {
      // Blocked on and sent to this loop's thread alone: the test runner has others.
      Signals.block()
      let signals = try Signals(on: loop)
      pthread_kill(pthread_self(), SIGTERM)
      pthread_kill(pthread_self(), SIGHUP)
      #expect(try await signals.next() == .hangUp)
      #expect(try await signals.next() == .terminate)
      signals.close()
    }
  }

  @Test func `a signal wakes a task that waits already`() async throws {
    try await loop.run {
      Signals.block()
      let signals = try Signals(on: loop)
      async let next = signals.next()
      await loop.yieldTurn()
      pthread_kill(pthread_self(), SIGINT)
      #expect(try await next == .interrupt)
      signals.close()
    }
  }

  @Test func `closing ends the wait`() async throws {
    try await loop.run {
      let signals = try Signals(on: loop)
      async let next = outcome { try await signals.next() }
      await loop.yieldTurn()
      signals.close()
      let waited = await next
      let error = #expect(throws: SystemError.self) { _ = try waited.get() }
      #expect(error?.code == .closed)
    }
  }
}
