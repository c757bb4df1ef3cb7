import Glibc

/// A process, told from a later one of the same number by when it started.
struct ProcessMark: Sendable, Equatable, CustomStringConvertible {
  var process: Int32
  /// Ticks since the machine started, from /proc.
  var start: UInt64

  static let own = ProcessMark(process: getpid(), start: startOf(getpid()) ?? 0)

  init(process: Int32, start: UInt64) {
    self.process = process
    self.start = start
  }

  /// From `apus-<process>-<start>-...`; nil for a group that is none of ours.
  init?(groupName: String) {
    let parts = groupName.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "apus", let process = Int32(parts[1]),
      let start = UInt64(parts[2])
    else { return nil }
    self.init(process: process, start: start)
  }

  /// From `<process>-<start>-<box>`; nil for a folder that is none of ours.
  init?(folderName: String) { self.init(groupName: "apus-" + folderName) }

  var description: String { "\(process)-\(start)" }

  var isAlive: Bool { Self.startOf(process) == start }

  /// Field 22 of /proc/<process>/stat, counted behind the name, which may hold anything.
  static func startOf(_ process: Int32) -> UInt64? {
    guard let text = ControlFile.read("/proc/\(process)/stat"),
      let end = text.utf8.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    let fields = text[text.utf8.index(after: end)...].split(separator: " ")
    return fields.count > 19 ? UInt64(fields[19]) : nil
  }
}
