package import Mesh
package import Primitives

/// How far a fetch has come.
package struct FetchProgress: Sendable, Equatable {
  package struct Source: Sendable, Equatable {
    package var node: NodeID
    /// Bytes a second; nil while nothing has come.
    package var rate: Double?
    package var path: PathKind?
    /// Right ones that came from it.
    package var bytes: Int64 = 0
    package var isCalled = true
    /// What it did last that no honest source does.
    package var fault: FetchFault?
  }

  /// Of the blob; nil while its manifest is not known.
  package var size: Int64?
  /// What is here of it, and how much of that need not be fetched.
  package var bytes: Int64 = 0
  package var found: Int64 = 0
  /// Bytes a second, over the last seconds.
  package var rate: Double = 0
  /// All that were called, in the order in which they were called last.
  package var sources: [Source] = []
}

/// Bytes a second over a few looks at their number.
struct FetchMeter: Sendable {
  private var samples: [(bytes: Int64, at: Instant)] = []
  private static let kept = 16

  mutating func look(_ bytes: Int64, now: Instant) -> Double {
    samples.append((bytes, now))
    if samples.count > Self.kept { samples.removeFirst() }
    guard let first = samples.first, first.at < now else { return 0 }
    return Double(bytes - first.bytes) / first.at.duration(to: now).inSeconds
  }
}
