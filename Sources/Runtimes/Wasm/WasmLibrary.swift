import CWasm
import Glibc
package import Primitives
import Security

/// Wasmtime, loaded while the program runs: a build needs nothing of it, and a machine without it
/// only lacks the runtime `wasm`. Exactly one version fits, since its C interface is declared by
/// hand, so its bytes are compared before it is opened.
package final class WasmLibrary: Sendable {
  package static let version = "50.0.1"
  package static let name = "libwasmtime.so"
  /// How a machine without it gets it.
  package static let mend = "run Scripts/setup, or name the library in runtimes.wasm.library"

  /// The SHA-256 hash of the library on this kind of processor; nil where there is none for it.
  package static var digest: Digest? {
    #if arch(x86_64)
      Digest("3127ca42fe7cdd3f0a43a358e79177dcfedd46c1746329826403b9d854de6178")
    #elseif arch(arm64)
      Digest("4777b787fcc6651c98130ccc7c8ce9160faba5f3b34918886785a43094026fc9")
    #else
      nil
    #endif
  }

  /// Every function by its name in the library. Written once, in `init`.
  let call: apus_wasm_functions_t

  /// Opens it. It stays open as long as the process: its handlers of signals do as well.
  package init(_ path: String) throws(RuntimeError) {
    guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      let reason = dlerror().map { String(cString: $0) } ?? path
      throw RuntimeError(.absent, "wasm cannot be run: \(reason); \(Self.mend)")
    }
    var functions = apus_wasm_functions_t()
    var missing: String?
    withUnsafeMutableBytes(of: &functions) { bytes in
      for place in 0..<apus_wasm_count() {
        guard let name = apus_wasm_name(place), let function = dlsym(handle, name) else {
          missing = apus_wasm_name(place).map { String(cString: $0) }
          return
        }
        let offset = place * MemoryLayout<UnsafeMutableRawPointer>.size
        bytes.storeBytes(of: function, toByteOffset: offset, as: UnsafeMutableRawPointer.self)
      }
    }
    if let missing {
      throw RuntimeError(
        .absent, "\(path) is not Wasmtime \(Self.version): it has no \(missing); \(Self.mend)")
    }
    call = functions
  }

  // MARK: Where it is

  /// The first place that has it: the owner's setting alone when there is one, else beside the
  /// installed program (`../lib/apus`), in the build folder that the program is in
  /// (`.build/runtimes`), in the user's data folder (`$XDG_DATA_HOME/apus`).
  package static func find(
    setting: String? = nil, program: String, environment: [String: String] = [:]
  ) throws(RuntimeError) -> String {
    if let setting {
      if access(setting, R_OK) == 0 { return setting }
      throw RuntimeError(
        .absent,
        "runtimes.wasm.library names \(setting), which cannot be read; correct it or leave it out")
    }
    let places = places(program: program, environment: environment)
    for place in places where access(place, R_OK) == 0 { return place }
    throw RuntimeError(
      .absent, "wasm needs Wasmtime \(version), which is not on this machine; \(mend)")
  }

  static func places(program: String, environment: [String: String]) -> [String] {
    let parts = program.split(separator: "/").dropLast()
    var places = [
      "/" + (parts.dropLast() + ["lib", "apus", Substring(name)]).joined(separator: "/")
    ]
    if let build = parts.lastIndex(of: ".build") {
      places.append("/" + (parts[...build] + ["runtimes", Substring(name)]).joined(separator: "/"))
    }
    if let data = environment["XDG_DATA_HOME"] ?? environment["HOME"].map({ $0 + "/.local/share" })
    {
      places.append("\(data)/apus/\(name)")
    }
    return places
  }

  /// Throws unless the file has the bytes that this program was written for. The daemon does this
  /// once, before the first box; a box sees only what was checked.
  package static func check(_ path: String) throws(RuntimeError) {
    guard let digest else {
      throw RuntimeError(.absent, "there is no Wasmtime for this kind of processor")
    }
    let found = try MappedFile(path: path).withBytes { Digest.sha256(of: $0) }
    if found != digest {
      throw RuntimeError(
        .absent, "\(path) is not Wasmtime \(version) as it was published; \(mend)")
    }
  }
}
