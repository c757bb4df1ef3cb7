import CWasm

/// The engine as it is set up for one mode: it compiles, loads and runs modules. One guest at a
/// time, on the thread that calls.
final class WasmMachine {
  struct Limits {
    /// What guests may use of the stack of the thread; the stack itself must have twice as much.
    var stackBytes = 1 << 20
    /// Elements of all tables of a guest.
    var tableElements: Int64 = 1 << 20
    var tables: Int64 = 16
    init() {}
  }

  let mode: WasmMode
  let library: WasmLibrary
  private let limits: Limits
  private let engine: OpaquePointer
  private let linker: OpaquePointer
  private let arena: WasmArena
  private let imports: [WasmImport]

  init(_ library: WasmLibrary, _ mode: WasmMode, limits: Limits = Limits()) throws(RuntimeError) {
    self.library = library
    self.mode = mode
    self.limits = limits
    arena = WasmArena(library)
    guard let config = library.call.wasm_config_new() else { throw library.none("settings") }
    Self.set(config, library.call, mode, limits)
    arena.serve(config)
    guard let engine = library.call.wasm_engine_new_with_config(config) else {
      throw library.none("engine")
    }
    guard let linker = library.call.wasmtime_linker_new(engine) else {
      library.call.wasm_engine_delete(engine)
      throw library.none("linker")
    }
    self.engine = engine
    self.linker = linker
    imports = WasiFunction.all.map { WasmImport($0, library) }
    for function in imports { try function.define(in: linker) }
  }

  deinit {
    library.call.wasmtime_linker_delete(linker)
    library.call.wasm_engine_delete(engine)
  }

  private static func set(
    _ config: OpaquePointer, _ call: apus_wasm_functions_t, _ mode: WasmMode, _ limits: Limits
  ) {
    call.wasmtime_config_cranelift_opt_level_set(config, UInt8(APUS_WASM_OPTIMISE_SPEED))
    // A box has one thread.
    call.wasmtime_config_parallel_compilation_set(config, false)
    call.wasmtime_config_max_wasm_stack_set(config, limits.stackBytes)
    // All that 32 bits address, with a guard behind: no access needs a check.
    call.wasmtime_config_memory_reservation_set(config, 4 << 30)
    call.wasmtime_config_memory_guard_size_set(config, 32 << 20)
    call.wasmtime_config_memory_may_move_set(config, false)
    // Images of memories work only in the engine's own memories.
    call.wasmtime_config_memory_init_cow_set(config, false)
    call.wasmtime_config_consume_fuel_set(config, mode.countsSteps)
    let isDeterministic = mode == .deterministic
    call.wasmtime_config_cranelift_nan_canonicalization_set(config, isDeterministic)
    call.wasmtime_config_wasm_relaxed_simd_deterministic_set(config, isDeterministic)
    // What no compiler's WASI program uses today is not there to be attacked.
    call.wasmtime_config_wasm_threads_set(config, false)
    call.wasmtime_config_shared_memory_set(config, false)
    call.wasmtime_config_wasm_memory64_set(config, false)
    call.wasmtime_config_wasm_multi_memory_set(config, false)
    call.wasmtime_config_wasm_exceptions_set(config, false)
    call.wasmtime_config_wasm_gc_set(config, false)
    call.wasmtime_config_wasm_function_references_set(config, false)
    call.wasmtime_config_wasm_component_model_set(config, false)
    call.wasmtime_config_gc_support_set(config, false)
  }

  // MARK: Modules

  /// The compiled form of a module, for machines of this mode on processors like this one.
  func compile(_ module: UnsafeRawBufferPointer) throws(RuntimeError) -> [UInt8] {
    let compiled = try compiled(module)
    defer { library.call.wasmtime_module_delete(compiled) }
    var bytes = wasm_byte_vec_t()
    try library.check(library.call.wasmtime_module_serialize(compiled, &bytes), .failed)
    return library.take(&bytes)
  }

  /// Compiles and loads at once, for modules that nobody keeps.
  func make(_ module: UnsafeRawBufferPointer) throws(RuntimeError) -> WasmModule {
    try WasmModule(self, try compiled(module), linker)
  }

  /// Loads what `compile` gave. Only ever for bytes that are known to come from there: they are
  /// machine code.
  func load(_ compiled: UnsafeRawBufferPointer) throws(RuntimeError) -> WasmModule {
    var module: OpaquePointer?
    let error = library.call.wasmtime_module_deserialize(
      engine, compiled.bindMemory(to: UInt8.self).baseAddress, compiled.count, &module)
    try library.check(error, .damaged)
    guard let module else { throw library.none("module") }
    return try WasmModule(self, module, linker)
  }

  private func compiled(_ bytes: UnsafeRawBufferPointer) throws(RuntimeError) -> OpaquePointer {
    var module: OpaquePointer?
    let error = library.call.wasmtime_module_new(
      engine, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count, &module)
    try library.check(error, .damaged)
    guard let module else { throw library.none("module") }
    return module
  }

  // MARK: Running

  struct Outcome {
    var ending: Ending
    /// How many it took, where they are counted.
    var steps: UInt64?
    var memory: Int
  }

  func run(
    _ module: WasmModule, _ wasi: Wasi, memory: Int, steps: UInt64?
  ) throws(RuntimeError) -> Outcome {
    arena.reset(limit: memory)
    let owner = Unmanaged.passUnretained(wasi).toOpaque()
    guard let store = library.call.wasmtime_store_new(engine, owner, nil),
      let context = library.call.wasmtime_store_context(store)
    else { throw library.none("store") }
    defer { library.call.wasmtime_store_delete(store) }
    library.call.wasmtime_store_limiter(
      store, -1, limits.tableElements, 1, limits.tables, 1)
    let steps = steps ?? .max
    if mode.countsSteps {
      try library.check(library.call.wasmtime_context_set_fuel(context, steps), .failed)
    }
    let ending = try withExtendedLifetime(wasi) { () throws(RuntimeError) in
      try call(module, context, wasi)
    }
    var left: UInt64 = 0
    if mode.countsSteps {
      try library.check(library.call.wasmtime_context_get_fuel(context, &left), .failed)
    }
    return Outcome(
      ending: ending, steps: mode.countsSteps ? steps - left : nil, memory: arena.size)
  }

  private func call(
    _ module: WasmModule, _ context: OpaquePointer, _ wasi: Wasi
  ) throws(RuntimeError) -> Ending {
    var instance = wasmtime_instance_t()
    var trap: OpaquePointer?
    if let error = library.call.wasmtime_instance_pre_instantiate(
      module.prepared, context, &instance, &trap)
    {
      let text = library.take(error)
      if let stopped = try ending(of: wasi) { return stopped }
      if arena.refused != nil { return .outOfMemory }
      throw RuntimeError(.refused, "the module cannot be set up: \(text)")
    }
    if let trap { return ending(trap) }
    var start = wasmtime_extern_t()
    guard library.call.wasmtime_instance_export_get(context, &instance, "_start", 6, &start),
      start.kind == APUS_WASM_EXTERN_FUNCTION
    else {
      throw RuntimeError(
        .refused, "the module has no function _start: build it as a WASI command, not as a library")
    }
    let error = library.call.wasmtime_func_call(context, &start.of.func, nil, 0, nil, 0, &trap)
    // A stop of ours comes back as an error: it says nothing that we do not know better.
    let text = error.map { library.take($0) }
    if let stopped = try ending(of: wasi) { return stopped }
    if let text { throw RuntimeError(.refused, "the module cannot be started: \(text)") }
    return trap.map { ending($0) } ?? .exited(status: 0)
  }

  /// Nil when no call of the guest stopped it.
  private func ending(of wasi: Wasi) throws(RuntimeError) -> Ending? {
    switch wasi.stop {
    case .exited(let status): return .exited(status: status)
    case .outputLimit: return .outputLimit
    case .failed(let error): throw error
    case nil: return nil
    }
  }

  private func ending(_ trap: OpaquePointer) -> Ending {
    defer { library.call.wasm_trap_delete(trap) }
    let trap = WasmTrap(trap, library)
    // A guest that was refused memory and then gives up does so for want of it.
    if arena.refused != nil, trap.code == .unreachable { return .outOfMemory }
    return .trapped(code: trap.code.rawValue, text: trap.text)
  }
}
