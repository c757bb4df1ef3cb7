import CSystem
import Glibc

/// A process, told from a later one of the same number by when it started, and from one of another
/// container by where its number means something.
struct ProcessMark: Sendable, Equatable, CustomStringConvertible {
  enum Life: Sendable, Equatable {
    case living
    case gone
    /// It has its number from somebody else's counting, so nobody here can tell.
    case elsewhere
  }

  /// A namespace of processes, until the machine starts again.
  struct Place: Sendable, Equatable, CustomStringConvertible {
    /// Eight characters of the kernel's random name for this start of the machine.
    var boot: String
    var namespace: UInt64

    static let own: Place = {
      let boot = ControlFile.read("/proc/sys/kernel/random/boot_id") ?? ""
      var status = apus_status()
      let file = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC)
      // A kernel without them has one, that of everybody.
      if file >= 0 { _ = apus_status(file, &status) }
      if file >= 0 { close(file) }
      let digits = boot.prefix(8).filter(\.isHexDigit)
      return Place(boot: digits.isEmpty ? "0" : digits, namespace: status.inode)
    }()

    init(boot: String, namespace: UInt64) {
      self.boot = boot
      self.namespace = namespace
    }

    /// From `<boot>.<namespace>`.
    init?(_ text: Substring) {
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, let namespace = UInt64(parts[1]) else {
        return nil
      }
      self.init(boot: String(parts[0]), namespace: namespace)
    }

    var description: String { "\(boot).\(namespace)" }
  }

  var process: Int32
  /// Ticks since the machine started, from /proc.
  var start: UInt64
  var place = Place.own

  static let own = ProcessMark(process: getpid(), start: startOf(getpid()) ?? 0)

  init(process: Int32, start: UInt64) {
    self.process = process
    self.start = start
  }

  /// From `apus-<process>-<start>-<place>-...`; nil for a group that is none of ours.
  init?(groupName: String) {
    let parts = groupName.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0] == "apus", let process = Int32(parts[1]),
      let start = UInt64(parts[2]), let place = Place(parts[3])
    else { return nil }
    self.init(process: process, start: start)
    self.place = place
  }

  /// From what `description` gives.
  init?(_ text: String) { self.init(groupName: "apus-\(text)-x") }

  /// From `<process>-<start>-<place>-<box>`; nil for a folder that is none of ours.
  init?(folderName: String) { self.init(groupName: "apus-" + folderName) }

  var description: String { "\(process)-\(start)-\(place)" }

  var life: Life {
    // Nobody outlives a start of the machine.
    if place.boot != Place.own.boot { return .gone }
    if place != Place.own { return .elsewhere }
    return Self.startOf(process) == start ? .living : .gone
  }

  /// Field 22 of /proc/<process>/stat, counted behind the name, which may hold anything.
  static func startOf(_ process: Int32) -> UInt64? {
    guard let text = ControlFile.read("/proc/\(process)/stat"),
      let end = text.utf8.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    let fields = text[text.utf8.index(after: end)...].split(separator: " ")
    return fields.count > 19 ? UInt64(fields[19]) : nil
  }
}
