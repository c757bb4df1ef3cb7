import Synchronization

/// How often values fell into each of a few ranges. Observing costs two atomic additions and a
/// search over at most `Bounds.limit` numbers.
package final class Histogram: Sendable {
  /// Upper, inclusive ends of the ranges, rising; everything above the last is counted too.
  package struct Bounds: Sendable, Equatable {
    package static let limit = 39

    package let ends: [Double]

    package init(_ ends: [Double]) {
      precondition(ends.count <= Self.limit, "a histogram has at most \(Self.limit) bounds")
      precondition(
        ends.allSatisfy(\.isFinite) && zip(ends, ends.dropFirst()).allSatisfy(<),
        "the bounds of a histogram must be finite and rise")
      self.ends = ends
    }

    /// `steps` equal steps in each of `decades` powers of ten from `start`: with 3 the bounds
    /// are 1, 4, 7, 10, 40, 70, 100.
    package static func logLinear(from start: Double, decades: Int, steps: Int) -> Bounds {
      var ends: [Double] = [start]
      var base = start
      for _ in 0..<decades {
        for step in 1...steps { ends.append(base * (1 + 9 * Double(step) / Double(steps))) }
        base *= 10
      }
      return Bounds(ends)
    }

    /// For seconds, from 100 microseconds to a minute.
    package static let seconds = Bounds([
      0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
      5, 10, 30, 60,
    ])

    /// For sizes, from 256 bytes to 1 GiB in steps of four.
    package static let bytes = Bounds((4...15).map { Double(1 << (2 * $0)) })
  }

  package struct Snapshot: Sendable, Equatable {
    /// How many fell into each range alone; the last is everything above the last bound.
    package var counts: [UInt64]
    package var sum: Double
    package var count: UInt64 { counts.reduce(0, &+) }
  }

  package let bounds: Bounds
  private let counts = InlineArray<40, Atomic<UInt64>> { _ in Atomic(0) }
  /// The bits of a Double.
  private let sum = Atomic<UInt64>(0)

  init(bounds: Bounds) { self.bounds = bounds }

  /// What is not a number is left out: it would spoil the sum for ever.
  package func observe(_ value: Double) {
    guard !value.isNaN else { return }
    counts[range(of: value)].wrappingAdd(1, ordering: .relaxed)
    var old = sum.load(ordering: .relaxed)
    while true {
      let new = (Double(bitPattern: old) + value).bitPattern
      let (exchanged, original) = sum.weakCompareExchange(
        expected: old, desired: new, ordering: .relaxed)
      if exchanged { return }
      old = original
    }
  }

  /// In seconds.
  package func observe(_ duration: Duration) { observe(duration.inSeconds) }

  package var snapshot: Snapshot {
    let values = (0...bounds.ends.count).map { counts[$0].load(ordering: .relaxed) }
    return Snapshot(counts: values, sum: Double(bitPattern: sum.load(ordering: .relaxed)))
  }

  private func range(of value: Double) -> Int {
    let ends = bounds.ends
    var low = 0
    var high = ends.count
    while low < high {
      let middle = (low + high) / 2
      if value <= ends[middle] { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
