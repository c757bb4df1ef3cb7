import Primitives

/// For how long nobody has used the machine: no key was pressed, and what is not ours left the
/// processors alone.
struct IdleWatch: Sendable {
  /// What was read at one moment.
  struct Sample: Sendable, Equatable {
    var at: Instant
    /// All processors together, since the machine started.
    var busy: Duration
    /// The node's and its boxes' part of it.
    var own: Duration
    /// Since a terminal or another device was used; nil where none can be seen.
    var sinceInput: Duration?
  }

  struct Limits: Sendable {
    /// Of one processor: below it only housekeeping goes on.
    var share = 0.3
    /// So many samples in a row must be above it: what ends between two counts oddly once.
    var samples = 2
  }

  private let limits: Limits
  private var last: Sample?
  private var lastUse: Instant?
  private var above = 0

  init(limits: Limits = Limits()) { self.limits = limits }

  /// Before the first sample nobody was seen, so it counts as use.
  mutating func feed(_ sample: Sample) -> Duration {
    if let last {
      let elapsed = max(1, last.at.duration(to: sample.at).nanoseconds)
      let own = max(0, (sample.own - last.own).nanoseconds)
      let others = (sample.busy - last.busy).nanoseconds - own
      above = Double(others) / Double(elapsed) > limits.share ? above + 1 : 0
      if above >= limits.samples { lastUse = sample.at }
    }
    last = sample
    let since = (lastUse ?? sample.at).duration(to: sample.at)
    if lastUse == nil { lastUse = sample.at }
    return min(since, sample.sinceInput ?? since)
  }
}
