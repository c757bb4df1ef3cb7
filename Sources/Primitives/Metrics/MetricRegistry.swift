/// The metrics of a process by name. Asking again for a name gives the same metric, so that two
/// servers in one process share it; asking for it as something else traps, and so does a name
/// that Prometheus would not take: both are mistakes in our own code.
package final class MetricRegistry: Sendable {
  package static let shared = MetricRegistry()

  enum Kind: Sendable {
    case counter(MetricFamily<Counter>)
    case gauge(MetricFamily<Gauge>)
    case histogram(MetricFamily<Histogram>, Histogram.Bounds)
    /// Asked when somebody looks.
    case reading(Reading)
  }

  struct Reading: Sendable {
    let isCounter: Bool
    let labels: [String]
    let read: @Sendable () -> [MetricSample]
  }

  struct Entry: Sendable {
    let name: String
    let help: String
    let kind: Kind
  }

  private let entries = Locked([String: Entry]())

  package init() {}

  // MARK: - Making metrics

  package func counter(_ name: String, _ help: String) -> Counter {
    counters(name, help, labels: []).with([])
  }

  package func counters(
    _ name: String, _ help: String, labels: [String],
    limits: MetricFamily<Counter>.Limits = .init()
  ) -> MetricFamily<Counter> {
    let new = MetricFamily(labels: labels, limits: limits) { Counter() }
    guard case .counter(let family) = register(name, help, .counter(new), labels),
      family.labels == labels
    else { mismatch(name) }
    return family
  }

  package func gauge(_ name: String, _ help: String) -> Gauge {
    gauges(name, help, labels: []).with([])
  }

  package func gauges(
    _ name: String, _ help: String, labels: [String],
    limits: MetricFamily<Gauge>.Limits = .init()
  ) -> MetricFamily<Gauge> {
    let new = MetricFamily(labels: labels, limits: limits) { Gauge() }
    guard case .gauge(let family) = register(name, help, .gauge(new), labels),
      family.labels == labels
    else { mismatch(name) }
    return family
  }

  package func histogram(
    _ name: String, _ help: String, bounds: Histogram.Bounds = .seconds
  ) -> Histogram {
    histograms(name, help, labels: [], bounds: bounds).with([])
  }

  package func histograms(
    _ name: String, _ help: String, labels: [String], bounds: Histogram.Bounds = .seconds,
    limits: MetricFamily<Histogram>.Limits = .init()
  ) -> MetricFamily<Histogram> {
    precondition(!labels.contains("le"), "the label le belongs to the histogram itself")
    let new = MetricFamily(labels: labels, limits: limits) { Histogram(bounds: bounds) }
    let kind = register(name, help, .histogram(new, bounds), labels)
    guard case .histogram(let family, bounds) = kind, family.labels == labels else {
      mismatch(name)
    }
    return family
  }

  /// A value that is read when somebody looks. The latest closure for a name wins.
  package func gauge(
    _ name: String, _ help: String, read: @escaping @Sendable () -> Double
  ) {
    readings(name, help, labels: []) { [MetricSample([], read())] }
  }

  /// Several values that are read when somebody looks; `isCounter` when they only grow.
  package func readings(
    _ name: String, _ help: String, isCounter: Bool = false, labels: [String],
    read: @escaping @Sendable () -> [MetricSample]
  ) {
    check(name, labels)
    let reading = Reading(isCounter: isCounter, labels: labels, read: read)
    let entry = Entry(name: name, help: help, kind: .reading(reading))
    entries.withLock { entries in
      if let old = entries[name] {
        guard case .reading(let old) = old.kind, old.isCounter == isCounter else {
          mismatch(name)
        }
      }
      entries[name] = entry
    }
  }

  // MARK: - Looking

  /// In the order of their names.
  var sorted: [Entry] {
    entries.withLock { $0.values.sorted { $0.name < $1.name } }
  }

  // MARK: - Names

  private func register(_ name: String, _ help: String, _ kind: Kind, _ labels: [String]) -> Kind {
    check(name, labels)
    return entries.withLock { entries in
      if let entry = entries[name] { return entry.kind }
      entries[name] = Entry(name: name, help: help, kind: kind)
      return kind
    }
  }

  private func check(_ name: String, _ labels: [String]) {
    precondition(MetricName.isMetric(name), "\(name) is no name for a metric")
    for label in labels {
      precondition(MetricName.isLabel(label), "\(label) is no name for a label of \(name)")
    }
    precondition(Set(labels).count == labels.count, "\(name) has a label twice")
  }
}

/// One value of a reading, with a value for each label.
package struct MetricSample: Sendable {
  package var labels: [String]
  package var value: Double

  package init(_ labels: [String], _ value: Double) {
    self.labels = labels
    self.value = value
  }
}

private func mismatch(_ name: String) -> Never {
  preconditionFailure("the metric \(name) exists with another kind, labels or bounds")
}

/// What Prometheus takes as names.
enum MetricName {
  static func isMetric(_ name: String) -> Bool {
    guard let first = name.utf8.first, isLetter(first) || first == UInt8(ascii: ":") else {
      return false
    }
    return name.utf8.allSatisfy { isLetter($0) || $0.isDigit || $0 == UInt8(ascii: ":") }
  }

  /// Names that begin with two underscores belong to Prometheus.
  static func isLabel(_ name: String) -> Bool {
    guard let first = name.utf8.first, isLetter(first), !name.hasPrefix("__") else { return false }
    return name.utf8.allSatisfy { isLetter($0) || $0.isDigit }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
