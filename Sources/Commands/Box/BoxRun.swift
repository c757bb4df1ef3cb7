import Apus
import Calls
import Glibc
import IO
import Primitives
import Runtimes

/// `apus box run`
struct BoxRun: Command {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run one attempt in a box, within the rules of this machine. Needs no node.",
    discussion: """
      A module of WebAssembly is told by its first bytes, a script by its name (.js, .mjs); all \
      else is a program of this machine, which its owner must allow (runtimes.process.allowed). \
      With --runtime container it is an image that the machine's engine has or fetches, or a path \
      to one that was saved, or to a folder with a Dockerfile (runtimes.container.allowed). \
      The program finds its inputs in /in and leaves results in /work/out.

      Ends as the program does. Otherwise: 121 the runtime stopped it, 122 out of memory, \
      123 too much output, 124 out of time, 125 it could not be run, 126 somebody ended it, \
      128 and N signal N.
      """,
    examples: [
      .init("apus box run count.wasm -- words.txt", "a module, with an argument"),
      .init("apus box run --input data --output results render.wasm", "with files"),
      .init(
        "apus box run --set runtimes.process.allowed=any --memory 64MiB -- python3 -c 'print(1)'",
        "a program of this machine, once"),
      .init(
        "apus box run --gpus 1 --warm -- python3 train.py", "with a GPU for itself"),
      .init(
        "apus box run --runtime container busybox -- echo hello", "an image, with its arguments"),
      .init("apus box run --deterministic --json sum.wasm", "the same bytes on every machine"),
    ])

  @Option(
    name: .shortAndLong,
    help: "wasm, js, process or container, instead of what the file looks like.",
    completion: .list(["wasm", "js", "process", "container"]))
  var runtime: String?
  @OptionGroup(title: "Limits") var limits: AttemptOptions
  @Option(
    name: .shortAndLong,
    help: .init("A variable, or the name of one to hand on; repeatable.", valueName: "name=value"))
  var env: [String] = []
  @Option(name: .shortAndLong, help: "A folder that it finds in /in.", completion: .directory)
  var input: String?
  @Option(
    name: .shortAndLong, help: "Where what it leaves in /work/out goes; made if need be.",
    completion: .directory)
  var output: String?
  @Flag(help: "Give it standard input, all of which is read first: 256 MiB, 15 with --warm.")
  var stdin = false
  @Flag(help: "wasm: the same bytes on every machine.") var deterministic = false
  @Option(help: "What a deterministic attempt draws its random bytes from.") var seed = 0
  @Flag(help: "Run it in a box of the running node, which keeps that for the next.")
  var warm = false
  @Option(help: "With --warm: as if for this creator, held to what is shared with them.")
  var creator: String?
  @Option(help: ArgumentHelp("Any setting; repeatable.", valueName: "section.key=value"))
  var set: [String] = []
  @OptionGroup var node: NodeOptions
  @OptionGroup var shown: OutputOptions
  @Argument(
    parsing: .captureForPassthrough, help: .init("And its arguments.", valueName: "program"),
    completion: .file)
  var words: [String]

  mutating func validate() throws {
    if warm && !set.isEmpty {
      throw ValidationError("--warm goes by the settings of the running node, without --set")
    }
    if creator != nil && !warm {
      throw ValidationError("--creator is for --warm: a node knows what is shared with whom")
    }
    if seed < 0 { throw ValidationError("--seed must not be negative") }
  }

  mutating func run() async throws {
    let (attempt, found) = warm ? try await askNode() : try await runHere()
    guard let found else { throw ExitCode.failure }
    try AttemptReport(attempt: attempt, result: found).show(
      Output(shown, environment: Surroundings.environment))
  }

  /// In a box of this command's own.
  private func runHere() async throws -> (Attempt, AttemptResult?) {
    let folder = try node.folder()
    let settings = try await node.settings(
      flags: try set.map { try SettingsInput.Flag(assignment: $0) })
    let ground = BoxGround(folder, settings)
    let attempt: Attempt
    let boxes: LocalBoxes
    do {
      attempt = try await self.attempt(ground.rules)
      try ground.rules.check(attempt)
      boxes = try await LocalBoxes(ground, for: attempt.runtime)
    } catch {
      throw AttemptEnding.cannot(error)
    }
    let isGathered = shown.json
    let result = Locked<AttemptResult?>(nil)
    let interruption: Interruption?
    do {
      interruption = try await boxes.serving { boxes in
        try await Interruption.watch {
          let display = ImageDisplay(attempt, isJSON: isGathered)
          defer { display.finish() }
          let sink: BoxSink = { (stream, bytes) throws(RuntimeError) in
            display.finish()
            try await Self.print(stream, bytes)
          }
          let found = try await boxes.run(
            attempt, sink: isGathered ? nil : sink, progress: display.show)
          result.withLock { $0 = found }
        }
      }
    } catch {
      throw AttemptEnding.cannot(error)
    }
    interruption?.raise()
    return (attempt, result.withLock { $0 })
  }

  /// Whatever a node or its absence says is no status of a program.
  private func askNode() async throws -> (Attempt, AttemptResult?) {
    do { return try await runInNode() } catch { throw AttemptEnding.cannot(error) }
  }

  /// In a box of the node.
  private func runInNode() async throws -> (Attempt, AttemptResult?) {
    let ground = BoxGround(try node.folder(), try await node.settings())
    let attempt = try await self.attempt(ground.rules)
    let request = BoxesV1.RunRequest(attempt, limits.named)
    let isGathered = shown.json
    let result = Locked<AttemptResult?>(nil)
    let gathered = Locked(AttemptResult(.timedOut))
    let interruption = try await NodeAccess.boxes(node, takesSignals: true) { client in
      try await Interruption.watch {
        try await client.run(request) { replies in
          while let reply = try await replies.next() {
            if isGathered {
              gathered.withLock {
                $0.output += reply.output
                $0.errors += reply.errors
              }
            } else {
              if !reply.output.isEmpty { try await Self.print(.output, reply.output) }
              if !reply.errors.isEmpty { try await Self.print(.errors, reply.errors) }
            }
            if let end = reply.end { result.withLock { $0 = end.result } }
          }
        }
      }
    }
    interruption?.raise()
    let texts = gathered.withLock { ($0.output, $0.errors) }
    result.withLock {
      $0?.output = texts.0
      $0?.errors = texts.1
    }
    return (attempt, result.withLock { $0 })
  }

  /// On a thread of its own: a terminal that stands still makes the program wait, not its clock.
  @Sendable private static func print(
    _ stream: BoxStream, _ bytes: [UInt8]
  ) async throws(RuntimeError) {
    let isTaken: Bool
    do {
      isTaken = try await BlockingPool.shared.run {
        Output.print(bytes, to: stream == .errors ? 2 : 1)
      }
    } catch {
      throw RuntimeError(.busy, "\(error)")
    }
    if !isTaken { throw RuntimeError(.cancelled, "nobody reads the output any more") }
  }

  // MARK: - The attempt

  private func attempt(_ rules: RuntimeRules) async throws -> Attempt {
    // `program -- arguments` is as good as `program arguments`.
    var words = words
    if words.first == "--" { words.removeFirst() }
    if words.count > 1, words[1] == "--" { words.remove(at: 1) }
    guard let word = words.first else { throw ValidationError("name a program") }
    let program = try ProgramWord(word, runtime: try wantedRuntime())
    var attempt = Attempt(
      program.runtime, creator: creator ?? SharingState.owner, program.program,
      Array(words.dropFirst()))
    attempt.file = program.file
    attempt.limits = try limits.limits(rules.standard)
    attempt.graphics = limits.graphics
    attempt.environment = try variables()
    attempt.folder = input.map(FilePath.absolute)
    if let output {
      let folder = FilePath.absolute(output)
      try await RealDisk().makeFolders(folder, mode: 0o755)
      attempt.results = folder
    }
    if deterministic {
      guard program.runtime == .wasm else {
        throw ValidationError("--deterministic is for wasm: nothing else gives the same everywhere")
      }
      attempt.seed = UInt64(clamping: seed)
    }
    if stdin {
      attempt.input = try await StandardInput.readAll(
        limit: warm ? AttemptOptions.warmInputBytes : AttemptOptions.inputBytes,
        instead: "put it into a folder for --input")
    }
    return attempt
  }

  private func wantedRuntime() throws(ValidationError) -> Runtime? {
    guard let runtime else { return nil }
    guard let found = Runtime(name: runtime) else {
      throw ValidationError("--runtime is wasm, js, process or container, not \(runtime)")
    }
    return found
  }

  private func variables() throws(ValidationError) -> [String: String] {
    var variables: [String: String] = [:]
    for word in env {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      if name.isEmpty { throw ValidationError("--env takes name=value, not \(word)") }
      guard let value = parts.count == 2 ? String(parts[1]) : Surroundings.environment[name] else {
        throw ValidationError("--env \(name) is to be handed on, and is not set here")
      }
      variables[name] = value
    }
    return variables
  }
}
