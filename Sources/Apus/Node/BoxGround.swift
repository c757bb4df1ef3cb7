import Glibc
package import IO
import Primitives
package import Runtimes
import Security

/// What boxes stand on in a state folder: the same for a node, for one attempt from the command
/// line and for the doctor.
package struct BoxGround: Sendable {
  /// What becomes the inside of a box: this program when it is `apus`.
  package static let ownProgram = "/proc/self/exe"

  private let folder: StateFolder
  private let settings: Settings
  private let program: String
  private let environment: [String: String]

  package init(
    _ folder: StateFolder, _ settings: Settings, program: String = Self.ownProgram,
    environment: [String: String] = IO.Command.inheritedEnvironment
  ) {
    self.folder = folder
    self.settings = settings
    self.program = program
    self.environment = environment
  }

  package var rules: RuntimeRules {
    var rules = RuntimeRules()
    rules.runtimes = []
    if settings.wasmAllowed { rules.runtimes.insert(.wasm) }
    if settings.scriptAllowed { rules.runtimes.insert(.script) }
    rules.programs = Self.selection(settings.processAllowed)
    rules.images = Self.selection(settings.containerAllowed)
    rules.ceiling.memory = settings.runtimesMemory.bytes
    rules.ceiling.time = settings.runtimesTime
    rules.ceiling.fileBytes = settings.runtimesDisk.bytes
    rules.ceiling.processes = settings.runtimesProcesses
    rules.ceiling.files = settings.runtimesFiles
    rules.ceiling.outputBytes = settings.runtimesOutput.bytes
    rules.ceiling.descriptors = settings.runtimesDescriptors
    if settings.wasmSteps > 0 { rules.ceiling.steps = UInt64(settings.wasmSteps) }
    return rules
  }

  private static func selection<Name>(
    _ setting: SelectionSetting<Name>
  ) -> RuntimeRules.Selection {
    switch setting {
    case .none: .none
    case .any: .any
    case .named(let names): .named(Set(names))
    }
  }

  /// Tries out which control groups can be made, so it blocks for a moment.
  package var boxSettings: BoxSettings {
    var made = BoxSettings(folder: folder.file("boxes"))
    made.program = program
    made.groups = ControlGroups.ofThisMachine().groups
    made.rules = rules
    made.allowsUngrouped = settings.processUngrouped
    made.limits.drain = settings.runtimesDrain
    return made
  }

  package var shelfLimits: BoxShelf.Limits {
    var limits = BoxShelf.Limits()
    limits.boxes = settings.runtimesBoxes
    limits.idle = settings.runtimesWarm
    limits.idleTime = settings.runtimesWarmTime
    return limits
  }

  /// Finds the library for wasm and compares its bytes with what it must be. Blocks.
  package func findLibrary() throws(RuntimeError) -> String {
    let path = try WasmLibrary.find(
      setting: settings.wasmLibrary.isEmpty ? nil : settings.wasmLibrary,
      program: Self.place(of: program), environment: environment)
    try WasmLibrary.check(path)
    return path
  }

  /// Compiled modules, sealed by this node's own key.
  func cache(key: SigningKey) throws(RuntimeError) -> WasmCache {
    var limits = WasmCache.Limits()
    limits.diskBytes = settings.wasmCache.bytes
    return try WasmCache(
      folder: folder.file("wasm"), key: key.deriveSecret(for: "compiled modules of wasm"),
      machine: WasmCache.thisProcessor(), limits: limits)
  }

  /// All that runs attempts. Without a cache each box compiles what it runs, which is said.
  func boxes(
    key: SigningKey, sharing: Boxes.Sharing = Boxes.Sharing(), keepsContainers: Bool = true,
    on loops: LoopGroup
  ) -> Boxes {
    var cache: WasmCache?
    do throws(RuntimeError) {
      cache = try self.cache(key: key)
    } catch {
      Logger("Runtimes").warning(
        "compiled modules are not kept", LogField("why", error.message))
    }
    return Boxes(
      boxSettings, cache: cache, limits: shelfLimits, sharing: sharing,
      containers: containers(of: key.id, keeps: keepsContainers, on: loops), on: loops,
      library: { [self] () throws(RuntimeError) in try findLibrary() })
  }

  private var containerFolder: String { folder.file("containers") }

  private func containers(of node: NodeID, keeps: Bool, on loops: LoopGroup) -> Containers {
    var made = ContainerSettings(folder: containerFolder, node: "\(node)")
    made.engine = settings.containerEngine
    made.isWanted = rules.allows(.container)
    made.keeps = keeps && settings.runtimesWarm > 0 ? settings.runtimesWarmTime : .zero
    made.limits.drain = settings.runtimesDrain
    return Containers(made, environment: environment, on: loops.next())
  }

  /// The engine that containers would run in; the caller closes it.
  func findEngine(on loop: EventLoop) async throws(RuntimeError) -> ContainerEngine {
    try await ContainerEngine.find(environment, setting: settings.containerEngine, on: loop)
  }

  /// Where it is written down what ran.
  var auditLog: AuditLog { AuditLog(folder: folder.file("audit")) }

  /// The same without a node. Makes the state folder when there is none, and what is not needed for
  /// the runtime is left alone.
  package func localBoxes(for runtime: Runtime, on loops: LoopGroup) async throws -> Boxes {
    try await RealDisk().makeFolders(folder.path, mode: 0o700)
    guard runtime == .wasm || runtime == .container || hasContainers else {
      return Boxes(boxSettings, limits: shelfLimits, on: loops)
    }
    return boxes(
      key: try NodeKeyFile(folder: folder.path).loadOrCreate(), keepsContainers: false, on: loops)
  }

  /// Perhaps those of a keeper that was killed, which the next one is to remove.
  private var hasContainers: Bool {
    // Without the folder there are none.
    (try? FolderHandle(containerFolder).entries(limit: .max))?.isEmpty == false
  }

  /// Where a link of /proc leads.
  private static func place(of program: String) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlink(program, &buffer, buffer.count)
    if count <= 0 { return program }
    return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
