/// Repeated measurements of one thing.
struct Samples: Sendable, Equatable {
  var values: [Double]

  init(_ values: [Double]) {
    precondition(!values.isEmpty, "nothing was measured")
    self.values = values
  }

  /// Of each pair: the left one divided by the right one.
  init(_ left: [Double], over right: [Double]) {
    self.init(zip(left, right).map { $0 / $1 })
  }

  var lowest: Double { values.min() ?? 0 }
  var highest: Double { values.max() ?? 0 }
  var median: Double { Samples.quantile(0.5, of: values) }

  /// Between two neighbours, in proportion.
  static func quantile(_ share: Double, of values: [Double]) -> Double {
    let sorted = values.sorted()
    guard let last = sorted.last else { return 0 }
    let place = share * Double(sorted.count - 1)
    let index = Int(place)
    guard index + 1 < sorted.count else { return last }
    return sorted[index] + (sorted[index + 1] - sorted[index]) * (place - Double(index))
  }
}
