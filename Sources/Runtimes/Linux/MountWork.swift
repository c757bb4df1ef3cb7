import CBox
import CSystem
import Glibc
import IO

/// Carries a plan out, in the namespaces of the box.
struct MountWork {
  /// What a bind shows in the box.
  private enum Taken {
    case link(String)
    case mount(Int32, isFolder: Bool)
  }

  private let plan: MountPlan
  private let place: Int32
  private var taken: [(target: String, what: Taken)] = []

  /// Takes what is to be seen. As the keeper's user, so that its folders are open.
  init(_ plan: MountPlan, folder: String) throws(RuntimeError) {
    self.plan = plan
    try Self.check(apus_mount_private(), "keeping mounts to the box")
    place = apus_open_place("\(folder)/root")
    try Self.check(place, "opening \(folder)/root")
    for case .bind(let bind, let content) in plan.steps {
      if let what = try Self.take(bind, content) { taken.append((bind.target, what)) }
    }
  }

  /// Builds the root and moves into it. As the box's own user. Returns why there is no /proc, where
  /// there is to be one: a container with a covered /proc lets nobody mount another.
  func build() throws(RuntimeError) -> String? {
    var absence: String?
    try Self.check(fchdir(place), "entering the place of the root")
    close(place)
    let root = try Self.memory(bytes: 1 << 20, files: 4096, attributes: APUS_MOUNT_NO_SET_ID)
    try Self.check(apus_mount_attach(root, "."), "mounting the root")
    try Self.check(fchdir(root), "entering the root")
    for step in plan.steps {
      do throws(RuntimeError) {
        try perform(step)
      } catch {
        guard case .processes = step else { throw error }
        absence = error.message
      }
    }
    let readOnly = UInt32(APUS_MOUNT_READ_ONLY | APUS_MOUNT_NO_SET_ID)
    try Self.check(apus_mount_attributes(root, readOnly, 0), "making the root read-only")
    close(root)
    try Self.check(apus_mount_pivot(), "leaving the old root")
    return absence
  }

  private static func take(
    _ bind: BoxPlan.Bind, _ content: MountPlan.Content
  ) throws(RuntimeError) -> Taken? {
    var status = stat()
    guard lstat(bind.source, &status) == 0 else {
      if bind.isOptional { return nil }
      throw failure("looking at \(bind.source)")
    }
    if status.st_mode & S_IFMT == S_IFLNK, bind.source == bind.target {
      guard let text = realLink(bind.source) else { throw failure("reading \(bind.source)") }
      return .link(text)
    }
    let mount = apus_mount_copy(bind.source)
    if mount < 0 && bind.isOptional { return nil }
    try check(mount, "taking \(bind.source)")
    // A device is written to all the same: what is read-only is its mode, its owner, its times.
    let set = UInt32(attributes(content) | APUS_MOUNT_READ_ONLY)
    try check(apus_mount_attributes(mount, set, 1), "making \(bind.source) read-only")
    guard stat(bind.source, &status) == 0 else { throw failure("looking at \(bind.source)") }
    return .mount(mount, isFolder: status.st_mode & S_IFMT == S_IFDIR)
  }

  private static func attributes(_ content: MountPlan.Content) -> Int {
    switch content {
    case .programs: APUS_MOUNT_NO_SET_ID | APUS_MOUNT_NO_DEVICES
    case .data: APUS_MOUNT_NO_SET_ID | APUS_MOUNT_NO_DEVICES | APUS_MOUNT_NO_EXEC
    case .device: APUS_MOUNT_NO_SET_ID | APUS_MOUNT_NO_EXEC
    }
  }

  private static func realLink(_ path: String) -> String? {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &bytes, bytes.count - 1)
    guard count > 0 else { return nil }
    return String(decoding: bytes[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private func perform(_ step: MountPlan.Step) throws(RuntimeError) {
    switch step {
    case .folder(let path, let mode):
      if mkdir(Self.inside(path), mode) != 0 && errno != EEXIST {
        throw Self.failure("making \(path)")
      }
    case .text(let path, let text): try Self.write(text, to: path)
    case .link(let path, let target):
      try Self.makeParents(path)
      try Self.check(symlink(target, Self.inside(path)), "linking \(path)")
    case .bind(let bind, _):
      // None when the machine has no such thing.
      guard let entry = taken.first(where: { $0.target == bind.target }) else { return }
      try attach(entry.what, at: bind.target)
    case .memory(let path, let bytes, let files, let content):
      let mount = try Self.memory(
        bytes: bytes, files: files, attributes: Self.attributes(content))
      try attach(.mount(mount, isFolder: true), at: path)
    case .processes(let path, let hidesMachine):
      try Self.check(mkdir(Self.inside(path), 0o555), "making \(path)")
      let options = hidesMachine ? "hidepid=2,subset=pid" : "hidepid=2"
      try Self.check(apus_mount_proc(Self.inside(path), options), "mounting \(path)")
    }
  }

  private func attach(_ what: Taken, at target: String) throws(RuntimeError) {
    try Self.makeParents(target)
    switch what {
    case .link(let text):
      try Self.check(symlink(text, Self.inside(target)), "linking \(target)")
    case .mount(let mount, let isFolder):
      if isFolder {
        if mkdir(Self.inside(target), 0o755) != 0 && errno != EEXIST {
          throw Self.failure("making \(target)")
        }
      } else {
        try Self.write("", to: target)
      }
      try Self.check(apus_mount_attach(mount, Self.inside(target)), "mounting \(target)")
      close(mount)
    }
  }

  /// The working folder is the root to be.
  private static func inside(_ path: String) -> String { "." + path }

  private static func makeParents(_ path: String) throws(RuntimeError) {
    var parent = ""
    for name in path.split(separator: "/").dropLast() {
      parent += "/\(name)"
      if mkdir(inside(parent), 0o755) != 0 && errno != EEXIST {
        throw failure("making \(parent)")
      }
    }
  }

  private static func write(_ text: String, to path: String) throws(RuntimeError) {
    try makeParents(path)
    let file = creat(inside(path), 0o644)
    try check(file, "making \(path)")
    defer { close(file) }
    let bytes = Array(text.utf8)
    guard Glibc.write(file, bytes, bytes.count) == bytes.count else {
      throw failure("writing \(path)")
    }
  }

  private static func memory(
    bytes: Int64, files: Int, attributes: Int
  ) throws(RuntimeError) -> Int32 {
    let options = ["size", "\(bytes)", "nr_inodes", "\(files)", "mode", "0755"]
    let texts = options.map { strdup($0) }
    defer { for text in texts { free(text) } }
    let mount = apus_mount_memory(texts.map { UnsafePointer($0) } + [nil], UInt32(attributes))
    try check(mount, "making a file system in memory")
    return mount
  }

  private static func check(_ status: Int32, _ doing: String) throws(RuntimeError) {
    if status < 0 { throw failure(doing) }
  }

  private static func failure(_ doing: String) -> RuntimeError {
    let number = errno
    return RuntimeError(.weak, SystemError(errno: number, "building a box: \(doing)").message)
  }
}
