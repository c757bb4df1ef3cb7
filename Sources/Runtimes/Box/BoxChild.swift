import CBox
import Glibc
import IO
import Primitives

// # The inside of a box
//
// A process of this program that becomes the box and then runs attempts in it. It is process 1
// of its own world: whatever a program starts is its child in the end, and all of it dies with it.
// It has no event loop and one thread: it waits for its keeper, or for the attempt.
//
// Order: take what is to be seen of the machine as the keeper's user, become the box's user, build
// the root, load the engine, shut the doors, say `ready` with what holds. A wall that cannot be
// built is said; whether the box is good enough without is for the keeper to decide.

/// What `apus box` does for a node: a hidden meaning, of use to the node alone.
package enum BoxChild {
  /// The descriptor of the control socket.
  package static let controlDescriptor: Int32 = 3

  /// True in a process that a keeper started: it has a socket to talk to.
  package static var isAsked: Bool {
    var (type, count) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
    return getsockopt(controlDescriptor, SOL_SOCKET, SO_TYPE, &type, &count) == 0
  }

  package static func main() -> Int32 {
    let channel = BoxChannel(controlDescriptor)
    // It was a descriptor a moment ago.
    _ = apus_close_on_exec(controlDescriptor)
    do throws(RuntimeError) {
      guard case .plan(let plan)? = try channel.next() else { return 1 }
      var engine = try engine(for: plan)
      let layers = try enter(plan, &engine)
      try channel.send(.ready(layers))
      try serve(channel, plan, &engine)
      return 0
    } catch {
      // Nothing is lost when the keeper cannot hear it: it is gone, and this box goes too.
      try? channel.send(.failed(error))
      return 1
    }
  }

  private static func engine(for plan: BoxPlan) throws(RuntimeError) -> any Engine {
    switch plan.runtime {
    case .process: return ProcessEngine()
    case .wasm:
      // While the library is still in sight: the root of the box has none.
      guard let library = plan.settings[BoxSettings.wasmLibraryKey] else {
        throw RuntimeError(.absent, "wasm has no library here; \(WasmLibrary.mend)")
      }
      return WasmEngine(try WasmLibrary(library), folders: WasmEngine.boxFolders)
    case .script:
      // As with wasm.
      guard let library = plan.settings[BoxSettings.scriptLibraryKey] else {
        throw RuntimeError(.absent, "js has no library here; \(ScriptLibrary.mend)")
      }
      return ScriptEngine(try ScriptLibrary(library, memory: plan.limits.memory))
    case .container:
      throw RuntimeError(.absent, "this program has no engine for \(plan.runtime.name)")
    }
  }

  // MARK: - Becoming the box

  private static func enter(
    _ plan: BoxPlan, _ engine: inout any Engine
  ) throws(RuntimeError) -> [BoxLayer] {
    var layers: [BoxLayer] = []
    func build(
      _ layer: BoxPlan.Layer, _ work: () throws(RuntimeError) -> Void
    ) throws(RuntimeError) {
      if plan.disabled.contains(layer) {
        layers.append(BoxLayer(layer, absence: "switched off"))
        return
      }
      do throws(RuntimeError) {
        try work()
        layers.append(BoxLayer(layer))
      } catch {
        if plan.required.contains(layer) { throw error }
        layers.append(BoxLayer(layer, absence: error.message))
      }
    }

    try build(.namespaces) { () throws(RuntimeError) in
      guard getpid() == 1 else {
        throw RuntimeError(.weak, "the box is not at home alone: it has no namespaces")
      }
      // The group it was just put into is the top of what it sees; where there is none, nothing
      // is lost.
      _ = apus_unshare(0x0200_0000)
      _ = apus_host_name("box", 3)
    }
    try build(.root) { () throws(RuntimeError) in
      let work = try MountWork(MountPlan(plan), folder: plan.folder)
      try Privileges.becomeBoxUser()
      let absence = try work.build()
      if plan.runtime == .process { layers.append(BoxLayer(.processes, absence: absence)) }
    }
    umask(0o022)
    try WorkFolder.prepare()
    setLimits(plan.limits)
    try engine.prepare()
    try build(.privileges) { () throws(RuntimeError) in try Privileges.drop() }
    try build(.landlock) { () throws(RuntimeError) in
      try Landlock.restrict(to: Landlock.rules(plan))
    }
    try build(.filter) { () throws(RuntimeError) in
      let isCounted = !plan.disabled.contains(.group)
      try SyscallFilter.install(SyscallFilter.program(plan.runtime, isCounted: isCounted))
    }
    return layers
  }

  private static func setLimits(_ limits: AttemptLimits) {
    // Each of these lowers: it cannot fail for us, and the group bounds the same again.
    // One byte: with none, a kernel that pipes cores to a program starts it all the same.
    _ = apus_limit(Int32(APUS_LIMIT_CORE), 1)
    _ = apus_limit(Int32(APUS_LIMIT_DESCRIPTORS), UInt64(limits.descriptors))
    _ = apus_limit(Int32(APUS_LIMIT_FILE_SIZE), UInt64(limits.fileBytes))
    _ = apus_limit(Int32(APUS_LIMIT_PROCESSES), UInt64(limits.processes + 1))
    _ = apus_limit(Int32(APUS_LIMIT_LOCKED), 64 << 10)
    _ = apus_limit(Int32(APUS_LIMIT_MESSAGES), 0)
  }

  // MARK: - Running attempts

  private static func serve(
    _ channel: BoxChannel, _ plan: BoxPlan, _ engine: inout any Engine
  ) throws(RuntimeError) {
    var input: [UInt8] = []
    var empty = WorkFolder.Standing.ofEmpty()
    while let frame = try channel.next() {
      switch frame {
      case .input(let bytes): input += bytes
      case .descriptors: break
      case .run(var attempt):
        attempt.input = input
        attempt.descriptors = channel.descriptors
        input = []
        let end = try run(attempt, channel, &engine, empty)
        channel.closeDescriptors()
        if empty != nil, WorkFolder.Standing.look() == empty {
          try channel.send(end, .clean)
        } else {
          try channel.send(end)
          try WorkFolder.reset()
          // Other folders may stand there now.
          if empty != nil { empty = .look() }
          try channel.send(.clean)
        }
      case .plan, .ready, .output, .file, .folder, .ended, .clean, .failed:
        throw BoxReader.damaged
      }
    }
  }

  /// What is to be said of its end.
  private static func run(
    _ attempt: BoxAttempt, _ channel: BoxChannel, _ engine: inout any Engine,
    _ empty: WorkFolder.Standing?
  ) throws(RuntimeError) -> BoxFrame {
    let start = Instant.now()
    let before = ownTime()
    var output = BoxOutput(limit: attempt.limits.outputBytes) { (frame) throws(RuntimeError) in
      try channel.send(frame)
    }
    var ending: Ending
    do throws(RuntimeError) {
      ending = try engine.run(attempt, &output)
      if output.isOverLimit { ending = .outputLimit }
      if empty == nil || WorkFolder.Standing.look() != empty {
        try WorkFolder.sendResults { (frame) throws(RuntimeError) in try channel.send(frame) }
      }
    } catch {
      if error.code == .lost { throw error }
      ending = .refused(error)
    }
    var usage = output.usage
    let after = ownTime()
    usage.time = start.duration(to: .now())
    usage.userTime += after.user - before.user
    usage.systemTime += after.system - before.system
    return .ended(ending, usage)
  }

  private static func ownTime() -> (user: Duration, system: Duration) {
    var (user, system): (Int64, Int64) = (0, 0)
    apus_own_time(&user, &system)
    return (.microseconds(user), .microseconds(system))
  }
}
