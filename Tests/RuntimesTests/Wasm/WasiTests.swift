import Glibc
import IO
import Testing

@testable import Runtimes

/// What programs in C meet, each against a text that says what they must see; where the toolchain's
/// own interpreter of WebAssembly can run them, it must see the same.
@Suite(.enabled(if: WasmLab.compiler != nil))
final class WasiTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var guest: String
    var arguments: [String] = []
    var input = ""
    var variables: [String: String] = [:]
    var ending = Ending.exited(status: 0)
    /// False where the interpreter lacks a function that the guest needs, or lets it out.
    var isCompared = true

    var testDescription: String { guest }
  }

  static let cases = [
    Case(
      guest: "arguments", arguments: ["one", "", "zwei ä", "--x=y"], variables: ["COLOUR": "red"],
      ending: .exited(status: 5)),
    Case(guest: "streams", input: "some input that is long"),
    Case(guest: "files"),
    Case(guest: "folders"),
    // The interpreter neither renames nor links.
    Case(guest: "names", isCompared: false),
    // The interpreter looks at what a link out of the folder leads to.
    Case(guest: "escapes", isCompared: false),
    // The interpreter cannot wait.
    Case(guest: "time", isCompared: false),
  ]

  let loop: EventLoop
  let lab: WasmLab

  init() throws {
    loop = try EventLoop()
    lab = try WasmLab(folders: { [Wasi.Folder("\($0)/work", as: ".")] })
    try lab.write("secret", Array("do not read\n".utf8))
  }

  deinit { loop.stop() }

  /// Every line that is not as the text of the guest has it is an issue of its own.
  private func expect(_ output: some Collection<UInt8>, toBeOf guest: String) throws {
    let text = try MappedFile(path: "\(WasmLab.guests)/\(guest).txt").withBytes { [UInt8]($0) }
    let wanted = String(decoding: text, as: UTF8.self).split(separator: "\n")
    let found = String(decoding: output, as: UTF8.self).split(separator: "\n")
    #expect(found.count == wanted.count)
    for (line, want) in zip(found, wanted) { #expect(line == want) }
  }

  @Test(arguments: cases)
  func `a guest sees what WASI promises`(_ test: Case) async throws {
    var attempt = BoxAttempt(try await lab.build(test.guest), test.arguments)
    attempt.input = Array(test.input.utf8)
    attempt.environment = test.variables
    let run = try lab.run(attempt)
    #expect(run.ending == test.ending)
    try expect(run.output.utf8, toBeOf: test.guest)
  }

  @Test(arguments: cases.filter(\.isCompared))
  func `the toolchain's interpreter sees the same`(_ test: Case) async throws {
    let module = try await lab.build(test.guest)
    let input = open(try lab.write("input", Array(test.input.utf8)), O_RDONLY | O_CLOEXEC)
    defer { close(input) }
    let variables = test.variables.flatMap { ["--env", "\($0)=\($1)"] }
    var command = Command(
      "wasmkit", ["run", "--dir", "."] + variables + [module] + test.arguments,
      environment: Command.inheritedEnvironment, folder: "\(lab.folder)/work")
    command.input = .descriptor(input)
    command.output = .pipe
    let output = try await ChildProcess.running(command, on: loop) { child in
      try await child.stream?.readAll(limit: 1 << 20) ?? []
    }
    try expect(output, toBeOf: test.guest)
  }

  @Test(arguments: cases)
  func `a seeded guest sees the same in every folder`(_ test: Case) async throws {
    var attempt = BoxAttempt(try await lab.build(test.guest), test.arguments)
    attempt.input = Array(test.input.utf8)
    attempt.seed = 7
    let first = try lab.run(attempt)
    // Other inodes, other times, another place.
    let other = try WasmLab(folders: { [Wasi.Folder("\($0)/work", as: ".")] })
    try other.write("secret", Array("do not read\n".utf8))
    let second = try other.run(attempt)
    #expect(first.output == second.output)
    #expect(first.ending == second.ending)
    #expect(first.usage.steps == second.usage.steps)
  }

  @Test func `memory that runs out is null, and giving up is a trap`() async throws {
    var attempt = BoxAttempt(try await lab.build("heap"))
    attempt.limits.memory = 256 << 20
    let run = try lab.run(attempt)
    try expect(run.output.utf8, toBeOf: "heap")
    // It was refused a gibibyte before it gave up.
    #expect(run.ending == .outOfMemory)
  }

  @Test func `a read-only folder takes no change`() async throws {
    let closed = try WasmLab(folders: { [Wasi.Folder("\($0)/work", as: ".", isReadOnly: true)] })
    try closed.write("work/file", Array("here".utf8))
    let run = try closed.run(BoxAttempt(try await lab.build("readonly")))
    try expect(run.output.utf8, toBeOf: "readonly")
    #expect(access("\(closed.folder)/work/new", F_OK) != 0)
  }

  @Test func `a guest holds no more descriptors than its limit`() async throws {
    var attempt = BoxAttempt(try await lab.build("descriptors"))
    attempt.limits.descriptors = 40
    // Three streams, a folder, and the rest.
    #expect(try lab.run(attempt).output == "36\n")
  }
}
