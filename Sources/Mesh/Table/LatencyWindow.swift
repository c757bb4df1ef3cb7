package import Primitives

/// The last round trips to one node: enough for percentiles and for the share that got lost.
package struct LatencyWindow: Sendable {
  package struct Limits: Sendable {
    package var samples = 64
    /// The weight of a new sample in the average is one part in so many.
    package var smoothing = 8
    package init() {}
  }

  private let limits: Limits
  /// Round trips in order of arrival, a ring; nil for one that got no answer.
  private var samples: [Duration?] = []
  private var next = 0
  /// Smoothed; nil before the first answer.
  package private(set) var average: Duration?
  package private(set) var lastAt: Instant?

  package init(limits: Limits = Limits()) {
    precondition(limits.samples > 0 && limits.smoothing > 0, "a window holds something")
    self.limits = limits
  }

  package var count: Int { samples.count }

  package mutating func add(_ roundTrip: Duration, at time: Instant) {
    lastAt = time
    average =
      average.map {
        ($0 * (limits.smoothing - 1) + roundTrip) / limits.smoothing
      } ?? roundTrip
    append(roundTrip)
  }

  /// A question without answer.
  package mutating func addLoss() { append(nil) }

  private mutating func append(_ sample: Duration?) {
    if samples.count < limits.samples {
      samples.append(sample)
    } else {
      samples[next] = sample
      next = (next + 1) % limits.samples
    }
  }

  /// The share of questions without answer, 0 to 1.
  package var loss: Double {
    samples.isEmpty ? 0 : Double(samples.count { $0 == nil }) / Double(samples.count)
  }

  /// The round trip that this share (0 to 1) of the answers stayed within; nil without answers.
  package func percentile(_ share: Double) -> Duration? {
    let answers = samples.compactMap(\.self).sorted()
    if answers.isEmpty { return nil }
    let place = Int((Double(answers.count) * min(max(share, 0), 1)).rounded(.up)) - 1
    return answers[max(place, 0)]
  }
}
