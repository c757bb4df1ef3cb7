import Foundation
import Glibc
import Testing

@testable import Runtimes

/// An engine outside any box, with a folder of inputs.
final class ScriptLab {
  struct Run {
    var ending: Ending
    var output = ""
    var bytes: [UInt8] = []
    var log = ""

    var trap: (code: String, text: String)? {
      if case .trapped(let code, let text) = ending { return (code, text) }
      return nil
    }
  }

  /// The library where the system keeps it; nil when Scripts/setup never installed it.
  static let library: String? = {
    do {
      return try ScriptLibrary.find()
    } catch {
      print("tests of js are skipped: \(error)")
      return nil
    }
  }()

  let folder: String
  var engine: ScriptEngine

  init() throws {
    var template = Array("/tmp/apus-script-XXXXXX".utf8CString)
    let made = mkdtemp(&template)
    folder = String(cString: try #require(made))
    mkdir("\(folder)/in", 0o755)
    mkdir("\(folder)/in/deep", 0o755)
    let library = try ScriptLibrary(try #require(Self.library), memory: 512 << 20)
    engine = ScriptEngine(library, inputs: "\(folder)/in")
    try write("in/given.txt", "given")
    try write("in/deep/file.bin", "\u{1}\u{2}")
    try write("secret", "secret")
  }

  deinit {
    // The folder is ours alone, and small.
    try? FileManager.default.removeItem(atPath: folder)
  }

  func write(_ name: String, _ text: String) throws {
    let file = try #require(fopen("\(folder)/\(name)", "w"))
    let bytes = Array(text.utf8)
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }

  func run(
    _ source: String, input: String = "", _ change: (inout BoxAttempt) -> Void = { _ in }
  ) throws -> Run {
    try write("task.js", source)
    var attempt = BoxAttempt("\(folder)/task.js")
    attempt.input = Array(input.utf8)
    change(&attempt)
    var run = Run(ending: .timedOut)
    var output = BoxOutput(limit: attempt.limits.outputBytes) { frame in
      if case .output(.output, let bytes) = frame { run.bytes += bytes }
      if case .output(.errors, let bytes) = frame {
        run.log += String(decoding: bytes, as: UTF8.self)
      }
    }
    let ending = try engine.run(attempt, &output)
    run.ending = ending
    run.output = String(decoding: run.bytes, as: UTF8.self)
    return run
  }
}
