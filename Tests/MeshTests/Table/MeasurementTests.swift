import Mesh
import Primitives
import Simulation
import Testing

@Suite struct MeasurementTests {
  let now = Instant(nanoseconds: 0)

  @Test func `a window keeps the last samples and tells percentiles`() {
    var window = LatencyWindow()
    for value in 1...200 { window.add(.milliseconds(value), at: now) }
    #expect(window.count == 64)
    #expect(window.percentile(0) == .milliseconds(137))
    #expect(window.percentile(0.5) == .milliseconds(168))
    #expect(window.percentile(1) == .milliseconds(200))
  }

  @Test func `one lost probe is loss and changes no average`() {
    var window = LatencyWindow()
    #expect(window.percentile(0.5) == nil)
    for _ in 0..<3 { window.add(.milliseconds(20), at: now) }
    window.addLoss()
    #expect(window.loss == 0.25)
    #expect(window.average == .milliseconds(20))
  }

  @Test func `coordinates come to predict latencies never measured`() {
    var random = SeededRandom(seed: 3)
    let places = (0..<40).map { _ in
      (random.fraction() * 80, random.fraction() * 80, 1 + random.fraction() * 5)
    }
    func latency(_ a: Int, _ b: Int) -> Double {
      let x = places[a].0 - places[b].0, y = places[a].1 - places[b].1
      return (x * x + y * y).squareRoot() + places[a].2 + places[b].2
    }
    var coordinates = Array(repeating: Coordinate(), count: 40)
    for round in 0..<20_000 {
      let a = Int(random.next() % 40), b = Int(random.next() % 20)
      // Nodes from 20 on never measure each other.
      if a == b || round < 0 { continue }
      let other = coordinates[b]
      let nudge = SIMD4<Float>(Float(random.fraction()), Float(random.fraction()), 0.5, -0.5)
      coordinates[a].update(
        roundTrip: .microseconds(Int64(latency(a, b) * 1000)), to: other, nudge: nudge)
    }
    var errors: [Double] = []
    for a in 20..<40 {
      for b in 20..<40 where a < b {
        let estimate = coordinates[a].estimate(to: coordinates[b]).inMilliseconds
        errors.append(abs(estimate - latency(a, b)) / latency(a, b))
      }
    }
    errors.sort()
    #expect(errors[errors.count / 2] < 0.15)
  }

  @Test(
    arguments: [
      ([Float.nan, 0, 0, 0], 1, 1), ([0, 0, 0], 1, 1), ([20_000, 0, 0, 0], 1, 1),
      ([0, 0, 0, 0], -1, 1), ([0, 0, 0, 0], 1, 9), ([0, 0, 0, 0], .infinity, 1),
    ] as [([Float], Float, Float)])
  func `an absurd coordinate is refused`(position: [Float], height: Float, error: Float) {
    #expect(Coordinate(position: position, height: height, error: error) == nil)
  }

  @Test func `an absurd round trip moves nothing`() {
    var coordinate = Coordinate()
    let before = coordinate
    coordinate.update(roundTrip: .seconds(-1), to: Coordinate(), nudge: SIMD4(1, 0, 0, 0))
    coordinate.update(roundTrip: .seconds(3600), to: Coordinate(), nudge: SIMD4(1, 0, 0, 0))
    #expect(coordinate == before)
  }
}
