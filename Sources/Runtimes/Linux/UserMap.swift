import Glibc
import IO

/// Who the one user of a box is on the machine.
struct UserMap: Sendable, Equatable {
  /// Numbers of users or of groups that this process may give away, as /proc tells them.
  typealias Numbers = [ClosedRange<UInt32>]

  /// Of the box's user on the machine.
  var user: UInt32
  var group: UInt32
  /// Somebody who owns nothing here. An ordinary user may only map themselves, and keeps their
  /// groups.
  var isOwn: Bool

  /// Numbers that no distribution gives to anybody, and for containers with fewer users those
  /// that systemd lends to services for as long as they run.
  static let free: Numbers = [1_878_000_000...1_894_777_215, 61_184...65_519]

  /// A user who owns nothing here when the node may say so, else the node's own.
  static func forBox(_ number: UInt32) -> UserMap {
    let isRoot = geteuid() == 0
    return UserMap(
      number, users: isRoot ? numbers("/proc/self/uid_map") : [],
      groups: isRoot ? numbers("/proc/self/gid_map") : [],
      keeper: (geteuid(), getegid()))
  }

  init(_ number: UInt32, users: Numbers, groups: Numbers, keeper: (user: UInt32, group: UInt32)) {
    let known = Self.free.first { free in
      [users, groups].allSatisfy { mapped in
        mapped.contains { $0.contains(free.lowerBound) && $0.contains(free.upperBound) }
      }
    }
    if let known {
      user = known.lowerBound + number % UInt32(known.count)
      group = user
    } else {
      (user, group) = keeper
    }
    isOwn = known != nil
  }

  private static func numbers(_ path: String) -> Numbers {
    (ControlFile.read(path) ?? "").split(separator: "\n").compactMap { line in
      let numbers = line.split(separator: " ").compactMap { UInt32($0) }
      guard numbers.count == 3, numbers[2] > 0 else { return nil }
      let (last, isBeyond) = numbers[0].addingReportingOverflow(numbers[2] - 1)
      return isBeyond ? nil : numbers[0]...last
    }
  }

  /// Before the process asks for anything: it has no user until then.
  func write(for process: Int32) throws(RuntimeError) {
    if !isOwn { try write("deny", "/proc/\(process)/setgroups") }
    try write("0 \(group) 1", "/proc/\(process)/gid_map")
    try write("0 \(user) 1", "/proc/\(process)/uid_map")
  }

  private func write(_ text: String, _ path: String) throws(RuntimeError) {
    if !ControlFile.write(text, to: path) {
      throw RuntimeError(.weak, SystemError("naming the user of a box").message)
    }
  }
}
