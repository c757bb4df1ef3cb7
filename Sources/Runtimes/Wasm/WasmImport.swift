import CWasm

/// A function of ours as the engine calls it.
final class WasmImport {
  private let function: WasiFunction
  private let library: WasmLibrary

  init(_ function: WasiFunction, _ library: WasmLibrary) {
    self.function = function
    self.library = library
  }

  /// This must outlive the linker.
  func define(in linker: OpaquePointer) throws(RuntimeError) {
    let kinds = function.parameters.utf8.map {
      UInt8($0 == UInt8(ascii: "i") ? APUS_WASM_I32 : APUS_WASM_I64)
    }
    var parameters = list(kinds)
    var results = list(function.hasResult ? [UInt8(APUS_WASM_I32)] : [])
    guard let type = library.call.wasm_functype_new(&parameters, &results) else {
      throw library.none("function type")
    }
    defer { library.call.wasm_functype_delete(type) }
    let module = WasiFunction.module
    let error = library.call.wasmtime_linker_define_func_unchecked(
      linker, module, module.utf8.count, function.name, function.name.utf8.count, type,
      { env, caller, values, _ in
        guard let env, let caller, let values else { return nil }
        return Unmanaged<WasmImport>.fromOpaque(env).takeUnretainedValue().answer(caller, values)
      }, Unmanaged.passUnretained(self).toOpaque(), nil)
    try library.check(error, .failed)
  }

  private func list(_ kinds: [UInt8]) -> wasm_valtype_vec_t {
    let types = kinds.map { library.call.wasm_valtype_new($0) }
    var list = wasm_valtype_vec_t()
    library.call.wasm_valtype_vec_new(&list, types.count, types)
    return list
  }

  /// A trap ends the guest; nil lets it go on.
  private func answer(
    _ caller: OpaquePointer, _ values: UnsafeMutablePointer<wasmtime_val_raw_t>
  ) -> OpaquePointer? {
    guard let context = library.call.wasmtime_caller_context(caller),
      let owner = library.call.wasmtime_context_get_data(context)
    else { return library.call.wasmtime_trap_new("no guest", 8) }
    let wasi = Unmanaged<Wasi>.fromOpaque(owner).takeUnretainedValue()
    let values = WasiFunction.Values(slots: values)
    var answer = WasiErrno.success
    do {
      try function.body(wasi, memory(caller, context), values)
    } catch {
      answer = error
    }
    if wasi.stop != nil { return library.call.wasmtime_trap_new("stopped", 7) }
    if function.hasResult { values.answer(answer) }
    return nil
  }

  private func memory(_ caller: OpaquePointer, _ context: OpaquePointer) -> GuestMemory {
    var export = wasmtime_extern_t()
    guard library.call.wasmtime_caller_export_get(caller, "memory", 6, &export),
      export.kind == APUS_WASM_EXTERN_MEMORY
    else { return GuestMemory(bytes: .init(start: nil, count: 0)) }
    let start = library.call.wasmtime_memory_data(context, &export.of.memory)
    let count = library.call.wasmtime_memory_data_size(context, &export.of.memory)
    return GuestMemory(bytes: .init(start: start, count: count))
  }
}
