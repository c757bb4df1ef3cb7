/// What a box is made of. Two attempts may share a box when their plans and creators are equal.
package struct BoxPlan: Hashable, Sendable {
  /// A file or folder of the machine that the box sees, read-only.
  package struct Bind: Hashable, Sendable {
    package var source: String
    /// An absolute path in the box.
    package var target: String
    /// Left out quietly where the machine has no such thing.
    package var isOptional: Bool

    package init(_ source: String, at target: String? = nil, isOptional: Bool = true) {
      self.source = source
      self.target = target ?? source
      self.isOptional = isOptional
    }
  }

  /// The walls, each of which a machine may be unable to build.
  package enum Layer: UInt8, Sendable, CaseIterable {
    /// Namespaces: own files, processes, network, users.
    case namespaces = 1
    /// A root of its own, and nothing of the old one left.
    case root = 2
    /// Landlock.
    case landlock = 3
    /// The system call filter.
    case filter = 4
    /// No capability and no way to one.
    case privileges = 5
    /// A control group with a bound on memory and processes.
    case group = 6
    /// A user of its own, which owns nothing on the machine.
    case user = 7
    /// A /proc of its own.
    case processes = 8

    package var name: String {
      switch self {
      case .namespaces: "namespaces"
      case .root: "root"
      case .landlock: "landlock"
      case .filter: "seccomp"
      case .privileges: "privileges"
      case .group: "control group"
      case .user: "user"
      case .processes: "proc"
      }
    }
  }

  package var runtime: Runtime
  package var binds: [Bind] = []
  /// Nodes of devices that the box may use, beside those that every box has.
  package var devices: [Bind] = []
  /// The box's own folder on the machine: `in` in it is `/in`, on `root` the rest is built. Empty
  /// in a plan that stands for any box of its kind.
  package var folder = ""
  /// /proc shows the processes of the box alone, and of the machine nothing.
  package var hidesMachine = true
  /// What an attempt brings or makes may be started, and loaded by what runs.
  package var runsOwnFiles = false
  package var limits = AttemptLimits()
  /// Layers without which the box must not run.
  package var required: Set<Layer> = [.namespaces, .root, .filter, .privileges]
  /// Off only in tests which show that a layer is what holds.
  package var disabled: Set<Layer> = []
  /// What the engine is told, such as where its library is.
  package var settings: [String: String] = [:]

  package init(_ runtime: Runtime) { self.runtime = runtime }
}

/// What a box says of one of its walls.
package struct BoxLayer: Hashable, Sendable {
  package var layer: BoxPlan.Layer
  /// Nil when the wall stands.
  package var absence: String?

  package init(_ layer: BoxPlan.Layer, absence: String? = nil) {
    self.layer = layer
    self.absence = absence
  }
}
