import Glibc
import IO

/// Who the one user of a box is on the machine.
struct UserMap: Sendable, Equatable {
  /// Of the box's user on the machine.
  var user: UInt32
  var group: UInt32
  /// An ordinary user may only map themselves, and keeps their groups.
  var keepsGroups: Bool

  /// Where numbers begin that no distribution gives to anybody, and how many of them are ours.
  static let firstUser: UInt32 = 1_878_000_000
  static let userCount: UInt32 = 1 << 24

  /// A user who owns nothing here when the node may say so, else the node's own.
  static func forBox(_ number: UInt32) -> UserMap {
    let user = firstUser + number % userCount
    if geteuid() == 0, knows(user) {
      return UserMap(user: user, group: user, keepsGroups: false)
    }
    return UserMap(user: geteuid(), group: getegid(), keepsGroups: true)
  }

  /// In a container there may be few users.
  private static func knows(_ user: UInt32) -> Bool {
    for path in ["/proc/self/uid_map", "/proc/self/gid_map"] {
      let isThere = (ControlFile.read(path) ?? "").split(separator: "\n").contains { line in
        let numbers = line.split(separator: " ").compactMap { UInt64($0) }
        return numbers.count == 3 && UInt64(user) >= numbers[0]
          && UInt64(user) - numbers[0] < numbers[2]
      }
      if !isThere { return false }
    }
    return true
  }

  var isOwn: Bool { user >= Self.firstUser }

  /// Before the process asks for anything: it has no user until then.
  func write(for process: Int32) throws(RuntimeError) {
    if keepsGroups { try write("deny", "/proc/\(process)/setgroups") }
    try write("0 \(group) 1", "/proc/\(process)/gid_map")
    try write("0 \(user) 1", "/proc/\(process)/uid_map")
  }

  private func write(_ text: String, _ path: String) throws(RuntimeError) {
    if !ControlFile.write(text, to: path) {
      throw RuntimeError(.weak, SystemError("naming the user of a box").message)
    }
  }
}
