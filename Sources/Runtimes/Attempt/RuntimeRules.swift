/// What the owner of this machine lets run at all, and within which bounds.
package struct RuntimeRules: Sendable, Equatable {
  /// What of many may be run.
  package enum Selection: Sendable, Equatable {
    case none
    case named(Set<String>)
    case any
  }

  /// Of `wasm` and `js`; the others have rules of their own.
  package var runtimes: Set<Runtime> = [.wasm]
  /// Those of the machine, where the system's folders have them.
  package var programs = Selection.none
  /// Those of containers. A name without a tag allows all its tags.
  package var images = Selection.none
  /// The most that one attempt may ask for.
  package var ceiling = AttemptLimits()

  package init() {}

  /// Everything, for whoever decides elsewhere.
  package static let open: RuntimeRules = {
    var rules = RuntimeRules()
    rules.runtimes = Set(Runtime.allCases)
    rules.programs = .any
    rules.images = .any
    rules.ceiling.time = AttemptLimits.Bounds.time
    rules.ceiling.memory = AttemptLimits.Bounds.memory.upperBound
    rules.ceiling.fileBytes = AttemptLimits.Bounds.fileBytes.upperBound
    rules.ceiling.processes = AttemptLimits.Bounds.processes.upperBound
    rules.ceiling.files = AttemptLimits.Bounds.files.upperBound
    rules.ceiling.outputBytes = AttemptLimits.Bounds.outputBytes.upperBound
    rules.ceiling.descriptors = AttemptLimits.Bounds.descriptors.upperBound
    return rules
  }()

  package func allows(_ runtime: Runtime) -> Bool {
    switch runtime {
    case .process: programs != .none
    case .container: images != .none
    case .wasm, .script: runtimes.contains(runtime)
    }
  }

  /// What an attempt gets that asks for nothing.
  package var standard: AttemptLimits {
    var limits = AttemptLimits()
    limits.time = min(limits.time, ceiling.time)
    limits.memory = min(limits.memory, ceiling.memory)
    limits.fileBytes = min(limits.fileBytes, ceiling.fileBytes)
    limits.processes = min(limits.processes, ceiling.processes)
    limits.files = min(limits.files, ceiling.files)
    limits.outputBytes = min(limits.outputBytes, ceiling.outputBytes)
    limits.descriptors = min(limits.descriptors, ceiling.descriptors)
    limits.steps = ceiling.steps
    return limits
  }

  /// What an attempt may set for a program that was allowed by its name. All others are ways to
  /// have it run something else: of the loader (LD_PRELOAD, GCONV_PATH), of interpreters
  /// (PYTHONPATH, BASH_ENV), of whatever looks for its settings at home (HOME).
  static let harmlessVariables: Set<String> = [
    "COLUMNS", "LANG", "LINES", "NO_COLOR", "OMP_NUM_THREADS", "TERM", "TZ",
  ]

  private static func isHarmless(_ variable: (key: String, value: String)) -> Bool {
    // Their values name something that is looked for in the system's folders.
    (harmlessVariables.contains(variable.key) || variable.key.hasPrefix("LC_"))
      && !variable.value.utf8.contains(UInt8(ascii: "/"))
  }

  /// Throws when the attempt is not to be, with what the owner can do about it.
  package func check(_ attempt: Attempt) throws(RuntimeError) {
    try attempt.limits.check()
    try attempt.checkEnvironment()
    try checkProgram(attempt)
    if let (what, setting) = excess(of: attempt) {
      throw RuntimeError(
        .refused,
        "the attempt asks for more \(what) than one may have here (\(setting)): ask for less, or "
          + "raise the setting")
    }
  }

  /// What it asks for too much of, and the setting that says so.
  private func excess(of attempt: Attempt) -> (what: String, setting: String)? {
    let limits = attempt.limits
    if limits.time > ceiling.time { return ("time", "runtimes.time") }
    if limits.memory > ceiling.memory { return ("memory", "runtimes.memory") }
    if limits.fileBytes > ceiling.fileBytes { return ("room for files", "runtimes.disk") }
    if limits.processes > ceiling.processes { return ("processes", "runtimes.processes") }
    if limits.files > ceiling.files { return ("files", "runtimes.files") }
    if limits.outputBytes > ceiling.outputBytes { return ("output", "runtimes.output") }
    if limits.descriptors > ceiling.descriptors {
      return ("open descriptors", "runtimes.descriptors")
    }
    // Nobody counts the steps of anything else, and no bound is the most of them.
    if attempt.runtime == .wasm, let most = ceiling.steps, limits.steps ?? .max > most {
      return ("steps", "runtimes.wasm.steps")
    }
    return nil
  }

  private func checkProgram(_ attempt: Attempt) throws(RuntimeError) {
    switch attempt.runtime {
    case .process: try checkSystemProgram(attempt)
    case .container: try checkImage(attempt)
    case .wasm, .script:
      if runtimes.contains(attempt.runtime) { return }
      let name = attempt.runtime.name
      throw RuntimeError(
        .refused, "\(name) is off on this machine: its owner sets runtimes.\(name).allowed = true")
    }
  }

  /// One that came as a file has no name that anybody gave it here.
  private func checkImage(_ attempt: Attempt) throws(RuntimeError) {
    switch images {
    case .any: return
    case .none:
      throw RuntimeError(
        .refused,
        "containers may not be run on this machine: its owner names the images that may in "
          + "runtimes.container.allowed, or says any")
    case .named(let names):
      let image = EngineName.plain(attempt.program)
      let plain = Set(names.map(EngineName.plain))
      if attempt.file == nil, plain.contains(image) || plain.contains(EngineName.untagged(image)) {
        return
      }
      throw RuntimeError(
        .refused,
        "\(attempt.program) is not among the images that may be run here: its owner names it in "
          + "runtimes.container.allowed, or says any")
    }
  }

  private func checkSystemProgram(_ attempt: Attempt) throws(RuntimeError) {
    switch programs {
    case .any: return
    case .none:
      throw RuntimeError(
        .refused,
        "programs of this machine may not be run: its owner names those that may in "
          + "runtimes.process.allowed, or says any")
    case .named(let names):
      let name = Self.systemName(attempt.program)
      guard attempt.file == nil, let name, names.contains(name) else {
        throw RuntimeError(
          .refused,
          "\(attempt.program) is not among the programs that may be run here: its owner names it "
            + "in runtimes.process.allowed, or says any")
      }
      if let variable = attempt.environment.sorted(by: { $0.key < $1.key })
        .first(where: { !Self.isHarmless($0) })
      {
        throw RuntimeError(
          .refused,
          "programs are allowed by name here, so \(variable.key) is not to be set: leave it out, "
            + "or the owner sets runtimes.process.allowed = \"any\"")
      }
    }
  }

  /// The name of a program of the system's folders; nil for one that lies anywhere else.
  private static func systemName(_ program: String) -> String? {
    guard let slash = program.utf8.lastIndex(of: UInt8(ascii: "/")) else { return program }
    let folders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"]
    guard folders.contains(String(program[..<slash])) else { return nil }
    return String(program[program.utf8.index(after: slash)...])
  }
}
