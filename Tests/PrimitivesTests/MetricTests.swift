import Primitives
import Testing

struct MetricTests {
  private let registry = MetricRegistry()

  @Test func `the text lists metrics by name with help, type and labels`() {
    registry.gauge("b_open", "Open now.").set(-3)
    let requests = registry.counters("a_requests_total", "Line one\nand \\ two.", labels: ["path"])
    requests.with("/\"x\"\\\n").increment(by: 2)
    requests.with("/").increment()
    registry.gauge("c_load", "Asked.") { 0.25 }
    #expect(
      registry.prometheusText == #"""
        # HELP a_requests_total Line one\nand \\ two.
        # TYPE a_requests_total counter
        a_requests_total{path="/\"x\"\\\n"} 2
        a_requests_total{path="/"} 1
        # HELP b_open Open now.
        # TYPE b_open gauge
        b_open -3
        # HELP c_load Asked.
        # TYPE c_load gauge
        c_load 0.25

        """#)
  }

  @Test func `a histogram adds its buckets up`() {
    let histogram = registry.histograms(
      "h_seconds", "Time.", labels: ["m"], bounds: .init([0.5, 1])
    ).with("GET")
    for value in [0.5, 0.75, 1.5, .infinity, .nan] { histogram.observe(value) }
    histogram.observe(.milliseconds(100))
    #expect(
      registry.prometheusText == """
        # HELP h_seconds Time.
        # TYPE h_seconds histogram
        h_seconds_bucket{m="GET",le="0.5"} 2
        h_seconds_bucket{m="GET",le="1"} 3
        h_seconds_bucket{m="GET",le="+Inf"} 5
        h_seconds_sum{m="GET"} +Inf
        h_seconds_count{m="GET"} 5

        """)
  }

  @Test func `readings show what they read, and skip what does not fit their labels`() {
    registry.readings("r_total", "R.", isCounter: true, labels: ["loop"]) {
      [MetricSample(["0"], 1e20), MetricSample(["1"], .nan), MetricSample([], 5)]
    }
    let text = registry.prometheusText
    #expect(text.contains("# TYPE r_total counter\n"))
    #expect(text.hasSuffix("r_total{loop=\"0\"} 1e+20\nr_total{loop=\"1\"} NaN\n"))
  }

  @Test func `asking again gives the same metric`() {
    registry.counter("same_total", "S.").increment()
    registry.counter("same_total", "S.").increment()
    #expect(registry.counter("same_total", "S.").value == 2)
  }

  @Test func `label sets beyond the bound share one, and long values are cut`() {
    var limits = MetricFamily<Counter>.Limits()
    limits.sets = 2
    limits.valueBytes = 5
    let family = registry.counters("many_total", "M.", labels: ["a", "b"], limits: limits)
    for number in 0..<100 { family.with("\(number)", "éééé").increment() }
    let lines = registry.prometheusText.split(separator: "\n").dropFirst(2)
    #expect(
      lines == [
        "many_total{a=\"0\",b=\"éé\"} 1", "many_total{a=\"1\",b=\"éé\"} 1",
        "many_total{a=\"other\",b=\"other\"} 98",
      ])
  }

  @Test func `nothing is lost when many count at once`() async {
    let counter = registry.counter("race_total", "R.")
    let histogram = registry.histogram("race_seconds", "R.")
    await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<1_000 {
            counter.increment()
            histogram.observe(0.5)
          }
        }
      }
    }
    #expect(counter.value == 8_000)
    #expect(histogram.snapshot.count == 8_000 && histogram.snapshot.sum == 4_000)
  }

  @Test func `log-linear bounds divide every power of ten`() {
    #expect(
      Histogram.Bounds.logLinear(from: 1, decades: 2, steps: 3).ends == [1, 4, 7, 10, 40, 70, 100])
    #expect(
      Histogram.Bounds.bytes.ends.first == 256 && Histogram.Bounds.bytes.ends.last == 1_073_741_824)
  }

  @Test(arguments: ["", "1a", "a-b", "a b", "é", "a{"])
  func `a name that Prometheus refuses traps`(name: String) async {
    await #expect(processExitsWith: .failure) { [name] in
      _ = MetricRegistry().counter(name, "")
    }
  }

  @Test func `the same name as something else traps`() async {
    await #expect(processExitsWith: .failure) {
      let registry = MetricRegistry()
      _ = registry.counter("a", "")
      _ = registry.gauge("a", "")
    }
    await #expect(processExitsWith: .failure) {
      _ = MetricRegistry().histograms("a", "", labels: ["le"])
    }
  }
}
