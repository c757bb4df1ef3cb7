import Apus
import Calls
import Glibc
import IO
import Primitives

/// Starts the same program in a session of its own and waits until it serves.
struct Detached {
  struct Limits {
    var start = Duration.seconds(30)
    var poll = Duration.milliseconds(10)
    var errorBytes = 64 * 1024
  }

  let folder: StateFolder
  let arguments: [String]
  let loop: EventLoop
  var limits = Limits()

  func start() async throws {
    Signals.unblock()
    try await RealDisk().makeFolders(folder.path, mode: 0o700)
    // What the child says before its log is open goes to a file, for us to show.
    let report = folder.file("start.log")
    let descriptor = unsafe open(report, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SystemError("opening \(report)") }
    defer { close(descriptor) }
    var command = IO.Command(
      Surroundings.executable, arguments, environment: Surroundings.environment)
    command.errors = .descriptor(descriptor)
    command.group = .session
    command.parentDeathSignal = nil
    let child = try await ChildProcess.spawn(command, on: loop)
    let deadline = Instant.now().advanced(by: limits.start)
    while Instant.now() < deadline {
      if child.exitIfEnded != nil { throw try await failure(report) }
      if await isServing(child.process) { return }
      try await loop.sleep(for: limits.poll)
    }
    throw CommandError(
      "the node did not serve within \(limits.start.text); its log is \(folder.log)",
      code: .timedOut)
  }

  private func isServing(_ process: Int32) async -> Bool {
    // Not yet is the usual answer while the node starts.
    let reply = try? await LocalNode.call(in: folder, on: loop, timeout: .seconds(1)) {
      try await NodeV1.NodeClient($0).status(.init(), options: .within(.seconds(1)))
    }
    return reply?.pid == UInt32(process)
  }

  private func failure(_ report: String) async throws -> CommandError {
    let bytes = try await RealDisk().read(report, limit: limits.errorBytes)
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    let reason =
      lines.last { $0.hasPrefix("Error: ") }?.dropFirst(7)
      ?? "the node ended before it served; its log is \(folder.log)"
    let isRefusal = reason.hasPrefix("the state folder")
    return CommandError(String(reason), code: isRefusal ? .refused : .failure)
  }
}
