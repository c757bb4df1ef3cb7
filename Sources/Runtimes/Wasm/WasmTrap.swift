import CWasm

/// Why a guest could not go on.
struct WasmTrap {
  /// The engine's numbers, in their order, as words that programs may look at.
  enum Code: String, CaseIterable {
    case stackOverflow
    case memoryOutOfBounds
    case heapMisaligned
    case tableOutOfBounds
    case indirectCallToNull
    case badSignature
    case integerOverflow
    case integerDivisionByZero
    case badConversionToInteger
    case unreachable
    case interrupted
    case outOfSteps
    case other
  }

  /// Characters of a text: a trap names the functions that it went through.
  private static let maximumText = 2048

  var code: Code
  var text: String

  init(_ trap: OpaquePointer, _ library: WasmLibrary) {
    var number: UInt8 = 0
    let isKnown = library.call.wasmtime_trap_code(trap, &number)
    code = isKnown && Int(number) < Code.allCases.count - 1 ? Code.allCases[Int(number)] : .other
    var message = wasm_byte_vec_t()
    library.call.wasm_trap_message(trap, &message)
    let bytes = library.take(&message).prefix { $0 != 0 }
    // The engine adds advice for those who develop it.
    text = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      .filter { !$0.hasPrefix("note:") }.joined(separator: "\n")
    if text.utf8.count > Self.maximumText { text = String(text.prefix(Self.maximumText)) + "..." }
  }
}
