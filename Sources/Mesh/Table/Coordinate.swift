/// Where a node is in a space in which distances are latencies (Vivaldi, with a height for the
/// line each node hangs on and a weak pull to the middle). Milliseconds.
package struct Coordinate: Equatable, Sendable {
  package struct Limits: Sendable {
    /// No distance on earth is longer, and lies beyond it must not throw us out of the space.
    package var farthest: Float = 10_000
    package var smallestHeight: Float = 0.01
    /// How much of an error one sample may mend (c_c and c_e in the paper).
    package var tuning: Float = 0.25
    /// Halves the pull to the middle when larger (rho of Ledlie et al.).
    package var gravity: Float = 150
    package init() {}
  }

  package static let dimensions = 4
  package static let worstError: Float = 1.5

  package var position = SIMD4<Float>()
  package var height: Float = 0.01
  /// From 0, sure, to 1.5, lost.
  package var error: Float = worstError

  package init() {}

  /// Nil unless all is finite and within bounds: what a peer may send.
  package init?(position: [Float], height: Float, error: Float) {
    let limits = Limits()
    guard position.count == Self.dimensions, height >= 0, height <= limits.farthest,
      error >= 0, error <= Self.worstError,
      position.allSatisfy({ abs($0) <= limits.farthest })
    else { return nil }
    for (index, value) in position.enumerated() { self.position[index] = value }
    self.height = max(height, limits.smallestHeight)
    self.error = error
  }

  /// The round trip that the two places stand for.
  package func estimate(to other: Coordinate) -> Duration {
    .microseconds(Int64(milliseconds(to: other) * 1000))
  }

  func milliseconds(to other: Coordinate) -> Float {
    Self.length(position - other.position) + height + other.height
  }

  /// Moves towards where a measured round trip says that we are. `nudge` breaks the tie of two
  /// nodes in one place: a number from -1 to 1 for each dimension.
  package mutating func update(
    roundTrip: Duration, to other: Coordinate, nudge: @autoclosure () -> SIMD4<Float>,
    limits: Limits = Limits()
  ) {
    let measured = Float(roundTrip.inMilliseconds)
    guard measured > 0, measured <= limits.farthest else { return }
    let distance = milliseconds(to: other)
    let total = max(error + other.error, 1e-6)
    let weight = error / total
    let relative = abs(distance - measured) / measured
    error = min(
      relative * limits.tuning * weight + error * (1 - limits.tuning * weight), Self.worstError)
    let force = limits.tuning * weight * (measured - distance)
    var direction = position - other.position
    var length = Self.length(direction)
    if length < 1e-3 {
      direction = nudge()
      length = max(Self.length(direction), 1e-3)
    }
    position += direction * (force / length)
    height = max(
      limits.smallestHeight, height + (height + other.height) * force / max(distance, 1e-3))
    pullToMiddle(limits)
    clamp(limits)
  }

  private mutating func pullToMiddle(_ limits: Limits) {
    let length = Self.length(position)
    guard length > 0 else { return }
    let pull = (length / limits.gravity) * (length / limits.gravity) * 0.01
    position -= position * (min(pull, length) / length)
  }

  private mutating func clamp(_ limits: Limits) {
    position.clamp(
      lowerBound: SIMD4(repeating: -limits.farthest),
      upperBound: SIMD4(repeating: limits.farthest))
    height = min(height, limits.farthest)
  }

  private static func length(_ vector: SIMD4<Float>) -> Float {
    (vector * vector).sum().squareRoot()
  }
}

extension Duration {
  /// Without the detour over attoseconds that `components` takes for long ones.
  package var inMilliseconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) * 1000 + Double(attoseconds) / 1e15
  }
}
