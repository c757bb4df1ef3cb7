import Glibc

/// The control group of a container on this machine, as far as it can be read: what it counts is
/// truer than what engines say of it.
struct ContainerMeter: Sendable {
  struct Reading: Sendable, Equatable {
    var memoryKills: Int64?
    var peakMemory: Int64?
    var userTime = Duration.zero
    var systemTime = Duration.zero

    var time: Duration? {
      let both = userTime + systemTime
      return both > .zero ? both : nil
    }
  }

  private let memory: ControlGroups.Place
  private let time: ControlGroups.Place?
  private let processors: ControlGroups.Place?

  /// A second has so many, of which version 1 counts.
  private static let ticks = Int64(sysconf(Int32(_SC_CLK_TCK)))

  /// Nil when the process is gone or on another machine.
  init?(process: Int32, container id: String) {
    guard let own = ControlFile.read("/proc/\(process)/cgroup"),
      // Behind a virtual machine the number is somebody else's.
      own.contains(id),
      let mounts = ControlFile.read("/proc/self/mountinfo")
    else { return nil }
    let groups = ControlGroups(mounts: mounts, own: own)
    guard let memory = groups.places[.memory], access(memory.folder, F_OK) == 0 else { return nil }
    self.memory = memory
    time = ControlGroups.place("cpuacct", mounts: mounts, own: own)
    processors = groups.places[.processors]
  }

  /// Nothing once the group is gone.
  var reading: Reading {
    let old = memory.version == 1
    var reading = Reading(
      memoryKills: ControlFile.number(
        "\(memory.folder)/\(old ? "memory.oom_control" : "memory.events")", "oom_kill"),
      peakMemory: ControlFile.number(
        "\(memory.folder)/\(old ? "memory.max_usage_in_bytes" : "memory.peak")"))
    if let time { (reading.userTime, reading.systemTime) = Self.times(time) }
    return reading
  }

  private static func times(_ place: ControlGroups.Place) -> (user: Duration, system: Duration) {
    if place.version == 2 {
      let path = "\(place.folder)/cpu.stat"
      return (
        .microseconds(ControlFile.number(path, "user_usec") ?? 0),
        .microseconds(ControlFile.number(path, "system_usec") ?? 0)
      )
    }
    let path = "\(place.folder)/cpuacct.stat"
    let tick = 1_000_000_000 / ticks
    return (
      .nanoseconds((ControlFile.number(path, "user") ?? 0) * tick),
      .nanoseconds((ControlFile.number(path, "system") ?? 0) * tick)
    )
  }

  var memoryInUse: Int64? {
    ControlFile.number(
      "\(memory.folder)/\(memory.version == 1 ? "memory.usage_in_bytes" : "memory.current")")
  }

  func resetPeak() {
    if memory.version == 1 {
      ControlFile.write("0", to: "\(memory.folder)/memory.max_usage_in_bytes")
    }
  }

  /// Others from now on, for all that is in it; false when it has no such set, or may not.
  func setProcessors(_ wanted: ProcessorSet) -> Bool {
    guard let processors else { return false }
    return ControlFile.write(wanted.description, to: "\(processors.folder)/cpuset.cpus")
  }

  /// Who is in it; nil when that cannot be read.
  var processes: [Int32]? {
    ControlFile.read("\(memory.folder)/cgroup.procs")?.split(separator: "\n")
      .compactMap { Int32($0) }
  }
}
