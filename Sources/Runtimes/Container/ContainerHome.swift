import CBox
import Glibc
import IO
import Security

/// What of a container is on the machine outside of its engine: a folder with its inputs and with
/// what it writes. Calls block.
struct ContainerHome: Sendable {
  enum Limits {
    static let depth = WorkFolder.Limits.depth
  }

  /// Sixteen characters of hexadecimal.
  let name: String
  let folder: String
  let user: ContainerPlan.UserNumbers
  /// What is written goes to a file system in memory of ours, which has a size. Only root can make
  /// one; else the engine makes those it can, and the results lie in a folder that is watched.
  let isMounted: Bool
  private let limits: AttemptLimits

  var inputs: InputFolder { InputFolder("\(folder)/in") }
  private var space: String { "\(folder)/space" }

  /// What the container may write to, by its names here and there. Engines would make the others
  /// themselves, some without a size, and nobody would empty them.
  private static let rooms = [
    ("work", "/work"), ("tmp", "/tmp"), ("shm", "/dev/shm"), ("run", "/run"),
    ("var-tmp", "/var/tmp"),
  ]
  /// Podman alone lets attempts write there.
  private static let roomsOfPodman: Set<String> = ["run", "var-tmp"]
  /// System V memory, semaphores and queues, and POSIX queues: they would outlive an attempt and
  /// cannot be emptied from outside, so there are none.
  private static let withoutQueues = [
    "kernel.shmmni": "0", "kernel.sem": "0 0 0 0", "kernel.msgmni": "0",
    "fs.mqueue.queues_max": "0",
  ]
  var results: String { "\(space)/work/out" }

  /// Leaves nothing behind when it throws.
  init(
    _ limits: AttemptLimits, in parent: String, mounts: Bool = true
  ) throws(RuntimeError) {
    let random = SecureRandom.bytes(8)
    name = random.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    folder = "\(parent)/\(ProcessMark.own)-\(name)"
    self.limits = limits
    let map = UserMap.forBox(random.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
    user = ContainerPlan.UserNumbers(user: map.user, group: map.group)
    do throws(RuntimeError) {
      for path in [folder, "\(folder)/in", "\(folder)/space"] {
        // What is in the first is for the node alone; the container sees what is mounted.
        try Self.make(path, path == folder ? 0o700 : 0o755)
      }
      isMounted = mounts && geteuid() == 0 && Self.mount("\(folder)/space", limits)
      try prepare()
      try Self.write(Sleeper.program, to: "\(folder)/sleeper")
    } catch {
      Self.remove(folder)
      throw error
    }
  }

  private static func make(_ path: String, _ mode: mode_t) throws(RuntimeError) {
    guard mkdir(path, mode) == 0, chmod(path, mode) == 0 else {
      throw RuntimeError(SystemError("making \(path)"))
    }
  }

  private static func mount(_ place: String, _ limits: AttemptLimits) -> Bool {
    let options = [
      "size", "\(limits.fileBytes)", "nr_inodes", "\(limits.files + 16)", "mode", "0755",
    ]
    let texts = options.map { strdup($0) }
    defer { for text in texts { free(text) } }
    let attributes = UInt32(APUS_MOUNT_NO_SET_ID | APUS_MOUNT_NO_DEVICES)
    let mount = apus_mount_memory(texts.map { UnsafePointer($0) } + [nil], attributes)
    guard mount >= 0 else { return false }
    defer { close(mount) }
    return apus_mount_attach(mount, place) == 0
  }

  private static func write(_ bytes: [UInt8], to path: String) throws(RuntimeError) {
    do throws(SystemError) {
      try FileHandle(path: path, .creating(mode: 0o755)).write(bytes, at: 0)
    } catch {
      throw RuntimeError(error)
    }
  }

  /// The folders that the container finds empty, and may write to.
  private func prepare() throws(RuntimeError) {
    for name in Self.rooms.map(\.0) + ["work/out"] {
      let path = "\(space)/\(name)"
      try Self.make(path, 0o755)
      if geteuid() == 0, chown(path, user.user, user.group) != 0 {
        throw RuntimeError(SystemError("giving \(path) to its user"))
      }
    }
  }

  /// What it sees of the machine, and where it may write.
  func furnish(
    _ plan: inout ContainerPlan, for kind: ContainerEngine.Kind, isKept: Bool
  ) {
    plan.user = user
    plan.mounts = [ContainerPlan.Mount("\(folder)/in", at: "/in")]
    let rooms = Self.rooms.filter { kind == .podman || !Self.roomsOfPodman.contains($0.0) }
    if isMounted {
      for (name, path) in rooms {
        plan.mounts.append(ContainerPlan.Mount("\(space)/\(name)", at: path, isWritable: true))
      }
      plan.kernelSettings = Self.withoutQueues
    } else {
      plan.mounts.append(ContainerPlan.Mount(results, at: WorkFolder.results, isWritable: true))
      for (_, path) in rooms where path != "/dev/shm" {
        plan.memories.append(
          ContainerPlan.Memory(path, bytes: limits.fileBytes, files: limits.files))
      }
      plan.fileBytes = limits.fileBytes
    }
    if isKept {
      plan.mounts.append(ContainerPlan.Mount("\(folder)/sleeper", at: Sleeper.path))
    }
  }

  // MARK: - What it wrote

  /// True when it wrote more than it may where nothing but we counts, or its disk has less left
  /// than that: a file without a name is on the disk and in no folder.
  func isOverfull(reserve: Int64) -> Bool {
    if isMounted { return false }
    var disk = statvfs()
    guard statvfs(folder, &disk) == 0 else { return true }
    if Int64(clamping: disk.f_bavail) &* Int64(clamping: disk.f_frsize) < reserve { return true }
    var left = (bytes: limits.fileBytes, files: limits.files)
    // What cannot be counted is too much.
    guard let folder = try? FolderHandle(results) else { return true }
    return !Self.count(folder, &left, depth: 0)
  }

  private static func count(
    _ folder: FolderHandle, _ left: inout (bytes: Int64, files: Int), depth: Int
  ) -> Bool {
    // As above.
    guard depth < Limits.depth, let entries = try? folder.entries(limit: left.files) else {
      return false
    }
    for entry in entries {
      left.files -= 1
      left.bytes -= entry.info.size
      guard left.files >= 0, left.bytes >= 0 else { return false }
      guard entry.info.kind == .folder else { continue }
      // It may have gone meanwhile.
      guard let inside = try? folder.folder(entry.name) else { continue }
      if !count(inside, &left, depth: depth + 1) { return false }
    }
    return true
  }

  /// Copies files and folders below `out`.
  func collect(into target: ResultFolder) throws(RuntimeError) {
    do {
      guard try FolderHandle.look(at: results)?.kind == .folder else { return }
      let top = try FolderHandle("\(space)").folder(["work", "out"])
      // Before the first is copied.
      try check(top, "", depth: 0)
      try collect(top, "", target, depth: 0)
      try target.finish()
    } catch let error as SystemError {
      throw RuntimeError(error)
    } catch let error as RuntimeError {
      throw error
    } catch {
      preconditionFailure("collecting results threw \(error)")
    }
  }

  private func check(_ folder: FolderHandle, _ prefix: String, depth: Int) throws {
    guard depth < Limits.depth else {
      throw RuntimeError(.damaged, "the result files lie too deep")
    }
    for entry in try folder.entries(limit: limits.files + 8) {
      let path = prefix + entry.name
      switch entry.info.kind {
      case .folder: try check(try folder.folder(entry.name), path + "/", depth: depth + 1)
      case .file: break
      case .link, .other: throw Self.strange(path)
      }
    }
  }

  private static func strange(_ path: String) -> RuntimeError {
    RuntimeError(
      .refused, "/work/out/\(path) is neither a file nor a folder: leave only those there")
  }

  private func collect(
    _ folder: FolderHandle, _ prefix: String, _ target: ResultFolder, depth: Int
  ) throws {
    guard depth < Limits.depth else {
      throw RuntimeError(.damaged, "the result files lie too deep")
    }
    for entry in try folder.entries(limit: limits.files + 8) {
      let path = prefix + entry.name
      switch entry.info.kind {
      case .folder:
        try target.makeFolder(path)
        try collect(try folder.folder(entry.name), path + "/", target, depth: depth + 1)
      case .file:
        let file = try folder.file(entry.name, FileOpening(writes: false, followsLinks: false))
        let info = try file.info()
        try target.begin(path, size: info.size, isExecutable: info.mode & 0o100 != 0)
        var place: Int64 = 0
        while place < info.size {
          let count = Int(min(1 << 20, info.size - place))
          let bytes = try file.read(at: place, count: count)
          if bytes.isEmpty { break }
          try target.write(bytes)
          place += Int64(bytes.count)
        }
      case .link, .other:
        throw Self.strange(path)
      }
    }
  }

  /// Empties what a kept container wrote to. Throws when that is not sure to be done.
  func reset() throws(RuntimeError) {
    guard isMounted else { throw RuntimeError(.weak, "it cannot be emptied") }
    do throws(SystemError) {
      let top = try FolderHandle(space)
      for (name, _) in Self.rooms {
        let folder = try top.folder(name)
        var left = (bytes: Int64.max, files: limits.files + 8)
        guard Self.count(folder, &left, depth: 0) else {
          throw SystemError(.invalidInput, "what is in \(name) lies too deep")
        }
        for entry in try folder.entries(limit: limits.files + 8) { try folder.remove(entry.name) }
        try folder.setMode(0o755)
      }
      let out = "\(space)/work/out"
      guard mkdir(out, 0o755) == 0, chown(out, user.user, user.group) == 0 else {
        throw SystemError("making \(out)")
      }
      for entry in try FolderHandle("\(folder)/in").entries(limit: .max) {
        try FolderHandle("\(folder)/in").remove(entry.name)
      }
    } catch {
      throw RuntimeError(error)
    }
  }

  /// When the container is gone.
  func remove() { Self.remove(folder) }

  /// Makes the folder that holds them, and removes those of keepers that were killed; says whether
  /// there were any. What lives is left alone: beside the node, others of its owner may have some.
  static func sweep(_ parent: String) throws(RuntimeError) -> Bool {
    if mkdir(parent, 0o700) != 0 && errno != EEXIST {
      throw RuntimeError(SystemError("making \(parent)"))
    }
    let dead = ControlFile.names(in: parent).filter { name in
      ProcessMark(folderName: name).map { $0.life == .gone } ?? true
    }
    for name in dead { remove("\(parent)/\(name)") }
    return !dead.isEmpty
  }

  static func remove(_ folder: String) {
    umount2("\(folder)/space", Int32(MNT_DETACH))
    BoxHome.removeFolder(folder)
  }
}
