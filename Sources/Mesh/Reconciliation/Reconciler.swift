import Primitives

// # Making two sets equal
//
// Range-based set reconciliation (Meyer, arXiv 2212.13567). One side says for sixteen ranges what
// its items there come to; the other answers for those that differ with sixteen finer ranges each,
// until few enough are left to list. Messages take turns. Each side learns which of its own items
// the other lacks, and sends them by whatever means the two have; it also learns the tags of those
// that it lacks itself, so that it can tell when it has them all.
//
// The exchange works on a snapshot: what changes meanwhile is found by the next one. What does not
// fit into a frame waits; the most recent ranges go first, so that what waits stays small however
// much differs. An answer of nil says that nothing is left.

/// One side of the comparison of two sets.
package struct Reconciler: Sendable {
  package struct Limits: Sendable {
    /// The most bytes of one message.
    package var frameBytes = 256 << 10
    /// Into how many ranges one that differs is cut.
    package var splits = 16
    /// Up to how many items of a range are listed rather than cut.
    package var listed = 16
    /// About how many items one answer finds for sending; the rest waits for the next turn.
    package var items = 16_384
    /// A range with more items than this is cut before it is compared with a list.
    package var compared = 4_096
    /// Ranges that wait. Those beyond are forgotten, and found by the next exchange.
    package var waiting = 1 << 16
    /// The most messages of one exchange.
    package var messages = 4_096
    /// The most messages in a row that bring no list and no item.
    package var barrenMessages = 64

    package init() {}
  }

  /// What one message brought.
  package struct Step: Sendable {
    /// For the peer; nil when nothing is left to say.
    package var reply: [UInt8]?
    /// Own items that the peer lacks, or has in another version.
    package var toSend: [ReconciliationItem] = []
    /// What the peer has, and was asked for just now.
    package var lacking: [ItemTag] = []
    package var isFinished: Bool { reply == nil }
  }

  private enum Work: Sendable {
    case differing(KeyRange)
    case listed(KeyRange, [ItemTag])
  }

  private let set: ReconciliationSet
  private let range: KeyRange
  private let limits: Limits
  /// Last in, first out.
  private var work: [Work] = []
  private var received = 0
  private var barren = 0
  /// Ranges were forgotten: the sets may still differ when this has finished.
  package private(set) var hasForgotten = false

  /// Both sides name the same `range`; what lies outside is not touched.
  package init(_ set: ReconciliationSet, in range: KeyRange = .all, limits: Limits = Limits()) {
    precondition(limits.frameBytes >= 4_096, "a frame must hold one range cut up")
    precondition((2...16).contains(limits.splits) && (1...64).contains(limits.listed))
    self.set = set
    self.range = range
    self.limits = limits
  }

  /// The first message, from whoever starts.
  package mutating func begin() -> [UInt8] {
    var draft = Draft()
    emit(range, to: &draft)
    return ReconciliationMessage(entries: draft.entries).encoded
  }

  /// Takes the peer's message. Throws `.violation` for what no honest peer sends.
  package mutating func receive(_ bytes: [UInt8]) throws(NetworkError) -> Step {
    received += 1
    guard received <= limits.messages else {
      throw .reconciliation("it is number \(received) of an exchange that should have ended")
    }
    let message = try ReconciliationMessage(decoding: bytes)
    var step = Step()
    try take(message, into: &step)
    var draft = Draft()
    perform(&draft, &step)
    try checkProgress(message, step)
    guard !draft.entries.isEmpty || message.hasMore || !work.isEmpty else { return step }
    draft.entries.sort { $0.range.lower < $1.range.lower }
    for (entry, next) in zip(draft.entries, draft.entries.dropFirst()) {
      guard let upper = entry.range.upper, upper <= next.range.lower else {
        throw .reconciliation("it speaks again of a range that is being compared")
      }
    }
    let reply = ReconciliationMessage(entries: draft.entries, hasMore: !work.isEmpty)
    step.reply = reply.encoded
    return step
  }

  // MARK: Taking in

  private mutating func take(
    _ message: ReconciliationMessage, into step: inout Step
  ) throws(NetworkError) {
    for entry in message.entries.reversed() {
      guard range.contains(entry.range) else {
        throw .reconciliation("it speaks of keys outside the range agreed on")
      }
      switch entry.claim {
      case .fingerprint(let fingerprint):
        let ranks = set.ranks(in: entry.range)
        if set.fingerprint(of: ranks) != fingerprint { wait(.differing(entry.range)) }
      case .list(let tags):
        wait(.listed(entry.range, tags))
      case .want(let tags):
        step.toSend += try wanted(tags, in: entry.range)
      }
    }
  }

  private mutating func wait(_ item: Work) {
    guard work.count < limits.waiting else {
      hasForgotten = true
      return
    }
    work.append(item)
  }

  /// Only what was listed can be wanted, and no more than that is listed in one range.
  private func wanted(
    _ tags: [ItemTag], in range: KeyRange
  ) throws(NetworkError) -> [ReconciliationItem] {
    let ranks = set.ranks(in: range)
    guard ranks.count <= limits.listed else {
      throw .reconciliation("it wants items of a range that was never listed")
    }
    let asked = Set(tags)
    var found: [ReconciliationItem] = []
    set.forEach(in: ranks) { if asked.contains($0.tag) { found.append($0) } }
    guard found.count == tags.count else {
      throw .reconciliation("it wants items that were never listed, or one of them twice")
    }
    return found
  }

  // MARK: Answering

  private struct Draft {
    var entries: [ReconciliationMessage.Entry] = []
    var size = 1

    mutating func add(_ range: KeyRange, _ claim: ReconciliationMessage.Claim, tags: Int) {
      entries.append(ReconciliationMessage.Entry(range, claim))
      size += ReconciliationMessage.maximumSize(range, tags: tags)
    }
  }

  /// An upper bound of what one piece of work adds: sixteen ranges, or a list of 64.
  private static let largestAnswer = 1_600

  private mutating func perform(_ draft: inout Draft, _ step: inout Step) {
    while draft.size + Self.largestAnswer <= limits.frameBytes, step.toSend.count < limits.items,
      let next = work.popLast()
    {
      switch next {
      case .differing(let range): emit(range, to: &draft)
      case .listed(let range, let tags): compare(range, tags, &draft, &step)
      }
    }
  }

  private func emit(_ range: KeyRange, to draft: inout Draft) {
    let ranks = set.ranks(in: range)
    if ranks.count <= limits.listed {
      var tags: [ItemTag] = []
      set.forEach(in: ranks) { tags.append($0.tag) }
      draft.add(range, .list(tags), tags: tags.count)
      return
    }
    // Not more parts than give each half a list: the next turn lists them.
    let half = max(1, limits.listed / 2)
    let parts = min(limits.splits, max(2, (ranks.count + half - 1) / half))
    var lower = range.lower
    var start = ranks.lowerBound
    for part in 1...parts {
      let end = ranks.lowerBound + ranks.count * part / parts
      let upper =
        part == parts
        ? range.upper : set.item(at: end).key.shortest(above: set.item(at: end - 1).key)
      draft.add(
        KeyRange(lower: lower, upper: upper), .fingerprint(set.fingerprint(of: start..<end)),
        tags: 1)
      lower = upper ?? lower
      start = end
    }
  }

  private func compare(
    _ range: KeyRange, _ tags: [ItemTag], _ draft: inout Draft, _ step: inout Step
  ) {
    let ranks = set.ranks(in: range)
    guard ranks.count <= limits.compared else { return emit(range, to: &draft) }
    var theirs = Set(tags)
    set.forEach(in: ranks) { item in
      if theirs.remove(item.tag) == nil { step.toSend.append(item) }
    }
    if theirs.isEmpty { return }
    // In the order of the list, so that equal exchanges give equal bytes.
    let lacking = tags.filter { theirs.remove($0) != nil }
    step.lacking += lacking
    draft.add(range, .want(lacking), tags: lacking.count)
  }

  private mutating func checkProgress(
    _ message: ReconciliationMessage, _ step: Step
  ) throws(NetworkError) {
    let hasList = message.entries.contains {
      if case .list = $0.claim { true } else { false }
    }
    barren = hasList || !step.toSend.isEmpty || !step.lacking.isEmpty ? 0 : barren + 1
    guard barren <= limits.barrenMessages else {
      throw .reconciliation("\(barren) messages have brought nothing")
    }
  }
}
