import Foundation
import Glibc
import IO
import Testing

@testable import Runtimes

struct ControlGroupTests {
  typealias Place = ControlGroups.Place

  @Test func `version 1 has a tree for each controller`() {
    let groups = ControlGroups(
      mounts: """
        30 23 0:26 / /sys/fs/cgroup ro - tmpfs tmpfs ro
        31 30 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
        32 30 0:28 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
        33 30 0:29 /a /sys/fs/cgroup/my\\040set rw - cgroup cgroup rw,cpuset
        34 30 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
        """, own: "5:cpuset:/a/b\n4:memory:/node\n3:pids:/\n0::/x\n")
    #expect(groups.places[.memory] == Place(folder: "/sys/fs/cgroup/memory/node", version: 1))
    #expect(groups.places[.processes] == Place(folder: "/sys/fs/cgroup/pids", version: 1))
    #expect(groups.places[.processors] == Place(folder: "/sys/fs/cgroup/my set/b", version: 1))
  }

  @Test func `version 2 has one tree for all`() {
    let groups = ControlGroups(
      mounts: "30 23 0:26 / /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 rw,nsdelegate\n",
      own: "0::/system.slice/apus.service\n")
    let place = Place(folder: "/sys/fs/cgroup/system.slice/apus.service", version: 2)
    #expect(ControlGroups.Controller.allCases.allSatisfy { groups.places[$0] == place })
  }

  @Test(arguments: [
    "", "30", "30 23 0:26 / /x rw -", "30 23 0:26 / /x rw - ext4 /dev/a rw",
    "30 23 0:26 / /x rw - cgroup cgroup rw,memory",
  ])
  func `what is no control group is passed over`(line: String) {
    #expect(ControlGroups(mounts: line, own: "0::/\n").places.isEmpty)
    #expect(ControlGroups(mounts: line, own: "nonsense").places.isEmpty)
  }

  @Test func `a mark tells a process from a later one of its number`() throws {
    let own = ProcessMark.own
    #expect(own.life == .living && own.start > 0)
    #expect(ProcessMark(groupName: "apus-\(own)-0123456789abcdef") == own)
    #expect(ProcessMark(process: own.process, start: own.start + 1).life == .gone)
    for name in ["apus", "apus-1-2-0.3", "other-1-2-0.3-4", "apus-x-2-0.3-4", "apus-1-2-3-4"] {
      #expect(ProcessMark(groupName: name) == nil)
    }
  }

  @Test func `of a process of another container nobody can tell`() {
    var mark = ProcessMark(process: 1, start: 1)
    #expect(mark.life == .gone)
    mark.place.namespace += 1
    #expect(mark.life == .elsewhere)
    mark.place.boot = "before"
    #expect(mark.life == .gone)
  }

  /// As for a keeper that sees another's processes under numbers of its own, or not at all.
  static func elsewhere() -> ProcessMark {
    var mark = ProcessMark(process: 999_999, start: 1)
    mark.place.namespace += 1
    return mark
  }

  @Test func `folders of another container stay while anybody keeps boxes beside them`() throws {
    let folder = "/tmp/apus-lease-\(UUID().uuidString.prefix(8))"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var first: BoxFolderLease? = try BoxFolderLease(folder)
    let (foreign, gone) = ("\(Self.elsewhere())-box", "\(ProcessMark(process: 1, start: 1))-box")
    for name in [foreign, gone, "other"] { mkdir("\(folder)/\(name)", 0o700) }
    #expect(first != nil)
    _ = try BoxFolderLease(folder)
    #expect(ControlFile.names(in: folder) == [foreign])
    first = nil
    _ = try BoxFolderLease(folder)
    #expect(ControlFile.names(in: folder) == [])
  }

  @Test func `each version is told the limits in its own words`() {
    let (one, two) = (Place(folder: "/one", version: 1), Place(folder: "/two", version: 2))
    var limits = ControlGroup.Limits(memory: 1 << 20, processes: 3)
    let new: [ControlGroups.Controller: Place] = [.memory: two, .processes: two, .weight: two]
    #expect(
      ControlGroup.settings(limits, "box", new) == [
        .init(path: "/two/box/memory.max", text: "1048576"),
        .init(path: "/two/box/memory.swap.max", text: "0", isOptional: true),
        .init(path: "/two/box/pids.max", text: "4"),
        .init(path: "/two/box/cpu.weight", text: "100", isOptional: true),
      ])
    limits.processors = "0-1"
    var old: [ControlGroups.Controller: Place] = [.memory: one, .processes: one, .processors: two]
    #expect(
      ControlGroup.settings(limits, "box", old).map { [$0.path, $0.text] } == [
        ["/one/box/memory.limit_in_bytes", "1048576"],
        ["/one/box/memory.memsw.limit_in_bytes", "1048576"],
        ["/one/box/pids.max", "4"], ["/two/box/cpuset.cpus", "0-1"],
      ])
    (old[.processors], old[.weight]) = (one, one)
    let last = ControlGroup.settings(limits, "box", old).map { [$0.path, $0.text] }.suffix(3)
    #expect(
      last == [
        ["/one/box/cpu.shares", "1024"], ["/one/box/cpuset.mems", "0"],
        ["/one/box/cpuset.cpus", "0-1"],
      ])
  }

  @Test func `a group that cannot be told its limits is not made`() throws {
    let folder = "/tmp/apus-groups-\(UUID().uuidString.prefix(8))"
    mkdir(folder, 0o700)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var groups = ControlGroups()
    let place = Place(folder: folder, version: 2)
    for controller in ControlGroups.Controller.allCases { groups.places[controller] = place }
    // A folder has no files by itself, so the first write fails, and nothing stays.
    let error = #expect(throws: RuntimeError.self) {
      try ControlGroup("box", ControlGroup.Limits(memory: 1 << 20, processes: 3), in: groups)
    }
    #expect(error?.message.contains("memory.max") == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
  }

  @Test(.enabled(if: BoxBench.groups.canHold, "no control groups can be made here"))
  func `a group of this machine holds and goes`() async throws {
    let name = "test\(UInt32.random(in: 0...UInt32.max))"
    let group = try ControlGroup(
      name, ControlGroup.Limits(memory: 64 << 20, processes: 7), in: BoxBench.groups)
    #expect(BoxBench.groups.ownNames().contains(group.name))
    #expect(group.processes == [])
    #expect(group.memoryKills == 0)
    let loop = try EventLoop()
    defer { loop.stop() }
    var command = Command("/bin/sleep", ["1000"])
    command.controlGroups = try group.openDoors()
    let child = try await ChildProcess.spawn(command, on: loop)
    for door in command.controlGroups { close(door) }
    try group.add(child.process)
    #expect(group.processes == [child.process])
    if let place = BoxBench.groups.places[.weight] {
      // `4:cpu,cpuacct:/apus-...`, and `0::/apus-...` of version 2.
      let lines = (ControlFile.read("/proc/\(child.process)/cgroup") ?? "").split(separator: "\n")
      let own = lines.filter { $0.hasSuffix("/\(group.name)") }
        .map { $0.split(separator: ":", omittingEmptySubsequences: false)[1] }
      #expect(
        own.contains { place.version == 1 ? $0.split(separator: ",").contains("cpu") : $0 == "" })
    }
    // Whoever is still in it is killed with it.
    #expect(group.remove())
    #expect(try await child.exit().reason == .signalled(.kill))
    #expect(!BoxBench.groups.ownNames().contains(group.name))
  }

  /// Runs `body` with a process that sleeps, and says how that ended: killed by us when by nobody.
  private func ending(_ body: (Int32) throws -> Void) async throws -> ProcessExit.Reason {
    let loop = try EventLoop()
    defer { loop.stop() }
    let child = try await ChildProcess.spawn(Command("/bin/sleep", ["1000"]), on: loop)
    try body(child.process)
    kill(child.process, SIGTERM)
    return try await child.exit().reason
  }

  @Test func `the kernel kills a group where it can, and no number does`() async throws {
    let folder = "/tmp/apus-groups-\(UUID().uuidString.prefix(8))"
    mkdir(folder, 0o700)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let spared = try await ending { process in
      try "".write(toFile: "\(folder)/cgroup.kill", atomically: false, encoding: .utf8)
      try "\(process)\n".write(
        toFile: "\(folder)/cgroup.procs", atomically: false, encoding: .utf8)
      ControlGroup.killAll(in: folder)
    }
    #expect(spared == .signalled(.terminate))
    #expect(ControlFile.read("\(folder)/cgroup.kill") == "1")
  }

  private static let unified = "/sys/fs/cgroup/unified"

  @Test(
    .enabled(
      if: access("\(unified)/cgroup.procs", W_OK) == 0,
      "version 2 is not beside version 1 here, or may not be written"))
  func `a group of version 2 goes with what is in it`() async throws {
    let folder = "\(Self.unified)/apus-test-\(UUID().uuidString.prefix(8))"
    try #require(mkdir(folder, 0o755) == 0)
    let killed = try await ending { process in
      #expect(ControlFile.write("\(process)", to: "\(folder)/cgroup.procs"))
      #expect(ControlGroup.remove(folder))
    }
    #expect(killed == .signalled(.kill))
    #expect(access(folder, F_OK) != 0)
  }

  @Test func `a number that is somebody else's meanwhile is not killed`() async throws {
    let spared = try await ending { process in
      var looks = [[process], []]
      ControlGroup.kill { looks.removeFirst() }
      #expect(looks.isEmpty)
    }
    #expect(spared == .signalled(.terminate))
    let killed = try await ending { process in ControlGroup.kill { [process] } }
    #expect(killed == .signalled(.kill))
  }

  @Test(.enabled(if: BoxBench.groups.canHold, "no control groups can be made here"))
  func `groups of nodes that are gone are swept, those of the living stay`() throws {
    let memory = try #require(BoxBench.groups.places[.memory])
    let number = UInt32.random(in: 0...UInt32.max)
    let dead = "apus-\(ProcessMark(process: 999_999, start: 1))-\(number)"
    let foreign = "apus-\(Self.elsewhere())-\(number)"
    for name in [dead, foreign] { mkdir("\(memory.folder)/\(name)", 0o755) }
    defer { rmdir("\(memory.folder)/\(foreign)") }
    let alive = try ControlGroup(
      "alive\(UInt32.random(in: 0...UInt32.max))",
      ControlGroup.Limits(memory: 64 << 20, processes: 7), in: BoxBench.groups)
    defer { alive.remove() }
    #expect(BoxBench.groups.sweep().contains(dead))
    #expect(access("\(memory.folder)/\(dead)", F_OK) != 0)
    #expect(access("\(memory.folder)/\(foreign)", F_OK) == 0)
    #expect(BoxBench.groups.ownNames().contains(alive.name))
  }
}
