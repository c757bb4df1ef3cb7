import Glibc

// # What a task in JavaScript is
//
// One file. With a default export it is a module, whose export is called (or awaited, when it is no
// function) and gives the result; it may import nothing. Without an export it is a script with the
// small contract: it finds `taskData` and fills `taskResult`, or sets it.
//
//     export default async function (data, task) { return { sum: data.reduce((a, b) => a + b) } }
//
// `data` (and `taskData`) is the input: the value when it is JSON, undefined when there is none,
// else a Uint8Array. The result is output: bytes as they are, all else as JSON; undefined is none.
//
// | `task` | |
// | --- | --- |
// | `arguments`, `environment` | those of the attempt |
// | `input`, `text()` | the input as bytes, and as text |
// | `inputs.list(folder)` | the names of what lies in the inputs; folders end in `/` |
// | `inputs.read(path)`, `inputs.text(path)` | one of the inputs, as bytes and as text |
// | `write(what)` | bytes or text to the output, before the result |
//
// There are console (which is the log, standard error), TextEncoder, TextDecoder,
// structuredClone, timers, queueMicrotask, atob, btoa, performance.now, crypto.getRandomValues and
// randomUUID; no network, no files but the inputs, no WebAssembly, no threads. With a seed time
// begins in the year 2000 and passes only while the task waits, and all randomness is the seed's.
//
// An exception that nobody catches, a rejected promise that nobody looks at and a result that is
// neither bytes nor JSON end the attempt (`ScriptTrap`).

/// The runtime `js`, inside a box.
struct ScriptEngine: Engine {
  struct Limits {
    var sourceBytes = 64 << 20
    /// Of the thread that a script runs on; the engine leaves some of it to itself.
    var stackBytes = 8 << 20
    init() {}
  }

  /// Threads that the engine may have: it compiles and collects in some.
  static let threads = 64

  private let library: ScriptLibrary
  private let inputs: ScriptInputs
  private let limits: Limits

  init(_ library: ScriptLibrary, inputs: String = "/in", limits: Limits = Limits()) {
    self.library = library
    self.inputs = ScriptInputs(inputs)
    self.limits = limits
  }

  /// Nothing of the engine before the doors are shut: it starts threads, and a thread keeps what
  /// others of its process give up.
  mutating func prepare() throws(RuntimeError) {}

  mutating func run(
    _ attempt: BoxAttempt, _ output: inout BoxOutput
  ) throws(RuntimeError) -> Ending {
    guard attempt.verb == .run else {
      throw RuntimeError(.refused, "programs in js are not compiled")
    }
    let source = try source(attempt)
    var outcome: Result<Ending, RuntimeError>?
    try withUnsafeMutablePointer(to: &output) { (output) throws(RuntimeError) in
      try ScriptThread.run(stackBytes: limits.stackBytes) {
        outcome = Result { () throws(RuntimeError) in
          let world = try ScriptWorld(
            library, name: attempt.program, inputs: inputs, seed: attempt.seed
          ) { (stream, bytes) throws(RuntimeError) in try output.pointee.write(stream, bytes) }
          return try world.run(source, attempt)
        }
      }
    }
    guard let outcome else { throw RuntimeError(.failed, "a script ended in the middle") }
    return try outcome.get()
  }

  private func source(_ attempt: BoxAttempt) throws(RuntimeError) -> [UInt8] {
    var file = attempt.descriptors.first ?? -1
    if attempt.descriptors.isEmpty {
      file = open(attempt.program, O_RDONLY | O_CLOEXEC)
      if file < 0 {
        throw RuntimeError(.refused, "the script \(attempt.program) cannot be opened")
      }
    }
    defer { if attempt.descriptors.isEmpty { close(file) } }
    let limit = limits.sourceBytes
    return try MappedFile(file, attempt.program).withBytes { (bytes) throws(RuntimeError) in
      guard bytes.count <= limit else {
        throw RuntimeError(.refused, "a script of more than \(limit) bytes is not taken")
      }
      guard String(validating: bytes, as: UTF8.self) != nil else {
        throw RuntimeError(.refused, "the script \(attempt.program) is not UTF-8")
      }
      return Array(bytes)
    }
  }
}
