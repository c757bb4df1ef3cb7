import CSystem
import Glibc

/// The runtime `wasm`, inside a box.
///
/// A module comes either compiled, as the first descriptor of the attempt (the keeper compiled it
/// in another box and vouches for its bytes), or as a file in the box, which is compiled on the
/// spot. What is loaded stays for the attempts to come, which are of the same creator.
struct WasmEngine: Engine {
  struct Limits {
    /// A module or its compiled form.
    var moduleBytes = 256 << 20
    /// Modules that stay loaded.
    var modules = 16
    /// What the engine itself needs of the memory of the box, and the modules that stay loaded
    /// beside the one that runs, which may take a quarter of it.
    var ownMemory: Int64 = 16 << 20
    init() {}
  }

  /// What makes a module the one that was loaded before.
  private struct Key: Hashable {
    var program: String
    var mode: WasmMode
    var device: UInt64
    var inode: UInt64
    var size: Int64
    var changed: Int64
  }

  /// What guests find in a box. A path without a beginning is one of `/work`.
  static let boxFolders = [
    Wasi.Folder("/work", as: "/work"), Wasi.Folder("/work", as: "."),
    Wasi.Folder("/in", as: "/in", isReadOnly: true),
  ]

  private let library: WasmLibrary
  private let folders: [Wasi.Folder]
  private let limits: Limits
  private var machines: [WasmMode: WasmMachine] = [:]
  private var modules: [(key: Key, module: WasmModule)] = []

  init(_ library: WasmLibrary, folders: [Wasi.Folder], limits: Limits = Limits()) {
    self.library = library
    self.folders = folders
    self.limits = limits
  }

  mutating func prepare() throws(RuntimeError) {
    _ = try machine(.fast)
  }

  mutating func run(
    _ attempt: BoxAttempt, _ output: inout BoxOutput
  ) throws(RuntimeError) -> Ending {
    switch attempt.verb {
    case .run: return try start(attempt, &output)
    case .compile:
      let machine = try machine(WasmMode(attempt))
      let product = try source(attempt).file.withBytes { (bytes) throws(RuntimeError) in
        try machine.compile(bytes)
      }
      try output.write(.product, product)
      return .exited(status: 0)
    }
  }

  private mutating func start(
    _ attempt: BoxAttempt, _ output: inout BoxOutput
  ) throws(RuntimeError) -> Ending {
    let own = min(limits.ownMemory, attempt.limits.memory / 2)
    let module = try module(attempt, others: Int(own / 4))
    let machine = try machine(WasmMode(attempt))
    // The same however many others are loaded.
    let memory = Int(clamping: max(0, attempt.limits.memory - own - Int64(module.bytes)))
    let outcome = try withUnsafeMutablePointer(to: &output) {
      (output) throws(RuntimeError) -> WasmMachine.Outcome in
      var wasiLimits = Wasi.Limits()
      wasiLimits.descriptors = attempt.limits.descriptors
      let wasi = try Wasi(attempt, folders: folders, limits: wasiLimits) {
        (stream, bytes) throws(RuntimeError) in try output.pointee.write(stream, bytes)
      }
      return try machine.run(
        module, wasi, memory: memory, steps: attempt.limits.steps)
    }
    output.usage.steps = outcome.steps
    output.usage.peakMemory = Int64(outcome.memory)
    return outcome.ending
  }

  private mutating func machine(_ mode: WasmMode) throws(RuntimeError) -> WasmMachine {
    if let machine = machines[mode] { return machine }
    let machine = try WasmMachine(library, mode)
    machines[mode] = machine
    return machine
  }

  // MARK: Modules

  /// Loads it unless it is, and keeps no more than so many bytes of others beside it.
  private mutating func module(
    _ attempt: BoxAttempt, others: Int
  ) throws(RuntimeError) -> WasmModule {
    let mode = WasmMode(attempt)
    let (key, file) = try source(attempt)
    if let place = modules.firstIndex(where: { $0.key == key }) {
      // The one that was used last is the last to go.
      modules.append(modules.remove(at: place))
      trim(others: others)
      return modules[modules.count - 1].module
    }
    // Loading takes room too.
    if modules.count >= limits.modules { modules.removeFirst() }
    let machine = try machine(mode)
    let isCompiled = !attempt.descriptors.isEmpty
    let module = try file.withBytes { (bytes) throws(RuntimeError) in
      isCompiled ? try machine.load(bytes) : try machine.make(bytes)
    }
    modules.append((key, module))
    trim(others: others)
    return module
  }

  private mutating func trim(others: Int) {
    while loadedBytes - (modules.last?.module.bytes ?? 0) > others { modules.removeFirst() }
  }

  var loadedBytes: Int { modules.reduce(0) { $0 + $1.module.bytes } }

  /// The file that holds the module, or its compiled form.
  private func source(_ attempt: BoxAttempt) throws(RuntimeError) -> (key: Key, file: MappedFile) {
    guard let given = attempt.descriptors.first else {
      let opened = open(attempt.program, O_RDONLY | O_CLOEXEC)
      if opened < 0 {
        throw RuntimeError(.refused, "the module \(attempt.program) cannot be opened")
      }
      defer { close(opened) }
      return try source(opened, attempt)
    }
    return try source(given, attempt)
  }

  private func source(
    _ descriptor: Int32, _ attempt: BoxAttempt
  ) throws(RuntimeError) -> (key: Key, file: MappedFile) {
    var status = apus_status()
    _ = apus_status(descriptor, &status)
    if status.size > limits.moduleBytes {
      throw RuntimeError(.refused, "a module of more than \(limits.moduleBytes) bytes is not taken")
    }
    let key = Key(
      program: attempt.program, mode: WasmMode(attempt), device: status.device,
      inode: status.inode, size: status.size, changed: status.changed)
    return (key, try MappedFile(descriptor, attempt.program))
  }
}
