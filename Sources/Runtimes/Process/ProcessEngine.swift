import CBox
import Glibc
import IO

/// Runs programs of the machine: each is started by process 1 of the box, in `/work`, with nothing
/// but the standard three descriptors, and everything it started dies with it.
struct ProcessEngine: Engine {
  private var watch: Int32 = -1
  private var piece = [UInt8](repeating: 0, count: BoxFrame.Limits().pieceBytes)

  static let standardEnvironment = [
    "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/work", "TMPDIR": "/tmp", "LANG": "C.UTF-8",
    "USER": "box",
  ]

  mutating func prepare() throws(RuntimeError) {
    watch = apus_child_watch()
    if watch < 0 { throw RuntimeError(SystemError("watching for children")) }
  }

  mutating func run(
    _ attempt: BoxAttempt, _ output: inout BoxOutput
  ) throws(RuntimeError) -> Ending {
    guard attempt.verb == .run else {
      throw RuntimeError(.refused, "programs of the machine are not compiled")
    }
    var child = try start(attempt)
    defer { child.close() }
    var isCut = false
    do throws(RuntimeError) {
      while child.status == nil && !isCut {
        try wait(child)
        reap(&child, &output, waits: false)
        isCut = try !forward(&child, &output, isLast: false)
      }
    } catch {
      killAll(&child, &output)
      throw error
    }
    killAll(&child, &output)
    // Everybody who could write is gone: this ends.
    while !isCut && child.isOpen { isCut = try !forward(&child, &output, isLast: true) }
    return isCut ? .outputLimit : child.ending
  }

  // MARK: - Starting

  private func start(_ attempt: BoxAttempt) throws(RuntimeError) -> ProcessChild {
    var command = Command(
      attempt.program, attempt.arguments,
      environment: Self.standardEnvironment.merging(attempt.environment) { $1 },
      folder: WorkFolder.path)
    command.output = .pipe
    command.errors = .pipe
    command.group = .session
    command.parentDeathSignal = nil
    if let input = attempt.descriptors.first { command.input = .descriptor(input) }
    do throws(SystemError) {
      return ProcessChild(try ProcessStart.start(command))
    } catch {
      throw RuntimeError(
        error.code == .notFound ? .absent : .refused,
        "\(error.message); a box sees the programs of /usr and /bin and what its owner adds")
    }
  }

  // MARK: - Standing by

  private func wait(_ child: ProcessChild) throws(RuntimeError) {
    var places = [pollfd(fd: watch, events: Int16(POLLIN), revents: 0)]
    for pipe in child.pipes {
      places.append(pollfd(fd: pipe.descriptor, events: Int16(POLLIN), revents: 0))
    }
    if poll(&places, nfds_t(places.count), -1) < 0 && errno != EINTR {
      throw RuntimeError(SystemError("waiting for a program"))
    }
  }

  /// Orphans too: they would fill the number of processes that the box may have.
  private func reap(_ child: inout ProcessChild, _ output: inout BoxOutput, waits: Bool) {
    var signals = [UInt8](repeating: 0, count: 128 * 4)
    while read(watch, &signals, signals.count) > 0 {}
    var (status, user, system): (Int32, Int64, Int64) = (0, 0, 0)
    while true {
      let ended = apus_reap(&status, waits ? 1 : 0, &user, &system)
      if ended < 0 && errno == EINTR { continue }
      if ended <= 0 { return }
      output.usage.userTime += .microseconds(user)
      output.usage.systemTime += .microseconds(system)
      if ended == child.process { child.status = status }
    }
  }

  private func killAll(_ child: inout ProcessChild, _ output: inout BoxOutput) {
    // ESRCH: nobody is left.
    if kill(-1, SIGKILL) == 0 || child.status == nil { reap(&child, &output, waits: true) }
  }

  /// Passes on what programs wrote. False when it was too much. At the last a pipe that is empty
  /// is done with: one end of it may be on its way through a socket that nobody reads.
  private mutating func forward(
    _ child: inout ProcessChild, _ output: inout BoxOutput, isLast: Bool
  ) throws(RuntimeError) -> Bool {
    for index in child.pipes.indices.reversed() {
      let pipe = child.pipes[index]
      let count = read(pipe.descriptor, &piece, piece.count)
      if count > 0 {
        guard try output.write(pipe.stream, Array(piece[..<count])) else { return false }
      } else if count == 0 || isLast || (errno != EAGAIN && errno != EINTR) {
        close(pipe.descriptor)
        child.pipes.remove(at: index)
      }
    }
    return true
  }
}

/// The program of an attempt.
struct ProcessChild {
  let process: Int32
  var pipes: [(stream: BoxStream, descriptor: Int32)] = []
  /// Once it has ended and is reaped.
  var status: Int32?

  init(_ start: ProcessStart) {
    process = start.process
    // Its end comes through SIGCHLD.
    Glibc.close(start.handle)
    if let output = start.output { pipes.append((.output, output)) }
    if let errors = start.errors { pipes.append((.errors, errors)) }
  }

  var isOpen: Bool { !pipes.isEmpty }

  var ending: Ending {
    guard let status else { return .killed(reason: "the program was lost") }
    let signal = apus_exit_signal(status)
    return signal > 0 ? .signalled(signal) : .exited(status: apus_exit_status(status))
  }

  mutating func close() {
    for pipe in pipes { Glibc.close(pipe.descriptor) }
    pipes = []
  }
}
