import Primitives
import Testing

@testable import Calls

@Suite struct CallMetricsTests {
  @Test func `a call is counted under its method and status, with its time`() {
    let registry = MetricRegistry()
    let metrics = CallMetrics(ProbeV1.ProbeMethods.echo, in: registry)
    let begin = Instant(nanoseconds: 7)
    metrics.count(.ok, from: begin, to: begin.advanced(by: .milliseconds(2)))
    metrics.count(.ok, from: begin, to: begin.advanced(by: .milliseconds(2)))
    metrics.count(.notFound, from: begin, to: begin.advanced(by: .seconds(2)))
    let text = registry.prometheusText
    let method = #"method="apus.probe.v1.Probe/Echo""#
    #expect(text.contains(#"apus_calls_total{\#(method),code="ok"} 2"#))
    #expect(text.contains(#"apus_calls_total{\#(method),code="notFound"} 1"#))
    #expect(text.contains(#"apus_call_seconds_count{\#(method)} 3"#))
    #expect(text.contains(#"apus_call_seconds_bucket{\#(method),le="0.0025"} 2"#))
  }
}
