// # The files a box sees
//
// A root in memory, read-only once it is built, with copies of a few mounts of the machine on it.
// What is to be seen is taken by the user who keeps the box, before it changes to the box's own
// user, who could not even walk to the state folder: mounts are held by descriptors meanwhile.

/// What goes into the root of a box, in the order in which it is made: a value, so that what a box
/// sees is decided where it can be tested.
struct MountPlan: Equatable {
  enum Step: Equatable {
    case folder(String, mode: UInt32)
    case text(String, String)
    case link(String, to: String)
    /// A file or folder of the machine.
    case bind(BoxPlan.Bind, Content)
    /// A file system in memory that programs may write to.
    case memory(String, bytes: Int64, files: Int, Content)
    case processes(String, hidesMachine: Bool)
  }

  /// What may be done with files beside reading them.
  enum Content { case programs, data, device }

  var steps: [Step] = []

  static let devices = ["null", "zero", "full", "random", "urandom"]

  init(_ plan: BoxPlan) {
    let own: Content = plan.runsOwnFiles ? .programs : .data
    steps.append(.folder("/dev", mode: 0o755))
    for device in Self.devices {
      steps.append(.bind(BoxPlan.Bind("/dev/\(device)", isOptional: false), .device))
    }
    for device in plan.devices { steps.append(.bind(device, .device)) }
    steps.append(
      .bind(BoxPlan.Bind("\(plan.folder)/in", at: "/in", isOptional: false), own))
    steps.append(
      .memory("/work", bytes: plan.limits.fileBytes, files: plan.limits.files, own))
    steps.append(.link("/tmp", to: "work/tmp"))
    for bind in plan.binds { steps.append(.bind(bind, .programs)) }
    guard plan.runtime == .process else { return }
    steps.append(.processes("/proc", hidesMachine: plan.hidesMachine))
    steps.append(.link("/dev/shm", to: "/work/shm"))
    steps.append(.link("/dev/fd", to: "/proc/self/fd"))
    for (number, name) in ["stdin", "stdout", "stderr"].enumerated() {
      steps.append(.link("/dev/\(name)", to: "/proc/self/fd/\(number)"))
    }
    steps.append(.folder("/etc", mode: 0o755))
    steps.append(.text("/etc/passwd", "box:x:0:0:box:/work:/bin/sh\n"))
    steps.append(.text("/etc/group", "box:x:0:\n"))
    steps.append(.text("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"))
    steps.append(.text("/etc/hosts", "127.0.0.1 localhost\n"))
  }

  /// What a program of the machine needs to start.
  static let systemBinds: [BoxPlan.Bind] =
    ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"].map { BoxPlan.Bind($0) }
    + [
      "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime", "ssl/certs",
      "ssl/openssl.cnf", "fonts",
      "python3", "R", "mime.types", "magic", "terminfo",
    ].map { BoxPlan.Bind("/etc/\($0)") }
}
