/// One try at a task.
package struct Attempt: Sendable, Equatable {
  /// What is allowed beyond nothing.
  package struct Grants: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Processors may be read from /proc and /sys; nothing else of the machine.
    package static let machine = Grants(rawValue: 1)
  }

  package var runtime: Runtime
  /// On whose behalf. A box serves one creator in its life. `SharingState.owner` is whoever
  /// owns the machine, to whom sharing sets no bounds: never a word that came from elsewhere.
  package var creator: String
  /// A path as the box sees it (`/in/module.wasm`), or the name of a program for `process`.
  package var program: String
  package var arguments: [String] = []
  package var environment: [String: String] = [:]
  /// Its standard input.
  package var input: [UInt8] = []
  /// A file of this machine that is the program, in place of `program`, which then only names it:
  /// a module, a script, something that can be executed.
  package var file: String?
  /// A folder of this machine that it finds, copied, under `/in`.
  package var folder: String?
  /// Where result files go that it leaves under `/work/out`; nil drops them. Must exist.
  package var results: String?
  package var limits = AttemptLimits()
  package var grants: Grants = []
  /// GPUs for itself, or a share of them; for programs and containers.
  package var graphics: GraphicsClaims.Wish?
  /// Those it has, while it runs.
  var cards: [GraphicsCard] = []
  /// Set for an attempt that must give the same bytes on every machine.
  package var seed: UInt64?
  /// Steps are counted and reported (wasm's fuel), at the price of some speed.
  package var isMetered = false

  package init(_ runtime: Runtime, creator: String, _ program: String, _ arguments: [String] = []) {
    self.runtime = runtime
    self.creator = creator
    self.program = program
    self.arguments = arguments
  }

  /// What is read back as another variable than it was looked at as.
  func checkEnvironment() throws(RuntimeError) {
    for (name, value) in environment {
      if name.isEmpty || name.utf8.contains(UInt8(ascii: "=")) || name.utf8.contains(0) {
        throw RuntimeError(.refused, "a variable has no name, or one that no variable can have")
      }
      if value.utf8.contains(0) {
        throw RuntimeError(.refused, "the variable \(name) has a zero in it: give it as a file")
      }
    }
  }
}

/// What the box is told of an attempt.
package struct BoxAttempt: Sendable, Equatable {
  package enum Verb: UInt8, Sendable {
    case run = 1
    /// Make the compiled form of `program` and give it as `BoxStream.product`.
    case compile = 2
  }

  package var verb = Verb.run
  package var program: String
  package var arguments: [String] = []
  package var environment: [String: String] = [:]
  package var input: [UInt8] = []
  package var limits = AttemptLimits()
  package var seed: UInt64?
  /// Count steps (wasm's fuel) and report them.
  package var isMetered = false
  /// Descriptors that came with it, in the order they were sent. The engine closes none of them:
  /// they go when the attempt is over.
  package var descriptors: [Int32] = []

  package init(_ program: String, _ arguments: [String] = []) {
    self.program = program
    self.arguments = arguments
  }

  package init(_ attempt: Attempt) {
    program = attempt.program
    arguments = attempt.arguments
    environment = attempt.environment.merging(GraphicsGrant(attempt.cards).environment) { $1 }
    input = attempt.input
    limits = attempt.limits
    seed = attempt.seed
    isMetered = attempt.isMetered
  }
}
