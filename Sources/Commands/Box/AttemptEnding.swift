import Glibc
import Primitives
import Runtimes

/// How an attempt ended, as words and as the exit code of the command that ran it.
struct AttemptEnding {
  enum Code {
    static let trapped: Int32 = 121
    static let outOfMemory: Int32 = 122
    static let outputLimit: Int32 = 123
    static let timedOut: Int32 = 124
    static let refused: Int32 = 125
    static let killed: Int32 = 126
    static let signalled: Int32 = 128
  }

  /// One word, for programs.
  let kind: String
  let code: Int32
  /// Empty when the program came to its own end.
  let sentence: String

  init(_ ending: Ending, _ limits: AttemptLimits) {
    switch ending {
    case .exited(let status):
      // A shell takes eight bits: no failure is to look like none.
      (kind, code, sentence) = ("exited", (0...255).contains(status) ? status : 255, "")
    case .signalled(let signal):
      (kind, code, sentence) = (
        "signalled", Code.signalled + signal, "the program was ended by signal \(signal)"
      )
    case .timedOut:
      (kind, code, sentence) = (
        "timedOut", Code.timedOut,
        "the program was not done after \(limits.time.text): give it longer with --time"
      )
    case .outOfMemory:
      (kind, code, sentence) = (
        "outOfMemory", Code.outOfMemory,
        "the program needs more than its memory: give it more with --memory"
      )
    case .outputLimit:
      (kind, code, sentence) = (
        "outputLimit", Code.outputLimit,
        "the program wrote more than it may: allow more with --max-output, or leave a file in "
          + "/work/out"
      )
    case .trapped(let name, let text):
      (kind, code, sentence) = (
        "trapped", Code.trapped,
        name == "outOfSteps" ? "the program was not done after its steps (--fuel)" : text
      )
    case .killed(let reason): (kind, code, sentence) = ("killed", Code.killed, reason)
    case .refused(let error): (kind, code, sentence) = ("refused", Code.refused, error.message)
    }
  }

  /// The sentence for a terminal: names of files and texts of traps are the program's choice.
  var shown: String {
    sentence.split(separator: "\n", omittingEmptySubsequences: false)
      .map { TextWidth.printable(String($0)) }.joined(separator: "\n")
  }

  /// What kept an attempt from beginning.
  static func cannot(_ error: any Error) -> any Error {
    switch error {
    case let error as ValidationError: error
    // Whoever read the output went away: as a program ends that nobody reads.
    case let error as RuntimeError where error.code == .cancelled:
      ExitCode(Code.signalled + SIGPIPE)
    case let error as RuntimeError: CommandError(error.message, code: ExitCode(Code.refused))
    default: CommandError("\(error)", code: ExitCode(Code.refused))
    }
  }
}
