/// How a module is compiled, and so what can be asked of it. Compiled forms of one mode do not load
/// in another.
package enum WasmMode: UInt8, Sendable, CaseIterable {
  /// At full speed: the limit of time is the box's death.
  case fast = 1
  /// Every step is counted, and their number may be limited.
  case metered = 2
  /// The same bytes and the same number of steps on every machine.
  case deterministic = 3

  init(_ attempt: BoxAttempt) {
    self =
      if attempt.seed != nil {
        .deterministic
      } else if attempt.isMetered || attempt.limits.steps != nil {
        .metered
      } else {
        .fast
      }
  }

  var countsSteps: Bool { self != .fast }
}
