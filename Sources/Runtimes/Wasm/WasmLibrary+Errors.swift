import CWasm

extension WasmLibrary {
  /// What the engine gave us, which is ours to free.
  func take(_ bytes: inout wasm_byte_vec_t) -> [UInt8] {
    defer { call.wasm_byte_vec_delete(&bytes) }
    return Array(UnsafeBufferPointer(start: bytes.data, count: bytes.size))
  }

  /// The text of an error, in one line.
  func take(_ error: OpaquePointer) -> String {
    var message = wasm_byte_vec_t()
    call.wasmtime_error_message(error, &message)
    call.wasmtime_error_delete(error)
    return String(decoding: take(&message).prefix(1024), as: UTF8.self)
      .split(whereSeparator: \.isNewline)
      .map { String($0.drop { $0 == " " }) }
      .filter { $0 != "Caused by:" }
      .joined(separator: ": ")
  }

  func check(_ error: OpaquePointer?, _ code: RuntimeError.Code) throws(RuntimeError) {
    if let error { throw RuntimeError(code, take(error)) }
  }

  /// Only when there is no memory for it.
  func none(_ what: String) -> RuntimeError {
    RuntimeError(.failed, "the engine could not make its \(what)")
  }

  /// The binary form of a module in text (`.wat`).
  func assemble(_ text: String) throws(RuntimeError) -> [UInt8] {
    var bytes = wasm_byte_vec_t()
    try check(call.wasmtime_wat2wasm(text, text.utf8.count, &bytes), .damaged)
    return take(&bytes)
  }
}
