import Glibc
import IO

// # Control groups
//
// A machine has them in one tree for all controllers (version 2), in a tree for each (version 1),
// or some here and some there. We look up where memory, processes and processors are counted and
// make a folder per box there, beside or below the group that the node itself is in. Where that is
// not allowed a box has none, and a watchdog instead.
//
// The name of a group says who made it: `apus-<process>-<start>-<place>-<box>`. A number of a
// process that is in use again has another start, and one of another container another place, so
// the groups of a node that is gone are told from those of one that lives.

/// Where this machine lets groups be made: values read once.
package struct ControlGroups: Sendable, Equatable {
  package enum Controller: String, Sendable, CaseIterable {
    case memory
    case processes = "pids"
    case processors = "cpuset"
    /// How much of them, when others want them too.
    case weight = "cpu"
  }

  /// A folder in which groups can be made.
  package struct Place: Sendable, Hashable {
    package var folder: String
    /// 1 or 2.
    package var version: Int
  }

  package var places: [Controller: Place] = [:]

  package init() {}

  /// What the machine has, as `/proc/self/mountinfo` and `/proc/self/cgroup` tell it.
  package init(mounts: String, own: String) {
    for controller in Controller.allCases {
      places[controller] = Self.place(controller.rawValue, mounts: mounts, own: own)
    }
  }

  /// Where a controller counts, by the kernel's name for it.
  static func place(_ controller: String, mounts: String, own: String) -> Place? {
    let paths = ownPaths(own)
    var found: Place?
    for line in mounts.split(separator: "\n") {
      let halves = line.split(separator: " - ", maxSplits: 1)
      guard halves.count == 2 else { continue }
      let left = halves[0].split(separator: " ")
      let right = halves[1].split(separator: " ")
      guard left.count >= 5, right.count >= 3 else { continue }
      let (root, point) = (String(left[3]), unescape(left[4]))
      let isOld =
        right[0] == "cgroup" && right[2].split(separator: ",").contains(Substring(controller))
      guard isOld || (right[0] == "cgroup2" && found == nil) else { continue }
      guard let path = paths[isOld ? controller : ""] else { continue }
      found = Place(folder: join(point, below(root, path)), version: isOld ? 1 : 2)
    }
    return found
  }

  /// `/a/b` below `/a` is `/b`; what is elsewhere is the top.
  private static func below(_ root: String, _ path: String) -> String {
    if root == "/" { return path }
    if path == root { return "/" }
    return path.hasPrefix(root + "/") ? String(path.dropFirst(root.utf8.count)) : "/"
  }

  private static func join(_ point: String, _ path: String) -> String {
    path == "/" ? point : point + path
  }

  /// By controller; version 2 under no name.
  private static func ownPaths(_ text: String) -> [String: String] {
    var paths: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      if parts[0] == "0" { paths[""] = String(parts[2]) }
      for name in parts[1].split(separator: ",") { paths[String(name)] = String(parts[2]) }
    }
    return paths
  }

  /// Spaces in mount points are written as `\040`.
  private static func unescape(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\"), rest.count >= 3,
        let value = UInt8(String(rest.prefix(3)) ?? "", radix: 8)
      {
        bytes.append(value)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  // MARK: - On this machine

  /// Where groups can be made here, tried out. What it had to say about the rest is in `reasons`.
  package static func ofThisMachine() -> (groups: ControlGroups, reasons: [Controller: String]) {
    let text = { (path: String) in ControlFile.read(path) ?? "" }
    var groups = ControlGroups(
      mounts: text("/proc/self/mountinfo"), own: text("/proc/self/cgroup"))
    var reasons: [Controller: String] = [:]
    for controller in Controller.allCases {
      guard let place = groups.places[controller] else {
        reasons[controller] = "the kernel or the container has no \(controller.rawValue) groups"
        continue
      }
      switch usable(place, controller) {
      case .success(let found): groups.places[controller] = found
      case .failure(let error):
        groups.places[controller] = nil
        reasons[controller] = error.message
      }
    }
    return (groups, reasons)
  }

  /// Version 2 counts in groups without processes above and without groups below: beside our own
  /// group is a place, when what is above hands the controller on.
  private static func usable(
    _ place: Place, _ controller: Controller
  ) -> Result<Place, RuntimeError> {
    var candidates = [place.folder]
    if place.version == 2 {
      candidates.insert(String(place.folder.prefix(upTo: lastSlash(place.folder))), at: 0)
    }
    var problem = RuntimeError(.weak, "no control group can be made in \(place.folder)")
    for folder in candidates {
      if place.version == 2 {
        let handed = ControlFile.read("\(folder)/cgroup.subtree_control") ?? ""
        if !handed.split(whereSeparator: \.isWhitespace).contains(Substring(controller.rawValue)),
          !ControlFile.write("+\(controller.rawValue)", to: "\(folder)/cgroup.subtree_control")
        {
          continue
        }
      }
      let probe = "\(folder)/apus-\(ProcessMark.own)-probe"
      if mkdir(probe, 0o755) == 0 || errno == EEXIST {
        rmdir(probe)
        return .success(Place(folder: folder, version: place.version))
      }
      problem = RuntimeError(
        .weak,
        SystemError("making a control group in \(folder)").message
          + "; run the node as a service that may (Delegate=yes)")
    }
    return .failure(problem)
  }

  private static func lastSlash(_ path: String) -> String.Index {
    path.lastIndex(of: "/") ?? path.startIndex
  }

  /// Enough to hold a box.
  package var canHold: Bool { places[.memory] != nil && places[.processes] != nil }

  /// Removes the groups of nodes that are gone, with whatever still runs in them; returns their
  /// names.
  @discardableResult
  package func sweep() -> [String] {
    var removed: Set<String> = []
    for folder in Set(places.values.map(\.folder)) {
      for name in ControlFile.names(in: folder) {
        guard let mark = ProcessMark(groupName: name), mark.life == .gone else { continue }
        if ControlGroup.remove("\(folder)/\(name)") { removed.insert(name) }
      }
    }
    return removed.sorted()
  }

  /// Our groups that are there now: for tests and for `doctor`.
  package func ownNames() -> Set<String> {
    var names: Set<String> = []
    for folder in Set(places.values.map(\.folder)) {
      for name in ControlFile.names(in: folder) where name.hasPrefix("apus-\(ProcessMark.own)-") {
        names.insert(name)
      }
    }
    return names
  }
}
