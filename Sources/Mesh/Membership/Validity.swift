package import Primitives

/// From when to when a certificate holds.
package struct Validity: Hashable, Sendable {
  /// What clocks of a network may differ by.
  package static let clockSkew = Duration.seconds(600)

  package let issuedAt: WallTime
  package let expiresAt: WallTime

  package init(issuedAt: WallTime, expiresAt: WallTime) {
    self.issuedAt = issuedAt
    self.expiresAt = expiresAt
  }

  package static func days(_ count: Int) -> Duration { .seconds(86_400 * count) }

  package var life: Duration { issuedAt.duration(to: expiresAt) }

  /// So late that nobody takes it any more.
  func isOver(at time: WallTime) -> Bool { time >= over }

  var over: WallTime { expiresAt.advanced(by: tolerance) }

  /// What is short-lived is not taken for longer than once more its life.
  private var tolerance: Duration { min(Self.clockSkew, life) }

  /// `what` begins the sentence, `remedy` ends it.
  func check(at time: WallTime, _ what: String, remedy: String) throws(NetworkError) {
    guard time.advanced(by: Self.clockSkew) >= issuedAt else {
      throw NetworkError(
        .expired,
        "\(what) is not valid before \(issuedAt), and here it is \(time): set the clocks of both "
          + "machines")
    }
    guard !isOver(at: time) else {
      throw NetworkError(.expired, "\(what) expired at \(expiresAt): \(remedy)")
    }
  }
}
