/// What an attempt used.
package struct Usage: Sendable, Equatable {
  /// From the moment the box was asked until it answered.
  package var time = Duration.zero
  package var userTime = Duration.zero
  package var systemTime = Duration.zero
  /// The most bytes it held at once; nil where nobody counts.
  package var peakMemory: Int64?
  package var outputBytes: Int64 = 0
  /// Steps of a metered attempt.
  package var steps: UInt64?

  package init() {}
}
