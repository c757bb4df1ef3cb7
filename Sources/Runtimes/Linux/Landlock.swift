import CBox
import CSystem
import Glibc
import IO

/// The kernel's second look at files, behind the mounts (landlock(7)). What it is asked for and
/// the kernel does not know yet is left out, by its version.
struct Landlock {
  /// LANDLOCK_ACCESS_FS_... (linux/landlock.h).
  struct Access: OptionSet {
    let rawValue: UInt64
    static let execute = Access(rawValue: 1 << 0)
    static let writeFile = Access(rawValue: 1 << 1)
    static let readFile = Access(rawValue: 1 << 2)
    static let readFolder = Access(rawValue: 1 << 3)
    static let all = Access(rawValue: (1 << 16) - 1)
    static let devices = Access(rawValue: 1 << 6 | 1 << 11)
    /// What a driver is asked beside reading and writing (ioctl).
    static let control = Access(rawValue: 1 << 15)
    static let reading: Access = [.readFile, .readFolder]

    /// What a file that is no folder may have.
    static let ofFiles = Access(rawValue: 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15)

    /// All that a version of the interface knows.
    static func known(_ version: Int32) -> Access {
      switch version {
      case 1: Access(rawValue: (1 << 13) - 1)
      case 2: Access(rawValue: (1 << 14) - 1)
      case 3, 4: Access(rawValue: (1 << 15) - 1)
      default: all
      }
    }
  }

  struct Rule {
    var path: String
    var access: Access
  }

  /// Nil where there is none.
  static var version: Int32? {
    let version = apus_landlock_version()
    return version > 0 ? version : nil
  }

  static func rules(_ plan: BoxPlan) -> [Rule] {
    let program: Access = plan.runtime == .process ? .execute : []
    return [
      Rule(path: "/", access: [.reading, program]),
      Rule(
        path: "/work",
        access: Access.all.subtracting(.devices).subtracting(.execute)
          .union(program)),
    ]
      + MountPlan.devices.map { Rule(path: "/dev/\($0)", access: [.readFile, .writeFile]) }
      + plan.devices.map {
        Rule(path: $0.target, access: [.readFile, .writeFile, .control])
      }
  }

  /// From here on only what the rules name; for this thread and all that it starts.
  static func restrict(to rules: [Rule]) throws(RuntimeError) {
    guard let version else {
      throw RuntimeError(.weak, "the kernel has no Landlock: Linux 5.13 or later has")
    }
    let known = Access.known(version)
    // bind and connect of TCP, none of which is allowed; abstract sockets and signals to others.
    let network: UInt64 = version >= 4 ? 3 : 0
    let scoped: UInt64 = version >= 6 ? 3 : 0
    let size = version >= 6 ? 24 : version >= 4 ? 16 : 8
    let set = apus_landlock_create(known.rawValue, network, scoped, size)
    try check(set, "making Landlock rules")
    defer { close(set) }
    for rule in rules {
      let place = apus_open_place(rule.path)
      try check(place, "opening \(rule.path)")
      defer { close(place) }
      var status = stat()
      try check(fstat(place, &status), "looking at \(rule.path)")
      var access = rule.access.intersection(known)
      if status.st_mode & S_IFMT != S_IFDIR { access = access.intersection(.ofFiles) }
      try check(apus_landlock_allow(set, access.rawValue, place), "allowing \(rule.path)")
    }
    try check(apus_landlock_restrict(set), "restricting with Landlock")
  }

  private static func check(_ status: Int32, _ doing: String) throws(RuntimeError) {
    if status < 0 {
      let number = errno
      throw RuntimeError(.weak, SystemError(errno: number, doing).message)
    }
  }
}
