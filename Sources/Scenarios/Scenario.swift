import Simulation

/// One story told in the simulator, many seeds long. Throws when a promise is broken.
protocol Scenario: Sendable {
  /// Lower case with dashes, as in `make simulate SCENARIO=link-changes`.
  var name: String { get }
  /// One line: what is promised.
  var promise: String { get }
  /// How many seeds the short form runs, and the long one.
  var seeds: (short: Int, long: Int) { get }
  /// What the short form leaves out besides seeds; empty for nothing.
  var leftOut: String { get }
  /// True when the short form leaves it out, unless it is asked for by name.
  var isLongOnly: Bool { get }
  /// False when `run` hands its work to other threads, so that events per second say nothing.
  var isTimed: Bool { get }

  /// Runs one seed and returns figures worth printing, most important first. The same seed gives
  /// the same events, in the same order: record them in the journal, the runner compares.
  func run(seed: UInt64, journal: inout Journal) throws -> [Figure]
}

extension Scenario {
  var leftOut: String { "" }
  var isLongOnly: Bool { false }
  var isTimed: Bool { true }
}

/// A measured value; the runner prints median, p99 and maximum over the seeds.
struct Figure: Sendable {
  var name: String
  var value: Double
  var unit: String
  /// What was promised of it, as printed beside it: "under 5 s".
  var bound: String

  init(name: String, value: Double, unit: String, bound: String = "") {
    self.name = name
    self.value = value
    self.unit = unit
    self.bound = bound
  }
}

/// A promise was broken; the runner adds the seed that repeats it.
struct BrokenPromise: Error, CustomStringConvertible {
  var description: String
  /// The topology and the expected table at that moment, by `TextDrawing`.
  var drawing: String

  init(_ description: String, drawing: String = "") {
    self.description = description
    self.drawing = drawing
  }
}
