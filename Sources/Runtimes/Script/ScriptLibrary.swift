import CScript
import Glibc

/// JavaScriptCore, loaded while the program runs: a build needs nothing of it, and a machine
/// without it only lacks the runtime `js`. It comes with the system, which mends it; its C
/// interface does not change.
package final class ScriptLibrary: Sendable {
  /// The names it has, the one that is preferred first: the interface is the same.
  static let names = [
    "libjavascriptcoregtk-4.1.so.0", "libjavascriptcoregtk-6.0.so.1",
    "libjavascriptcoregtk-4.0.so.18",
  ]
  /// How a machine without it gets it.
  package static let mend = "run Scripts/setup, or install libjavascriptcoregtk-4.1-0"

  /// What the engine is told before it starts, in its variables. WebAssembly has a runtime of its
  /// own: the engine's need not be there to be attacked.
  private static let options = ["JSC_useWasm": "0", "JSC_useSharedArrayBuffer": "0"]

  /// Every function by its name in the library. Written once, in `init`.
  let call: apus_script_functions_t

  /// Opens it for the rest of this process, which is a box: the variables that it reads are set.
  /// `memory` is what the box may have; the engine then collects garbage in time.
  package init(_ path: String, memory: Int64) throws(RuntimeError) {
    for (name, value) in Self.options { setenv(name, value, 1) }
    setenv("JSC_forceRAMSize", "\(memory)", 1)
    guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      let reason = dlerror().map { String(cString: $0) } ?? path
      throw RuntimeError(.absent, "js cannot be run: \(reason); \(Self.mend)")
    }
    var functions = apus_script_functions_t()
    var missing: String?
    withUnsafeMutableBytes(of: &functions) { bytes in
      for place in 0..<apus_script_count() {
        guard let name = apus_script_name(place), let function = dlsym(handle, name) else {
          missing = apus_script_name(place).map { String(cString: $0) }
          return
        }
        let offset = place * MemoryLayout<UnsafeMutableRawPointer>.size
        bytes.storeBytes(of: function, toByteOffset: offset, as: UnsafeMutableRawPointer.self)
      }
    }
    if let missing {
      throw RuntimeError(
        .absent, "\(path) is not JavaScriptCore as it is known: it has no \(missing); \(Self.mend)")
    }
    call = functions
  }

  // MARK: Where it is

  /// The first of the folders where systems keep their libraries that has it.
  package static func find() throws(RuntimeError) -> String {
    if let place = places.first(where: { access($0, R_OK) == 0 }) { return place }
    throw RuntimeError(.absent, "js needs JavaScriptCore, which is not on this machine; \(mend)")
  }

  static var places: [String] {
    #if arch(x86_64)
      let processor = "x86_64"
    #else
      let processor = "aarch64"
    #endif
    let folders = [
      "/usr/lib/\(processor)-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib",
    ]
    return names.flatMap { name in folders.map { "\($0)/\(name)" } }
  }
}
