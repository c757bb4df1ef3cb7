import Primitives

/// What is held against one record of a node until it is refuted or confirmed.
struct Suspicion: Sendable {
  let peer: PeerNumber
  let sequence: UInt64
  var since: Instant
  /// Who said so, independently; no more than are needed.
  var accusers: [PeerNumber] = []
  /// This node watches the suspect and got no answer itself.
  var isOwn = false
  /// When it becomes death.
  var deadline = Instant.distantFuture

  init(peer: PeerNumber, sequence: UInt64, since: Instant) {
    self.peer = peer
    self.sequence = sequence
    self.since = since
  }

  /// Watchers are sooner the more others agree (Lifeguard, "Dogpile"); all others wait for them,
  /// and judge for themselves only when no word comes at all.
  mutating func setDeadline(watchers: Int, strain: Int, _ limits: Gossip.Limits) {
    deadline = since.advanced(by: wait(watchers, strain, limits))
  }

  private func wait(_ watchers: Int, _ strain: Int, _ limits: Gossip.Limits) -> Duration {
    let wanted = min(limits.confirmations, max(watchers - 1, 0))
    let confirmed = min(accusers.count - 1, wanted)
    guard isOwn, wanted == 0 || confirmed > 0 else { return limits.openSuspicion }
    let share = wanted == 0 ? 0 : Self.logarithms[confirmed] / Self.logarithms[wanted]
    let span = (limits.longestSuspicion - limits.shortestSuspicion).nanoseconds
    let wait = limits.longestSuspicion - .nanoseconds(Int64(Double(span) * share))
    return wait * (4 + min(strain, 4)) / 4
  }

  /// ln(count + 1).
  private static let logarithms = [
    0, 0.6931, 1.0986, 1.3863, 1.6094, 1.7918, 1.9459, 2.0794, 2.1972,
  ]
}

/// Few, and always in the same order: a dictionary's order would differ from run to run.
struct Suspicions: Sendable {
  private(set) var all: [Suspicion] = []

  var isEmpty: Bool { all.isEmpty }

  subscript(_ peer: PeerNumber) -> Suspicion? {
    get {
      for suspicion in all where suspicion.peer == peer { return suspicion }
      return nil
    }
    set {
      let index = all.firstIndex { $0.peer == peer }
      switch (index, newValue) {
      case (let index?, let value?): all[index] = value
      case (let index?, nil): all.remove(at: index)
      case (nil, let value?): all.append(value)
      case (nil, nil): break
      }
    }
  }

  mutating func postpone(by duration: Duration) {
    for index in all.indices {
      all[index].since = all[index].since.advanced(by: duration)
      all[index].deadline = all[index].deadline.advanced(by: duration)
    }
  }
}
