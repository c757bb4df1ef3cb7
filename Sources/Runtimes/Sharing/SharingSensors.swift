import CSystem
import Glibc
import Primitives

/// Looks at the machine. `root` stands before every path, for tests. Calls block.
package struct SharingSensors: Sendable {
  private let root: String
  private let process: Int32
  private static let ticks = Int64(sysconf(Int32(_SC_CLK_TCK)))
  /// Descendants that are looked at.
  private static let processes = 100_000
  private static let devices = 4096

  package init(root: String = "", process: Int32 = getpid()) {
    self.root = root
    self.process = process
  }

  func hasMains() -> Bool? { PowerSupply.hasMains(in: "\(root)/sys/class/power_supply") }

  /// Nil when the processors' time cannot be read.
  func sample(at instant: Instant, wall: WallTime) -> IdleWatch.Sample? {
    guard let busy = processorTime() else { return nil }
    return IdleWatch.Sample(
      at: instant, busy: busy, own: ProcessTree(of: process, limit: Self.processes).time,
      sinceInput: lastInput().map { max(.zero, $0.duration(to: wall)) })
  }

  /// `cpu user nice system idle iowait irq softirq steal ...` (proc_stat(5)). What a host takes
  /// for others (steal) says nothing of who uses this machine.
  func processorTime() -> Duration? {
    guard let text = ControlFile.read("\(root)/proc/stat") else { return nil }
    let fields = text.prefix { $0 != "\n" }.split(separator: " ")
    guard fields.count > 7, fields[0] == "cpu" else { return nil }
    let ticks = [1, 2, 3, 6, 7].reduce(Int64(0)) { $0 &+ (Int64(fields[$1]) ?? 0) }
    return .nanoseconds(ticks * (1_000_000_000 / Self.ticks))
  }

  /// When a terminal was read from, whichever was last. Of keyboards, mice and pads the kernel
  /// notes no times.
  func lastInput() -> WallTime? {
    let terminals = names("/dev/pts") { $0.allSatisfy(\.isNumber) }
    let consoles = names("/dev") { $0.hasPrefix("tty") && $0.dropFirst(3).first?.isNumber == true }
    return (terminals + consoles).compactMap(Self.lastRead).max()
  }

  private func names(_ folder: String, _ isWanted: (String) -> Bool) -> [String] {
    ControlFile.names(in: root + folder).filter(isWanted).prefix(Self.devices)
      .map { "\(root)\(folder)/\($0)" }
  }

  private static func lastRead(_ path: String) -> WallTime? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return WallTime(nanoseconds: apus_nanoseconds(status.st_atim))
  }
}

extension LocalMoment {
  /// By the clock and the time zone of this process.
  package static func now() -> LocalMoment {
    let wall = WallTime.now()
    var seconds = time_t(wall.nanoseconds / 1_000_000_000)
    var parts = tm()
    tzset()
    localtime_r(&seconds, &parts)
    return LocalMoment(wall, offset: .seconds(Int64(parts.tm_gmtoff)))
  }
}
