/// A metric with labels: one counter, gauge or histogram for each set of label values.
///
/// Finding one takes a lock; keep what is found where the work is done. Values from outside can
/// not fill the memory: beyond `Limits.sets` all further sets share one whose values are
/// `other`, and a value is cut at `Limits.valueBytes`.
package final class MetricFamily<Metric: Sendable>: Sendable {
  package struct Limits: Sendable {
    package var sets = 1_000
    package var valueBytes = 128
    package init() {}
  }

  package let labels: [String]
  private let limits: Limits
  private let make: @Sendable () -> Metric
  private let sets = Locked(Sets())

  private struct Sets {
    var order: [[String]] = []
    var metrics: [[String]: Metric] = [:]
  }

  init(labels: [String], limits: Limits, make: @escaping @Sendable () -> Metric) {
    self.labels = labels
    self.limits = limits
    self.make = make
  }

  /// One value for each label, in their order.
  package func with(_ values: String...) -> Metric { with(values) }

  package func with(_ values: [String]) -> Metric {
    precondition(values.count == labels.count, "the metric has the labels \(labels)")
    let values = values.map(cut)
    return sets.withLock { sets in
      if let metric = sets.metrics[values] { return metric }
      let key =
        sets.order.count < limits.sets ? values : Array(repeating: "other", count: values.count)
      if let metric = sets.metrics[key] { return metric }
      let metric = make()
      sets.metrics[key] = metric
      sets.order.append(key)
      return metric
    }
  }

  /// In the order in which they were first asked for.
  var all: [(values: [String], metric: Metric)] {
    sets.withLock { sets in
      sets.order.compactMap { key in sets.metrics[key].map { (key, $0) } }
    }
  }

  private func cut(_ value: String) -> String {
    guard value.utf8.count > limits.valueBytes else { return value }
    var cut = ""
    for character in value.unicodeScalars {
      if cut.utf8.count + UTF8.width(character) > limits.valueBytes { break }
      cut.unicodeScalars.append(character)
    }
    return cut
  }
}
