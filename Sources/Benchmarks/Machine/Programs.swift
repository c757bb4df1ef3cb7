import Glibc
import IO
import Primitives

/// What a program that ran to its end left.
struct Finished: Sendable {
  var output: String
  var exit: ProcessExit
  var duration: Duration

  var processorTime: Duration { exit.userTime + exit.systemTime }
}

extension Bench {
  private func command(_ arguments: [String], on core: Int?, folder: String?) throws -> Command {
    let pinned = core.map { ["taskset", "-c", String($0)] + arguments } ?? arguments
    var variables = Command.inheritedEnvironment
    variables["PATH"] = (variables["PATH"] ?? "/usr/bin:/bin") + ":/usr/sbin:/sbin"
    variables["SWIFT_BACKTRACE"] = "enable=no"
    var command = Command(
      pinned[0], Array(pinned.dropFirst()), environment: variables, folder: folder)
    command.output = .pipe
    return command
  }

  /// What programs say on standard error, for when they fail.
  private func openLog() throws -> Int32 {
    let path = "\(scratch)/errors.log"
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw BenchError("cannot write \(path)") }
    return descriptor
  }

  private var lastErrors: String {
    let lines = Machine.text("\(scratch)/errors.log", limit: 1 << 20)?.split(separator: "\n") ?? []
    return lines.suffix(12).joined(separator: "\n  ")
  }

  /// Runs a program to its end; it must end well.
  func run(
    _ arguments: [String], on core: Int? = nil, in folder: String? = nil
  ) async throws -> Finished {
    let log = try openLog()
    defer { close(log) }
    var command = try command(arguments, on: core, folder: folder)
    command.errors = .descriptor(log)
    let start = Instant.now()
    let finished = try await ChildProcess.running(command, on: loop) { child in
      let bytes = try await child.stream?.readAll(limit: 64 << 20) ?? []
      let exit = try await child.exit()
      return Finished(
        output: String(decoding: bytes, as: UTF8.self), exit: exit,
        duration: start.duration(to: .now()))
    }
    guard finished.exit.isSuccess else {
      throw BenchError(
        "\(arguments.joined(separator: " ")) failed (\(finished.exit.reason)):\n"
          + finished.output.suffix(2000) + "\n  " + lastErrors)
    }
    return finished
  }

  /// Keeps a program running for as long as `body`.
  func serving<Result: Sendable>(
    _ arguments: [String], on core: Int? = nil,
    _ body: (ChildProcess) async throws -> Result
  ) async throws -> Result {
    let log = try openLog()
    defer { close(log) }
    var command = try command(arguments, on: core, folder: nil)
    command.errors = .descriptor(log)
    do {
      return try await ChildProcess.running(command, on: loop, body)
    } catch let error as SystemError {
      throw BenchError("\(arguments[0]): \(error.message)\n  \(lastErrors)")
    }
  }

  /// The first line or JSON object a program prints.
  func announcement(of child: ChildProcess) async throws -> JSON {
    guard let stream = child.stream else { throw BenchError("the program has no output") }
    var bytes: [UInt8] = []
    while try await unsafe stream.read({ unsafe bytes.append(contentsOf: $0) }) {
      // Not whole yet: more comes.
      if let value = try? JSON.parse(bytes) { return value }
    }
    throw BenchError("a server ended before it served:\n  \(lastErrors)")
  }

  /// A port nobody has now.
  func freePort() throws -> UInt16 {
    guard let port = try Listener(.loopback(port: 0)).address.port else {
      throw BenchError("no port is free")
    }
    return port
  }

  /// Returns once somebody accepts connections there.
  func waitForServer(at port: UInt16, for patience: Duration = .seconds(20)) async throws {
    let deadline = Instant.now().advanced(by: patience)
    while true {
      do {
        try await SocketTransport.connect(to: .loopback(port: port), on: loop, deadline: deadline)
          .close()
        return
      } catch {
        guard Instant.now() < deadline else {
          throw BenchError("nobody serves port \(port):\n  \(lastErrors)")
        }
        try await pause(.milliseconds(10))
      }
    }
  }
}
