package import Primitives

/// Waits that double from `first` to `most`, each shortened by chance to down to its half.
package struct Backoff: Sendable {
  package let first: Duration
  package let most: Duration
  private var coming: Duration

  package init(first: Duration, most: Duration) {
    self.first = first
    self.most = most
    coming = first
  }

  package mutating func next(_ jitter: inout SplitMix) -> Duration {
    defer { coming = min(most, coming * 2) }
    return jitter.shorten(coming)
  }

  package mutating func reset() { coming = first }
}
