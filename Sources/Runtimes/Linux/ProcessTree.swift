import Glibc

/// What a process and all its descendants hold, as /proc tells it. Everything in a box descends
/// from its first process: orphans become its children.
package struct ProcessTree: Sendable, Equatable {
  package var processes = 0
  /// Resident, what several share counted for each.
  package var bytes: Int64 = 0
  /// On processors, of those that live and those that were waited for.
  package var time = Duration.zero

  private static let pageBytes = Int64(sysconf(Int32(_SC_PAGESIZE)))
  private static let ticks = Int64(sysconf(Int32(_SC_CLK_TCK)))

  /// Stops counting at `limit` processes, all of them counted then.
  init(of root: Int32, limit: Int, countsTime: Bool = true) {
    var waiting = [root]
    while let next = waiting.popLast() {
      processes += 1
      if processes >= limit { return }
      let pages = (ControlFile.read("/proc/\(next)/statm") ?? "").split(separator: " ")
      if pages.count > 1 { bytes += (Int64(pages[1]) ?? 0) * Self.pageBytes }
      if countsTime { time += Self.time(of: next) }
      for task in ControlFile.names(in: "/proc/\(next)/task") {
        let children = ControlFile.read("/proc/\(next)/task/\(task)/children") ?? ""
        waiting += children.split(separator: " ").compactMap { Int32($0) }
      }
    }
  }

  /// Fields 14 to 17 of /proc/<process>/stat: its own and its children's, as program and as system.
  private static func time(of process: Int32) -> Duration {
    guard let text = ControlFile.read("/proc/\(process)/stat"),
      let end = text.utf8.lastIndex(of: UInt8(ascii: ")"))
    else { return .zero }
    let fields = text[text.utf8.index(after: end)...].split(separator: " ")
    guard fields.count > 14 else { return .zero }
    let total = fields[11...14].reduce(Int64(0)) { $0 &+ (Int64($1) ?? 0) }
    return .nanoseconds(total * (1_000_000_000 / ticks))
  }
}
