package import Primitives

/// What of this machine others may use. What its owner runs is not shared: none of this is for
/// that. The settings bound each single attempt, whoever asks; these bound others together.
package struct SharingRules: Sendable, Equatable {
  /// Processors; nil is all.
  package var cores: Int?
  /// Bytes of memory and of files that attempts may have in all; nil is no bound.
  package var memory: Int64?
  package var disk: Int64?
  package var gpus: Int?
  /// Nil is whatever the settings allow.
  package var runtimes: Set<Runtime>?
  /// Nil is everybody.
  package var creators: Set<String>?
  /// Whose attempts may be given the network.
  package var network: Set<String> = []
  package var schedule = SharingSchedule.always
  /// Only when nobody has used the machine for so long.
  package var idle: Duration?
  package var needsMains = false

  package enum Limits {
    package static let cores = 1...65_536
    package static let memory: ClosedRange<Int64> = 8 << 20...1 << 50
    package static let disk: ClosedRange<Int64> = 1 << 16...1 << 60
    package static let gpus = 0...1024
    package static let creators = 10_000
    package static let creatorBytes = 256
    package static let idle = Duration.seconds(10)...Duration.seconds(7 * 86_400)
  }

  package init() {}

  /// Throws when a field is out of its bounds.
  package func check() throws(RuntimeError) {
    let names = (creators ?? []).union(network)
    let problem: String? =
      if let cores, !Limits.cores.contains(cores) {
        "cores must be from 1 to 65536: to share nothing, pause"
      } else if let memory, !Limits.memory.contains(memory) {
        "memory must be at least 8 MiB and at most 1 PiB: to share nothing, pause"
      } else if let disk, !Limits.disk.contains(disk) {
        "disk must be at least 64 KiB and at most 1 EiB: to share nothing, pause"
      } else if let gpus, !Limits.gpus.contains(gpus) {
        "gpus must be from 0 to 1024"
      } else if let idle, !Limits.idle.contains(idle) {
        "idle must be from 10s to 7 days"
      } else if names.count > Limits.creators {
        "at most \(Limits.creators) creators can be named"
      } else if names.contains(where: { $0.isEmpty || $0.utf8.count > Limits.creatorBytes }) {
        "a creator's name has 1 to \(Limits.creatorBytes) bytes"
      } else if names.contains(SharingState.owner) {
        "\(SharingState.owner) needs nobody's leave, and is no name for others"
      } else if let name = ["all", "none"].first(where: names.contains) {
        "\(name) is no name of a creator"
      } else {
        nil
      }
    if let problem { throw RuntimeError(.refused, problem) }
  }
}

/// The owner wants the machine.
package struct SharingPause: Sendable, Equatable {
  package var since: WallTime
  /// Nil is until it is resumed.
  package var until: WallTime?
  /// What runs comes to its end.
  package var letsFinish: Bool

  package init(since: WallTime, until: WallTime? = nil, letsFinish: Bool = false) {
    self.since = since
    self.until = until
    self.letsFinish = letsFinish
  }

  func holds(at moment: LocalMoment) -> Bool { until.map { moment.wall < $0 } ?? true }
}
