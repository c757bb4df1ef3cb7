/// What runs attempts inside a box: lives in the box's process, one attempt at a time, on one
/// thread (it may have more of its own).
protocol Engine {
  /// Loads what it needs, before the doors shut.
  mutating func prepare() throws(RuntimeError)

  /// Runs one attempt behind shut doors. Throws when it could not even begin, or when writing to
  /// `output` failed (pass that error on).
  mutating func run(
    _ attempt: BoxAttempt, _ output: inout BoxOutput
  ) throws(RuntimeError) -> Ending
}
