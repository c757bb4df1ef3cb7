import Glibc

/// The control group of a container on this machine, as far as it can be read: what it counts is
/// truer than what engines say of it.
struct ContainerMeter: Sendable {
  struct Reading: Sendable, Equatable {
    var memoryKills: Int64?
    var peakMemory: Int64?
  }

  private let folder: String
  private let version: Int

  /// Nil when the process is gone or on another machine.
  init?(process: Int32, container id: String) {
    guard let own = ControlFile.read("/proc/\(process)/cgroup"),
      // Behind a virtual machine the number is somebody else's.
      own.contains(id),
      let mounts = ControlFile.read("/proc/self/mountinfo"),
      let place = ControlGroups(mounts: mounts, own: own).places[.memory]
    else { return nil }
    folder = place.folder
    version = place.version
    guard access(folder, F_OK) == 0 else { return nil }
  }

  /// Nothing once the group is gone.
  var reading: Reading {
    let old = version == 1
    return Reading(
      memoryKills: ControlFile.number(
        "\(folder)/\(old ? "memory.oom_control" : "memory.events")", "oom_kill"),
      peakMemory: ControlFile.number(
        "\(folder)/\(old ? "memory.max_usage_in_bytes" : "memory.peak")"))
  }

  func resetPeak() {
    if version == 1 { ControlFile.write("0", to: "\(folder)/memory.max_usage_in_bytes") }
  }

  /// Who is in it; nil when that cannot be read.
  var processes: [Int32]? {
    ControlFile.read("\(folder)/cgroup.procs")?.split(separator: "\n").compactMap { Int32($0) }
  }
}
