import Glibc
import IO
import Testing

@testable import Runtimes

/// An engine outside any box, with a folder that is its `/work`.
final class WasmLab {
  struct Run {
    var ending: Ending
    var output = ""
    var errors = ""
    var usage = Usage()
  }

  /// The library in the build folder of this repository; nil when Scripts/setup never put it there.
  static let library: String? = {
    let path = "\(root)/.build/runtimes/\(WasmLibrary.name)"
    if access(path, R_OK) == 0 { return path }
    print("tests of wasm are skipped: there is no \(path); run Scripts/setup")
    return nil
  }()

  /// What builds modules from C; nil when Scripts/setup --tests never installed it.
  static let compiler: String? = {
    let path = "/usr/bin/clang-19"
    let needed = [path, "/usr/lib/wasm32-wasi/libc.a"]
    guard let missing = needed.first(where: { access($0, R_OK) != 0 }) else {
      return library == nil ? nil : path
    }
    print("tests of WASI are skipped: there is no \(missing); run Scripts/setup --tests")
    return nil
  }()

  static let root = String(#filePath.split(separator: "/Tests/").first ?? "")

  static let guests = root + "/Tests/RuntimesTests/Wasm/Guests"

  let folder: String
  var engine: WasmEngine

  /// `folders` are what guests find, given the folder of the lab.
  init(
    limits: WasmEngine.Limits = .init(), folders: (String) -> [Wasi.Folder] = { _ in [] }
  ) throws {
    var template = Array("/tmp/apus-wasm-XXXXXX".utf8CString)
    let made = mkdtemp(&template)
    folder = String(cString: try #require(made))
    mkdir("\(folder)/work", 0o700)
    engine = WasmEngine(
      try WasmLibrary(try #require(Self.library)),
      folders: folders(folder),
      limits: limits)
  }

  deinit {
    // The folder is ours alone, and small.
    remove(folder)
  }

  func assemble(_ text: String) throws -> [UInt8] {
    try WasmLibrary(try #require(Self.library)).assemble(text)
  }

  /// Writes a file below the folder, and says where.
  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = "\(folder)/\(name)"
    let file = try #require(fopen(path, "w"))
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    return path
  }

  func module(_ text: String, _ name: String = "module.wasm") throws -> BoxAttempt {
    BoxAttempt(try write(name, assemble(text)))
  }

  /// The module of a guest in C, built with Debian's compiler.
  func build(_ guest: String) async throws -> String {
    let loop = try EventLoop()
    defer { loop.stop() }
    let module = "\(folder)/\(guest).wasm"
    let source = "\(Self.guests)/\(guest).c"
    let command = Command(
      try #require(Self.compiler),
      ["--target=wasm32-wasi", "-O1", "-D_GNU_SOURCE", source, "-o", module],
      environment: ["PATH": "/usr/bin:/bin"])
    let exit = try await ChildProcess.running(command, on: loop) { try await $0.exit() }
    try #require(exit.isSuccess, "\(guest) does not compile")
    return module
  }

  func run(_ attempt: BoxAttempt) throws(RuntimeError) -> Run {
    var output: [UInt8] = []
    var errors: [UInt8] = []
    var box = BoxOutput(limit: attempt.limits.outputBytes) { frame in
      if case .output(.output, let bytes) = frame { output += bytes }
      if case .output(.errors, let bytes) = frame { errors += bytes }
    }
    let ending = try engine.run(attempt, &box)
    return Run(
      ending: ending, output: String(decoding: output, as: UTF8.self),
      errors: String(decoding: errors, as: UTF8.self), usage: box.usage)
  }

  func compile(_ attempt: BoxAttempt) throws -> [UInt8] {
    var attempt = attempt
    attempt.verb = .compile
    var product: [UInt8] = []
    var box = BoxOutput(limit: 0) { frame in
      if case .output(.product, let bytes) = frame { product += bytes }
    }
    try #require(try engine.run(attempt, &box) == .exited(status: 0))
    return product
  }

  private func remove(_ path: String) {
    guard let folder = opendir(path) else {
      unlink(path)
      return
    }
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name == "." || name == ".." { continue }
      if entry.pointee.d_type == 4 { remove("\(path)/\(name)") } else { unlink("\(path)/\(name)") }
    }
    closedir(folder)
    rmdir(path)
  }
}
