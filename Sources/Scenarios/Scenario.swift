/// One story told in the simulator, many seeds long. Throws when a promise is broken.
protocol Scenario: Sendable {
  /// Lower case with dashes, as in `make simulate SCENARIO=link-changes`.
  var name: String { get }
  /// One line: what is promised.
  var promise: String { get }
  /// How many seeds the short form runs, and the long one.
  var seeds: (short: Int, long: Int) { get }

  /// Runs one seed and returns figures worth printing, most important first. The same seed gives
  /// the same events, in the same order.
  func run(seed: UInt64) throws -> [Figure]
}

/// A measured value beside its bound.
struct Figure: Sendable {
  var name: String
  var value: Double
  var unit: String
}

/// A promise was broken; the runner adds the seed that repeats it.
struct BrokenPromise: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
