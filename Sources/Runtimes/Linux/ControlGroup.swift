import CSystem
import Glibc
import IO

/// The control group of one box: a folder in each tree that counts something of it.
package struct ControlGroup: Sendable {
  package struct Limits: Sendable, Hashable {
    package var memory: Int64
    package var processes: Int
    /// Which processors, as the kernel writes them: `0-3,6`. Nil is all.
    package var processors: String?

    package init(memory: Int64, processes: Int, processors: String? = nil) {
      self.memory = memory
      self.processes = processes
      self.processors = processors
    }
  }

  package let name: String
  private let memory: ControlGroups.Place
  private var peak: MemoryPeak?
  private let folders: [String]
  /// Where its processors are set; nil when it uses all.
  private let processorsFolder: String?
  /// Those of `folders` that a process enters by itself, and those it is moved to.
  private let doors: [String]
  private let others: [String]
  private var memoryFolder: String { "\(memory.folder)/\(name)" }

  /// Makes the folders and sets the limits; leaves nothing behind when it throws.
  package init(_ box: String, _ limits: Limits, in groups: ControlGroups) throws(RuntimeError) {
    guard let memory = groups.places[.memory], groups.canHold else {
      throw RuntimeError(.weak, "no control group can be made on this machine")
    }
    let name = "apus-\(ProcessMark.own)-\(box)"
    self.name = name
    self.memory = memory
    var wanted = groups.places
    if limits.processors == nil { wanted[.processors] = nil }
    processorsFolder = wanted[.processors].map { "\($0.folder)/\(name)" }
    let places = Set(wanted.values)
    folders = places.map { "\($0.folder)/\(name)" }
    doors = places.filter { $0.version == 1 }.map { "\($0.folder)/\(name)/tasks" }
    others = places.filter { $0.version == 2 }.map { "\($0.folder)/\(name)" }
    do throws(RuntimeError) {
      for folder in folders where mkdir(folder, 0o755) != 0 {
        throw RuntimeError(SystemError("making the control group \(folder)"))
      }
      for setting in Self.settings(limits, name, wanted) {
        do throws(RuntimeError) {
          try set(setting.text, setting.path)
        } catch {
          if !setting.isOptional { throw error }
        }
      }
    } catch {
      remove()
      throw error
    }
    peak = MemoryPeak(memoryFolder, version: memory.version)
  }

  /// What is written where, in this order.
  struct Setting: Sendable, Equatable {
    var path: String
    var text: String
    /// It may fail.
    var isOptional = false
  }

  /// What any group and any process has: however many are in a box, together they weigh as one.
  private static let weights = [1: ("cpu.shares", "1024"), 2: ("cpu.weight", "100")]

  static func settings(
    _ limits: Limits, _ name: String, _ places: [ControlGroups.Controller: ControlGroups.Place]
  ) -> [Setting] {
    var settings: [Setting] = []
    func add(
      _ place: ControlGroups.Place, _ file: String, _ text: String, isOptional: Bool = false
    ) {
      let path = "\(place.folder)/\(name)/\(file)"
      settings.append(Setting(path: path, text: text, isOptional: isOptional))
    }
    // What bounds swap is absent where the machine counts none: then none is used, or it has none.
    if let memory = places[.memory], memory.version == 2 {
      add(memory, "memory.max", "\(limits.memory)")
      add(memory, "memory.swap.max", "0", isOptional: true)
    } else if let memory = places[.memory] {
      add(memory, "memory.limit_in_bytes", "\(limits.memory)")
      add(memory, "memory.memsw.limit_in_bytes", "\(limits.memory)", isOptional: true)
    }
    // One more, for the process that keeps order in the box.
    if let processes = places[.processes] { add(processes, "pids.max", "\(limits.processes + 1)") }
    if let place = places[.weight], let (file, weight) = weights[place.version] {
      add(place, file, weight, isOptional: true)
    }
    if let processors = places[.processors], let wanted = limits.processors {
      if processors.version == 1 {
        // A fresh group of version 1 has neither, and nothing may enter it.
        let all = ControlFile.read("\(processors.folder)/cpuset.mems") ?? "0"
        add(processors, "cpuset.mems", all)
      }
      add(processors, "cpuset.cpus", wanted)
    }
    return settings
  }

  var hasProcessors: Bool { processorsFolder != nil }

  /// Others from now on, for all that is in it; false when it has no such set, or may not.
  func setProcessors(_ wanted: String) -> Bool {
    guard let processorsFolder else { return false }
    return ControlFile.write(wanted, to: "\(processorsFolder)/cpuset.cpus")
  }

  private func set(_ text: String, _ path: String) throws(RuntimeError) {
    if !ControlFile.write(text, to: path) {
      throw RuntimeError(SystemError("writing \(text) to \(path)"))
    }
  }

  /// Descriptors for `Command.controlGroups`, which are the caller's.
  package func openDoors() throws(RuntimeError) -> [Int32] {
    var opened: [Int32] = []
    for door in doors {
      let file = open(door, O_WRONLY | O_CLOEXEC)
      guard file >= 0 else {
        let error = RuntimeError(SystemError("opening \(door)"))
        for file in opened { close(file) }
        throw error
      }
      opened.append(file)
    }
    return opened
  }

  /// Moves a process that came through the doors to the rest; its children are born there.
  package func add(_ process: Int32) throws(RuntimeError) {
    for folder in others { try set("\(process)", "\(folder)/cgroup.procs") }
  }

  // MARK: - What it counted

  /// How many processes were killed for want of memory, ever.
  package var memoryKills: Int64 {
    let path =
      memory.version == 2
      ? "\(memoryFolder)/memory.events" : "\(memoryFolder)/memory.oom_control"
    return ControlFile.number(path, "oom_kill") ?? 0
  }

  /// The most bytes at once since it was last reset, or ever where the kernel resets nothing.
  package var peakMemory: Int64? { peak?.bytes }

  package var memoryInUse: Int64? {
    ControlFile.number(
      memory.version == 2
        ? "\(memoryFolder)/memory.current" : "\(memoryFolder)/memory.usage_in_bytes")
  }

  package func resetPeak() { peak?.reset() }

  package var processes: [Int32] { Self.members(of: memoryFolder) }

  // MARK: - Its end

  /// Kills what is in it and removes it. False when something would not go.
  @discardableResult
  package func remove() -> Bool { folders.map { Self.remove($0) }.allSatisfy { $0 } }

  /// How often a group is asked to go that still has somebody dying in it.
  private static let attempts = 200

  static func remove(_ folder: String) -> Bool {
    for attempt in 0..<attempts {
      if rmdir(folder) == 0 || errno == ENOENT { return true }
      guard errno == EBUSY else { return false }
      killAll(in: folder)
      usleep(attempt < 20 ? 100 : 5_000)
    }
    return false
  }

  /// Whoever is in it now. Version 2 does so at once, from Linux 5.14 on.
  static func killAll(in folder: String) {
    if ControlFile.write("1", to: "\(folder)/cgroup.kill") { return }
    kill { members(of: folder) }
  }

  /// Looks twice, for a number may be somebody else's since the first look: who is there before and
  /// after there is a handle is who the handle means, or is dead.
  static func kill(_ members: () -> [Int32]) {
    for process in members() where process > 1 {
      let handle = apus_pidfd_open(process)
      guard handle >= 0 else { continue }
      if members().contains(process) { _ = apus_pidfd_send_signal(handle, SIGKILL) }
      close(handle)
    }
  }

  private static func members(of folder: String) -> [Int32] {
    (ControlFile.read("\(folder)/cgroup.procs") ?? "").split(separator: "\n")
      .compactMap { Int32($0) }
  }
}
