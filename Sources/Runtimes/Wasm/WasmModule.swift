import CWasm

/// A module, ready to run: everything that it imports is found, so that a run only fills it in.
final class WasmModule {
  let prepared: OpaquePointer
  /// What its code and data take of the memory of the box.
  let bytes: Int
  private let module: OpaquePointer
  /// The engine must outlive what it made.
  private let machine: WasmMachine

  /// Takes the module over.
  init(
    _ machine: WasmMachine, _ module: OpaquePointer, _ linker: OpaquePointer
  ) throws(RuntimeError) {
    let call = machine.library.call
    var prepared: OpaquePointer?
    if let error = call.wasmtime_linker_instantiate_pre(linker, module, &prepared) {
      let text = machine.library.take(error)
      call.wasmtime_module_delete(module)
      throw RuntimeError(.refused, "the module asks for what no task is given: \(text)")
    }
    guard let prepared else {
      call.wasmtime_module_delete(module)
      throw machine.library.none("instance")
    }
    self.prepared = prepared
    var (start, end): (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?)
    call.wasmtime_module_image_range(module, &start, &end)
    bytes = start.flatMap { start in end.map { $0 - start } } ?? 0
    self.module = module
    self.machine = machine
  }

  deinit {
    machine.library.call.wasmtime_instance_pre_delete(prepared)
    machine.library.call.wasmtime_module_delete(module)
  }
}
