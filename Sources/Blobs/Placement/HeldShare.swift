import Primitives

/// One share as its holder sees it.
///
///     lacking --asked to keep--> waiting --turn--> fetching --fetched--> whole
///        ^---------------failed, withdrawn, let go, lost-------------------'
struct HeldShare: Sendable {
  enum Own: Sendable, Hashable { case lacking, waiting, fetching, whole }

  /// What is known of another node's copy.
  enum Other: Sendable, Hashable {
    /// Somebody else says so.
    case claimed
    /// It said that it is getting it; nothing is expected any more after that time.
    case fetching(until: Instant)
    case whole
  }

  enum Question: Sendable, Hashable { case keep, tell }

  struct Ask: Sendable {
    var question: Question
    var deadline: Instant
    var attempts = 1
  }

  /// This node is letting go of its copy.
  struct LetGo: Sendable {
    var began: Instant
    var promised: Set<NodeID> = []
  }

  var signed: SignedShare
  var own = Own.lacking
  var isPinned = false
  var others: [NodeID: Other] = [:]
  var asks: [NodeID: Ask] = [:]
  /// Who wants to hear when the copy here is whole.
  var askers: Set<NodeID> = []
  /// The best nodes for it, in order; nil when that has to be worked out anew.
  var ranking: [NodeID]?
  /// What a node must undercut to come into `ranking`.
  var edge = Double.infinity
  /// To whom this node said that it has a copy.
  var reportedTo: NodeID?
  /// The holders that were told to the others.
  var announced: Set<NodeID> = []
  var checkAt: Instant
  var listedUntil: WallTime?
  var markedUntil: WallTime?
  var listTryAt: Instant?
  /// The version whose lines may still be in the index.
  var replaced: Share?
  var markTryAt: Instant?
  var promisedUntil: Instant?
  var letGo: LetGo?
  var letGoNotBefore: Instant?
  /// When somebody was last told that it may let go.
  var releasedAt: Instant?
  var fetchFailures = 0
  var retryAt: Instant?
  var forgottenAt: WallTime?
  /// On leaving: enough others have it.
  var isHandedOver = false
  var due: Instant
  /// For when it is in the queue; nil when it is not.
  var queuedFor: Instant?

  init(_ signed: SignedShare, due: Instant) {
    self.signed = signed
    checkAt = due
    self.due = due
  }

  var share: Share { signed.share }
  var key: ShareKey { signed.key }
  var name: PlacementMessage.Name { PlacementMessage.Name(signed.key, version: signed.version) }

  var shelved: ShelvedShare {
    var shelved = ShelvedShare(signed, hasCopy: own == .whole)
    shelved.isPinned = isPinned
    shelved.listedUntil = listedUntil
    shelved.markedUntil = markedUntil
    shelved.forgottenAt = forgottenAt
    shelved.holders = wholeOthers
    return shelved
  }

  /// In the order of their ids.
  var wholeOthers: [NodeID] { others.filter { $0.value == .whole }.keys.sorted() }

  /// Soon enough for `time`.
  mutating func wake(at time: Instant) { due = min(due, time) }
}
