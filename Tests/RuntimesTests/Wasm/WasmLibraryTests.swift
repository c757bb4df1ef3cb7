import Glibc
import Testing

@testable import Runtimes

struct WasmLibraryTests {
  @Test func `the library is looked for beside the program, in its build folder and with the data`()
  {
    let places = WasmLibrary.places(
      program: "/r/.build/x86_64-unknown-linux-gnu/release/apus", environment: ["HOME": "/home/a"])
    #expect(places.contains("/r/.build/runtimes/libwasmtime.so"))
    #expect(places.contains("/home/a/.local/share/apus/libwasmtime.so"))
    let installed = WasmLibrary.places(
      program: "/usr/local/bin/apus", environment: ["XDG_DATA_HOME": "/d"])
    #expect(installed == ["/usr/local/lib/apus/libwasmtime.so", "/d/apus/libwasmtime.so"])
  }

  @Test func `without the library the runtime is absent, and what mends that is said`() {
    let error = #expect(throws: RuntimeError.self) {
      try WasmLibrary.find(program: "/nowhere/bin/apus")
    }
    #expect(error?.code == .absent)
    #expect(error?.message.contains("Scripts/setup") == true)
    #expect(throws: RuntimeError.self) { try WasmLibrary.find(setting: "/no.so", program: "/a/b") }
    #expect(throws: RuntimeError.self) { try WasmLibrary("/nowhere/libwasmtime.so") }
  }

  @Test func `another library is not taken for it`() throws {
    let candidates = ["x86_64", "aarch64"].map { "/usr/lib/\($0)-linux-gnu/libz.so.1" }
    let other = try #require(candidates.first { access($0, R_OK) == 0 })
    #expect(throws: RuntimeError.self) { try WasmLibrary.check(other) }
    let error = #expect(throws: RuntimeError.self) { try WasmLibrary(other) }
    #expect(error?.message.contains("wasm_config_new") == true)
  }

  @Test(.enabled(if: WasmLab.library != nil))
  func `the library that setup gets is the one that was published`() throws {
    try WasmLibrary.check(try #require(WasmLab.library))
  }
}
