import Glibc
package import IO

/// Where boxes are made and from what.
package struct BoxSettings: Sendable {
  /// What becomes the inside of a box when it is started with the word `box`.
  package var program = "/proc/self/exe"
  /// Holds a folder per box; its owner's keepers', with nothing else in it.
  package var folder: String
  package var groups = ControlGroups()
  /// Which processors boxes run on; nil is all.
  package var processors: String?
  /// Beyond what the runtime needs, such as an interpreter outside of /usr.
  package var binds: [BoxPlan.Bind] = []
  /// What may run here, and within which bounds.
  package var rules = RuntimeRules.open
  /// Whoever keeps the boxes may do on the machine what a box must not.
  package var keeperIsRoot = geteuid() == 0
  /// The owner said that programs may run without a control group, under a watchdog.
  package var allowsUngrouped = false
  /// Which cards there are, and what stands before the paths of their devices, for tests.
  package var graphics: @Sendable (EventLoop) async -> [GraphicsCard] = GraphicsCards.ofThisMachine
  package var deviceRoot = ""
  /// Variables of the box's process: what a loader or a sanitizer needs, empty in a node.
  package var environment: [String: String] = [:]
  /// For tests that show what holds: walls that are not built.
  package var disabled: Set<BoxPlan.Layer> = []
  package var limits = Limits()

  /// The library that runs wasm; nil where there is none, or it is yet to be found.
  package var wasmLibrary: String?
  /// The library that runs js; nil where the system has none.
  package var scriptLibrary = try? ScriptLibrary.find()  // The box says what mends that.
  /// By what name a box is told of them.
  static let wasmLibraryKey = "library"
  static let scriptLibraryKey = "script"

  package struct Limits: Sendable {
    /// Until a box says that it is ready.
    package var start = Duration.seconds(10)
    /// Until it has put away what an attempt left, some ten thousand files a second.
    package var clean = Duration.seconds(60)
    /// How often a watchdog looks.
    package var watch = Duration.milliseconds(20)
    /// What compiling one module may give, and take.
    package var productBytes: Int64 = 256 << 20
    package var compileMemory: Int64 = 2 << 30
    package var compileTime = Duration.seconds(120)
    /// A module in a file of this machine.
    package var moduleBytes = 256 << 20
    /// How long attempts may go on when the node stops.
    package var drain = Duration.seconds(5)
    package init() {}
  }

  package init(folder: String) { self.folder = folder }

  /// What compiling a module may take: never more than its owner gives an attempt.
  var compileLimits: AttemptLimits {
    var compiling = rules.standard
    compiling.memory = min(limits.compileMemory, rules.ceiling.memory)
    compiling.time = min(limits.compileTime, rules.ceiling.time)
    return compiling
  }

  /// What a box for this attempt is made of.
  package func plan(for attempt: Attempt) -> BoxPlan {
    var plan = BoxPlan(attempt.runtime)
    plan.limits = attempt.limits
    // Time, output and steps are each attempt's own: they are not built into walls.
    plan.limits.time = AttemptLimits().time
    plan.limits.outputBytes = AttemptLimits().outputBytes
    plan.limits.steps = nil
    plan.hidesMachine = !attempt.grants.contains(.machine)
    plan.runsOwnFiles = attempt.runtime == .process && rules.programs == .any
    plan.required.insert(.landlock)
    // To be root of a machine that root has users to give, and give none, is to be that root.
    if keeperIsRoot { plan.required.insert(.user) }
    if !allowsUngrouped && attempt.runtime != .wasm { plan.required.insert(.group) }
    if attempt.runtime == .process { plan.binds = MountPlan.systemBinds + binds }
    if attempt.runtime == .process { plan.devices = devices(for: attempt.cards) }
    plan.disabled = disabled
    plan.required.subtract(disabled)
    if attempt.runtime == .wasm { plan.settings[Self.wasmLibraryKey] = wasmLibrary }
    if attempt.runtime == .script {
      plan.settings[Self.scriptLibraryKey] = scriptLibrary
      // Scripts start none; these are the threads of the engine.
      plan.limits.processes = max(plan.limits.processes, ScriptEngine.threads)
    }
    return plan
  }
}
