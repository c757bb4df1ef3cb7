extension MetricRegistry {
  /// The media type of `prometheusText`.
  package static let prometheusType = "text/plain; version=0.0.4; charset=utf-8"

  /// Every metric in Prometheus' text format, version 0.0.4.
  package var prometheusText: String {
    var text = PrometheusText()
    for entry in sorted { text.append(entry) }
    return text.lines
  }
}

private struct PrometheusText {
  var lines = ""

  mutating func append(_ entry: MetricRegistry.Entry) {
    lines += "# HELP \(entry.name) \(Self.escaped(entry.help, quotes: false))\n"
    lines += "# TYPE \(entry.name) \(type(entry.kind))\n"
    switch entry.kind {
    case .counter(let family):
      for (values, counter) in family.all {
        line(entry.name, Self.pairs(family.labels, values), String(counter.value))
      }
    case .gauge(let family):
      for (values, gauge) in family.all {
        line(entry.name, Self.pairs(family.labels, values), String(gauge.value))
      }
    case .histogram(let family, _):
      for (values, histogram) in family.all {
        append(histogram, entry.name, Self.pairs(family.labels, values))
      }
    case .reading(let reading):
      for sample in reading.read() where sample.labels.count == reading.labels.count {
        line(entry.name, Self.pairs(reading.labels, sample.labels), Self.number(sample.value))
      }
    }
  }

  private func type(_ kind: MetricRegistry.Kind) -> String {
    switch kind {
    case .counter: "counter"
    case .gauge: "gauge"
    case .histogram: "histogram"
    case .reading(let reading): reading.isCounter ? "counter" : "gauge"
    }
  }

  /// Buckets add up from below, and the count is their last, even while others observe.
  private mutating func append(_ histogram: Histogram, _ name: String, _ pairs: [String]) {
    let snapshot = histogram.snapshot
    var total: UInt64 = 0
    for (index, count) in snapshot.counts.enumerated() {
      total &+= count
      let ends = histogram.bounds.ends
      let end = index < ends.count ? Self.number(ends[index]) : "+Inf"
      line(name + "_bucket", pairs + ["le=\"\(end)\""], String(total))
    }
    line(name + "_sum", pairs, Self.number(snapshot.sum))
    line(name + "_count", pairs, String(total))
  }

  private mutating func line(_ name: String, _ pairs: [String], _ value: String) {
    lines += name
    if !pairs.isEmpty { lines += "{\(pairs.joined(separator: ","))}" }
    lines += " \(value)\n"
  }

  private static func pairs(_ labels: [String], _ values: [String]) -> [String] {
    zip(labels, values).map { "\($0)=\"\(escaped($1, quotes: true))\"" }
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var escaped = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\"" where quotes: escaped += "\\\""
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    // Whole numbers without ".0", as long as they are exact.
    if value == value.rounded(), abs(value) < 9e15 { return String(Int64(value)) }
    return value.description
  }
}
