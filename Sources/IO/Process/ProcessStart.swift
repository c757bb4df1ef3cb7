import CSystem
import Glibc

/// A freshly started child: its number, the descriptor that stands for it and our ends of its
/// pipes.
package struct ProcessStart: Sendable {
  package var process: Int32
  /// A pidfd.
  package var handle: Int32
  package var input: Int32?
  package var output: Int32?
  package var errors: Int32?

  /// Blocks until the program runs or could not be started: half a millisecond. The caller owns
  /// the descriptors and reaps the process: programs with a loop take a `ChildProcess`.
  package static func start(_ command: Command) throws(SystemError) -> ProcessStart {
    let executable = try command.resolvedExecutable()
    var wiring = Wiring(count: Int32(3 + command.passed.count))
    defer { wiring.closeChildEnds() }
    do throws(SystemError) {
      let input = try wiring.connect(command.input, writes: false)
      let output = try wiring.connect(command.output, writes: true)
      let errors = try wiring.connect(command.errors, writes: true)
      for descriptor in command.passed {
        _ = try wiring.connect(.descriptor(descriptor), writes: true)
      }
      let process = try spawn(command, executable, wiring.childEnds)
      let handle = apus_pidfd_open(process)
      guard handle >= 0 else {
        let error = SystemError("getting a handle on process \(process)")
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
        throw error
      }
      return ProcessStart(
        process: process, handle: handle, input: input, output: output, errors: errors)
    } catch {
      wiring.closeOurEnds()
      throw error
    }
  }

  private static func spawn(
    _ command: Command, _ executable: String, _ descriptors: [Int32]
  ) throws(SystemError) -> Int32 {
    let variables = command.environment.map { "\($0.key)=\($0.value)" }
    for text in [executable, command.folder ?? ""] + command.arguments + variables
    where text.utf8.contains(0) {
      throw SystemError(.invalidInput, "starting \(executable): an argument holds a zero byte")
    }
    let arguments = CStrings([executable] + command.arguments)
    let environment = CStrings(variables)
    let strings = CStrings([executable] + (command.folder.map { [$0] } ?? []))
    var spawn = apus_spawn()
    spawn.path = UnsafePointer(strings.pointers[0])
    spawn.folder = strings.pointers.count > 2 ? UnsafePointer(strings.pointers[1]) : nil
    spawn.count = Int32(descriptors.count)
    spawn.group =
      switch command.group {
      case .inherited: Int32(APUS_GROUP_INHERITED)
      case .own: Int32(APUS_GROUP_OWN)
      case .session: Int32(APUS_GROUP_SESSION)
      }
    spawn.death_signal = command.parentDeathSignal?.number ?? 0
    spawn.namespaces = command.namespaces.reduce(0) { $0 | flag($1) }
    var step: Int32 = 0
    let groups = command.controlGroups
    spawn.group_count = Int32(groups.count)
    let status = descriptors.withUnsafeBufferPointer { descriptors in
      arguments.pointers.withUnsafeBufferPointer { arguments in
        environment.pointers.withUnsafeBufferPointer { environment in
          groups.withUnsafeBufferPointer { groups in
            spawn.descriptors = descriptors.baseAddress
            spawn.arguments = arguments.baseAddress
            spawn.environment = environment.baseAddress
            spawn.groups = groups.baseAddress
            return apus_spawn(&spawn, &step)
          }
        }
      }
    }
    if status > 0 { return status }
    throw failure(command, executable, step: step, errno: -status)
  }

  private static func flag(_ namespace: Command.Namespace) -> Int32 {
    switch namespace {
    case .mounts: Int32(APUS_NEW_MOUNTS)
    case .processes: Int32(APUS_NEW_PROCESSES)
    case .network: Int32(APUS_NEW_NETWORK)
    case .messages: Int32(APUS_NEW_MESSAGES)
    case .hostName: Int32(APUS_NEW_HOST_NAME)
    case .users: Int32(APUS_NEW_USERS)
    case .controlGroups: Int32(APUS_NEW_CONTROL_GROUPS)
    }
  }

  private static func failure(
    _ command: Command, _ executable: String, step: Int32, errno number: Int32
  ) -> SystemError {
    switch Int(step) {
    case APUS_STEP_FOLDER:
      SystemError(errno: number, "starting \(executable) in \(command.folder ?? ".")")
    case APUS_STEP_DESCRIPTORS:
      SystemError(errno: number, "handing descriptors to \(executable)")
    case APUS_STEP_GROUP:
      SystemError(errno: number, "giving \(executable) its groups and namespaces")
    default:
      SystemError(errno: number, "starting \(executable)")
    }
  }
}

/// Copies of strings for C, freed with the object. Ends in a null pointer.
private final class CStrings {
  let pointers: [UnsafeMutablePointer<CChar>?]

  init(_ strings: [String]) { pointers = strings.map { strdup($0) } + [nil] }

  deinit {
    for pointer in pointers { free(pointer) }
  }
}

/// The child's descriptors in order, and our ends of the pipes among them.
private struct Wiring {
  private let count: Int32
  private(set) var childEnds: [Int32] = []
  private var ourEnds: [Int32] = []

  init(count: Int32) { self.count = count }

  /// Adds the child's next descriptor. Returns our end when it is a pipe.
  mutating func connect(_ stream: Command.Stream, writes: Bool) throws(SystemError) -> Int32? {
    switch stream {
    case .inherited:
      childEnds.append(Int32(childEnds.count))
      return nil
    case .null:
      let null = apus_open("/dev/null", (writes ? O_WRONLY : O_RDONLY) | O_CLOEXEC, 0)
      guard null >= 0 else { throw SystemError("opening /dev/null") }
      try add(null)
      return nil
    case .descriptor(let descriptor):
      try add(try Self.lift(descriptor, above: count))
      return nil
    case .pipe:
      var ends: [Int32] = [-1, -1]
      guard apus_pipe(&ends) == 0 else { throw SystemError("making a pipe") }
      let ours = writes ? ends[0] : ends[1]
      ourEnds.append(ours)
      try add(writes ? ends[1] : ends[0])
      let flags = apus_fcntl(ours, F_GETFL, 0)
      apus_fcntl(ours, F_SETFL, Int(flags | O_NONBLOCK))
      return ours
    }
  }

  func closeChildEnds() {
    for (index, end) in childEnds.enumerated() where end != Int32(index) { close(end) }
  }

  func closeOurEnds() {
    for end in ourEnds { close(end) }
  }

  /// Takes over a descriptor of ours. Must not be among the numbers the child's will get, or one
  /// would overwrite the next.
  private mutating func add(_ descriptor: Int32) throws(SystemError) {
    if descriptor >= count {
      childEnds.append(descriptor)
      return
    }
    defer { close(descriptor) }
    childEnds.append(try Self.lift(descriptor, above: count))
  }

  private static func lift(_ descriptor: Int32, above count: Int32) throws(SystemError) -> Int32 {
    let copy = apus_fcntl(descriptor, F_DUPFD_CLOEXEC, Int(count))
    guard copy >= 0 else { throw SystemError("copying a descriptor") }
    return copy
  }
}
