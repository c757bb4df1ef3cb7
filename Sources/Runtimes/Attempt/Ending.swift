/// How an attempt ended.
package enum Ending: Sendable, Equatable {
  case exited(status: Int32)
  case signalled(Int32)
  case timedOut
  case outOfMemory
  /// It wrote more than it may.
  case outputLimit
  /// An engine stopped it: a wasm trap, an exception that nobody caught.
  case trapped(code: String, text: String)
  /// Somebody ended it: the owner of the machine, the creator.
  case killed(reason: String)
  case refused(RuntimeError)

  package var isSuccess: Bool { self == .exited(status: 0) }
}
