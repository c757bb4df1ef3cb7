import CSystem
import Glibc
import Primitives

// # Child processes
//
// All children are started from one lasting thread: the parent-death signal fires when the
// thread that started the child ends, and starting blocks for half a millisecond. From then on
// a child is a pidfd on an event loop, so that no signal can reach a stranger who got the number
// of a child that is gone. The loop holds the object until the child has ended and is reaped,
// whatever becomes of the other references: there are no zombies.

/// A running program. Its pipes are confined to `loop`; everything else may be called from
/// anywhere.
package final class ChildProcess: ReadinessHandler, Sendable {
  private struct State {
    var handle: Int32
    var exit: ProcessExit?
  }

  package let loop: EventLoop
  /// The process number, for people to read. Signals go through `send`.
  package let process: Int32
  /// What we write is the child's standard input and what we read its standard output, as far
  /// as they are pipes.
  package let stream: PipeTransport?
  /// The child's standard error, when it is a pipe.
  package let errors: PipeTransport?
  private let ownsGroup: Bool
  private let state: Locked<State>
  private let ended = Gate()

  private static let spawner = Worker(name: "spawner")

  private init(
    _ start: ProcessStart, stream: PipeTransport?, errors: PipeTransport?, ownsGroup: Bool,
    on loop: EventLoop
  ) throws(SystemError) {
    self.loop = loop
    self.ownsGroup = ownsGroup
    self.stream = stream
    self.errors = errors
    process = start.process
    state = Locked(State(handle: start.handle, exit: nil))
    try loop.register(start.handle, for: .read, self)
  }

  /// Starts a program. It is reaped when it ends, but nobody makes it end: prefer `running`.
  package static func spawn(
    _ command: Command, on loop: EventLoop
  ) async throws(SystemError) -> ChildProcess {
    let start: ProcessStart
    do {
      start = try await spawner.run { try ProcessStart.start(command) }
    } catch let error as SystemError {
      throw error
    } catch {
      preconditionFailure("starting a process threw \(error)")
    }
    return try await loop.run { () throws(SystemError) in
      try adopt(start, ownsGroup: command.group == .own, on: loop)
    }
  }

  private static func adopt(
    _ start: ProcessStart, ownsGroup: Bool, on loop: EventLoop
  ) throws(SystemError) -> ChildProcess {
    let name = SocketAddress(.unix(path: "process-\(start.process)"))
    var pipes: [PipeTransport] = []
    var ends = start
    do throws(SystemError) {
      var stream: PipeTransport?
      if start.input != nil || start.output != nil {
        (ends.input, ends.output) = (nil, nil)
        let transport = try PipeTransport(
          reading: start.output, writing: start.input, peer: name, on: loop)
        pipes.append(transport)
        stream = transport
      }
      var errors: PipeTransport?
      if let descriptor = start.errors {
        ends.errors = nil
        let transport = try PipeTransport(reading: descriptor, writing: nil, peer: name, on: loop)
        pipes.append(transport)
        errors = transport
      }
      return try ChildProcess(
        start, stream: stream, errors: errors, ownsGroup: ownsGroup, on: loop)
    } catch {
      for pipe in pipes { pipe.close() }
      discard(ends)
      throw error
    }
  }

  /// Runs a program for as long as `body`, on the loop. Afterwards, or when the task is
  /// cancelled, the child is told to end and after `grace` made to; it is gone when this returns.
  package static func running<Result: Sendable>(
    _ command: Command, on loop: EventLoop, grace: Duration = .seconds(5),
    _ body: (ChildProcess) async throws -> Result
  ) async throws -> Result {
    try await loop.run {
      let child = try await spawn(command, on: loop)
      return try await child.whileRunning(grace: grace, body)
    }
  }

  private func whileRunning<Result: Sendable>(
    grace: Duration, _ body: (ChildProcess) async throws -> Result
  ) async throws -> Result {
    let done = Gate()
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { [self] in
        await done.wait()
        await terminate(grace: grace)
        // Readers may wait for a descendant that left the group and kept the pipe.
        closePipes()
      }
      let result: Swift.Result<Result, any Error>
      do {
        result = .success(try await body(self))
      } catch {
        result = .failure(error)
      }
      done.open()
      try await group.waitForAll()
      return try result.get()
    }
  }

  // MARK: - From any thread

  /// How it ended, once it has; nil before.
  package var exitIfEnded: ProcessExit? { state.withLock { $0.exit } }

  /// Waits for the end. Fails only when the task is cancelled; the child goes on then.
  package func exit() async throws(SystemError) -> ProcessExit {
    await ended.wait()
    guard let exit = exitIfEnded else {
      throw SystemError(.cancelled, "waiting for process \(process) was cancelled")
    }
    return exit
  }

  /// To the whole group when the child has its own. Nothing happens once it has ended.
  package func send(_ signal: Signal) {
    state.withLock { state in
      guard state.handle >= 0 else { return }
      // The number of a group is taken for as long as its leader is not reaped, and reaping
      // happens under this lock.
      if ownsGroup {
        kill(-process, signal.number)
      } else {
        _ = apus_pidfd_send_signal(state.handle, signal.number)
      }
    }
  }

  /// Asks it to end, makes it after `grace`, and returns when it is gone, even in a task that is
  /// cancelled.
  @discardableResult
  package func terminate(grace: Duration) async -> ProcessExit {
    await loop.run {
      send(.terminate)
      let timer = loop.schedule(after: grace) { self.send(.kill) }
      await ended.waitUncancelled()
      loop.cancel(timer)
    }
    guard let exit = exitIfEnded else { preconditionFailure("ended without an exit") }
    return exit
  }

  // MARK: - On the loop

  package func ready(_ events: Readiness) {
    let isGone = state.withLock { state in
      guard state.handle >= 0 else { return false }
      if ownsGroup { kill(-process, SIGKILL) }
      var information = siginfo_t()
      var usage = rusage()
      guard apus_waitid_pidfd(state.handle, &information, &usage) == 0 else { return false }
      var code: Int32 = 0
      var status: Int32 = 0
      apus_siginfo_status(&information, &code, &status)
      state.exit = ProcessExit(code: code, status: status, usage: usage)
      loop.unregister(state.handle)
      close(state.handle)
      state.handle = -1
      return true
    }
    if isGone { ended.open() }
  }

  /// Closes our ends of its pipes. On the loop.
  package func closePipes() {
    stream?.close()
    errors?.close()
  }

  private static func discard(_ start: ProcessStart) {
    kill(start.process, SIGKILL)
    for descriptor in [start.handle, start.input, start.output, start.errors] {
      if let descriptor { close(descriptor) }
    }
    do throws(SystemError) {
      try spawner.submit { waitpid(start.process, nil, 0) }
    } catch {
      // Nobody has room to wait for it: it was just killed, so this takes no time to speak of.
      waitpid(start.process, nil, 0)
    }
  }
}
