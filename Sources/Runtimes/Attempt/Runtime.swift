/// What runs an attempt.
package enum Runtime: UInt8, Sendable, CaseIterable {
  /// WebAssembly with WASI.
  case wasm = 1
  /// JavaScript.
  case script = 2
  /// A program of this machine.
  case process = 3
  /// An image in a container engine.
  case container = 4

  /// The word for it on the command line and in pages.
  package var name: String {
    switch self {
    case .wasm: "wasm"
    case .script: "js"
    case .process: "process"
    case .container: "container"
    }
  }

  package init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  /// The first bytes of every module.
  package static let wasmMagic: [UInt8] = [0x00, 0x61, 0x73, 0x6D]

  /// What runs a file, by how it begins and what it is called. What is neither a module nor a
  /// script is for the machine to start.
  package init(ofFile name: String, beginning: [UInt8]) {
    self =
      if beginning.starts(with: Self.wasmMagic) {
        .wasm
      } else if name.hasSuffix(".js") || name.hasSuffix(".mjs") {
        .script
      } else {
        .process
      }
  }
}
