import Primitives

/// What is counted of one method. The handles are found once: counting a call that ended well
/// costs two atomic additions, and only failures look one up.
struct CallMetrics: Sendable {
  private let method: String
  private let totals: MetricFamily<Counter>
  private let fine: Counter
  private let seconds: Histogram

  init(_ method: MethodDescription, in registry: MetricRegistry) {
    self.method = method.description
    totals = registry.counters(
      "apus_calls_total", "gRPC calls answered, by method and status.", labels: ["method", "code"])
    fine = totals.with(method.description, "\(Status.Code.ok)")
    seconds = registry.histograms(
      "apus_call_seconds", "From the head of a call to its status.", labels: ["method"]
    ).with(method.description)
  }

  func count(_ code: Status.Code, from begin: Instant, to end: Instant) {
    (code == .ok ? fine : totals.with(method, "\(code)")).increment()
    seconds.observe(Double(end.nanoseconds - begin.nanoseconds) / 1e9)
  }
}
