import Calls
import IO
import Primitives

/// One call to one source, as the tasks that work on it and the course share it.
final class SourceStream: Sendable {
  /// A whole chunk that nobody has looked at yet.
  struct Arrival: Sendable {
    var piece: Int
    var bytes: PageBuffer
  }

  /// What is to be said to the source.
  struct Words: Sendable {
    var asks: [UInt32] = []
    var withdrawals: [UInt32] = []
    var isEmpty: Bool { asks.isEmpty && withdrawals.isEmpty }
  }

  private struct State: Sendable {
    var inbox: SourceInbox
    var words = Words()
    var ending: FetchParting?
    var heardAt: Instant
    /// It owes what it has, or a manifest.
    var isAwaited = true
    var hasBrought = false
    /// Bytes of the manifest since then; nil before the first.
    var pace: (bytes: Int, since: Instant)?
  }

  let number: Int
  let node: NodeID
  let wantsManifest: Bool
  let firsts: [UInt32]
  /// One chunk is looked at and written while the next one comes, or as much of small ones.
  let arrivals = Handoff<Arrival>(limit: Manifest.chunkSize) { $0.bytes.count }
  let changes = Broadcast()
  private let state: Locked<State>
  private let clock: @Sendable () -> Instant

  init(
    _ number: Int, _ node: NodeID, opening firsts: [UInt32], wantsManifest: Bool,
    clock: @escaping @Sendable () -> Instant
  ) {
    self.clock = clock
    self.number = number
    self.node = node
    self.firsts = firsts
    self.wantsManifest = wantsManifest
    state = Locked(
      State(
        inbox: SourceInbox(opening: firsts, wantsManifest: wantsManifest), heardAt: clock()))
  }

  // MARK: - What the course wants

  func ask(_ pieces: [FetchPlan.Piece]) {
    state.withLock { state in
      for piece in pieces {
        state.inbox.ask(piece.number, length: piece.length)
        // Withdrawn before it was asked for: both would be said in the wrong order.
        if let place = state.words.withdrawals.firstIndex(of: piece.number) {
          state.words.withdrawals.remove(at: place)
        } else {
          state.words.asks.append(piece.number)
        }
      }
    }
  }

  func withdraw(_ pieces: [FetchPlan.Piece]) {
    state.withLock { state in
      for piece in pieces {
        state.inbox.withdraw(piece.number)
        if let place = state.words.asks.firstIndex(of: piece.number) {
          state.words.asks.remove(at: place)
        } else {
          state.words.withdrawals.append(piece.number)
        }
      }
    }
  }

  /// The first reason stands.
  func end(_ why: FetchParting) {
    state.withLock { if $0.ending == nil { $0.ending = why } }
    changes.announce()
  }

  // MARK: - What its tasks do

  var ending: FetchParting? { state.withLock { $0.ending } }
  var isOpen: Bool { state.withLock { $0.inbox.isOpen } }
  /// Whether a chunk came that was right.
  var hasBrought: Bool { state.withLock { $0.hasBrought } }

  func brought() { state.withLock { $0.hasBrought = true } }
  func isAwaited(_ isAwaited: Bool) { state.withLock { $0.isAwaited = isAwaited } }

  func takeWords() -> Words {
    state.withLock { state in
      defer { state.words = Words() }
      return state.words
    }
  }

  func hear(_ reply: FetchReply) throws(FetchFault) -> [SourceInbox.Event] {
    try state.withLock { state throws(FetchFault) in
      state.heardAt = clock()
      return try state.inbox.take(reply)
    }
  }

  /// Nothing has come for that long.
  func isQuiet(since pause: Duration, now: Instant) -> Bool {
    state.withLock { $0.heardAt.duration(to: now) >= pause }
  }

  /// More of the manifest has come. False when it was less than so many bytes a second.
  func keepsPace(_ bytes: Int, _ rate: Int, over span: Duration, now: Instant) -> Bool {
    state.withLock { state in
      let (come, since) = state.pace.map { ($0.bytes + bytes, $0.since) } ?? (0, now)
      let passed = since.duration(to: now)
      guard passed >= span else {
        state.pace = (come, since)
        return true
      }
      state.pace = (0, now)
      return Double(come) >= Double(rate) * passed.inSeconds
    }
  }

  /// It owes an answer, and has said nothing for that long.
  func isSilent(since patience: Duration, now: Instant) -> Bool {
    state.withLock { $0.isAwaited && $0.heardAt.duration(to: now) >= patience }
  }
}

/// Why a call to a source ends from this side.
enum FetchParting: Error, Sendable, Equatable {
  case fault(FetchFault)
  /// Nothing more is wanted of it.
  case notNeeded
  /// It has nothing of what is fetched.
  case hasNothing
  /// It had not all of it, and may have more by now.
  case mayHaveMore
  /// Others bring the manifest sooner.
  case tooSlow
}
