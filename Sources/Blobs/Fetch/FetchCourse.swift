import IO
import Primitives

/// One fetch, from the first question to the blob being in the store.
final class FetchCourse: Sendable {
  enum Wish: Sendable {
    case name(BlobID)
    case manifests([Manifest])
  }

  /// A chunk that is right.
  struct Checked: Sendable {
    var piece: Int
    var digest: Digest
    var bytes: PageBuffer
    var source: SourceStream
  }

  /// Somebody who wants it.
  struct Follower: Sendable {
    var progress: @Sendable (FetchProgress) -> Void
    var tap: FetchTap?
  }

  /// What came of one source.
  struct Tally: Sendable {
    /// The last call to it.
    var stream = 0
    var bytes: Int64 = 0
    var fault: FetchFault?
  }

  struct State: Sendable {
    /// Known, learned from a source, or nil so far.
    var manifests: [Manifest]?
    /// There once it is known what is missing.
    var plan: FetchPlan?
    var core: FetchCore?
    var failure: BlobError?
    /// Nothing more is wanted of any source.
    var isOver = false
    /// Calls to sources.
    var streams: [Int: SourceStream] = [:]
    var nextStream = 0
    /// Sources that have not been called yet, those that are, and all.
    var newNodes: [NodeID] = []
    var attended: Set<NodeID> = []
    var knownNodes: Set<NodeID> = []
    var manifestSources = 0
    /// Streams that are in the core.
    var joined: Set<Int> = []
    /// Lists of sources to which more may be added.
    var openLists = 0
    /// Nobody who is there has what is missing.
    var isStarved = false
    /// When a source brought something of use, or none could be blamed.
    var heardAt: Instant
    /// Since when a chunk is being written.
    var writingSince: Instant?
    /// Bytes of pieces that are right, and written.
    var brought: Int64 = 0
    var tallies: [NodeID: Tally] = [:]
    var meter = FetchMeter()
    var followers: [Int: Follower] = [:]
    var nextFollower = 0
  }

  let wish: Wish
  let ground: Fetcher.Ground
  let state: Locked<State>
  /// Nodes, manifests, ends of calls.
  let changes = Broadcast()
  /// The plan is made, or the course is over.
  let planned = Gate()
  let ended = Gate()
  /// From the sources to the one who writes.
  let checked: Handoff<Checked>

  static let givenUp = BlobError(
    .cancelled, "the fetch was given up; what has come stays, and is not fetched again")

  init(_ wish: Wish, _ ground: Fetcher.Ground) {
    self.wish = wish
    self.ground = ground
    state = Locked(State(heardAt: ground.clock()))
    checked = Handoff(limit: ground.limits.unwritten * Manifest.chunkSize) { $0.bytes.count }
    if case .manifests(let manifests) = wish { state.withLock { $0.manifests = manifests } }
  }

  /// Nil for several blobs at once.
  var id: BlobID? { if case .name(let id) = wish { id } else { nil } }

  // MARK: - Those who want it

  /// A number for `leave`; nil when it is being given up.
  func enter(_ follower: Follower) -> Int? {
    state.withLock { state in
      guard !state.isOver else { return nil }
      state.nextFollower += 1
      state.followers[state.nextFollower] = follower
      return state.nextFollower
    }
  }

  /// The number is for `FetchSources.leave`.
  func take(_ sources: FetchSources) -> Int {
    state.withLock { $0.openLists += 1 }
    return sources.follow { [self] news in
      state.withLock { state in
        switch news {
        case .node(let node):
          if state.knownNodes.insert(node).inserted { state.newNodes.append(node) }
        case .closed: state.openLists -= 1
        }
      }
      changes.announce()
    }
  }

  /// True when nobody is left, and the fetch ends.
  func leave(_ follower: Int) -> Bool {
    let isLast = state.withLock { state in
      state.followers[follower] = nil
      return state.followers.isEmpty
    }
    if isLast { fail(Self.givenUp) }
    return isLast
  }

  /// What came of it, once it has ended.
  func result() throws(BlobError) -> [Manifest] {
    let (manifests, failure) = state.withLock { ($0.manifests, $0.failure) }
    if let failure { throw failure }
    return manifests ?? []
  }

  // MARK: - The course

  func run() async {
    state.withLock { $0.heardAt = ground.clock() }
    let writer = BlobWriter(ground.store)
    await withDiscardingTaskGroup { group in
      group.addTask { await self.callSources() }
      group.addTask { await self.watch() }
      do throws(BlobError) {
        try await fetch(into: writer)
      } catch {
        fail(error)
      }
      finish()
      group.cancelAll()
    }
    await writer.close()
    tellProgress()
    ended.open()
  }

  private func fetch(into writer: BlobWriter) async throws(BlobError) {
    let manifests = try await manifests()
    // What is here already stays until all is.
    let plan = try FetchPlan(manifests, held: try await writer.found(manifests.flatMap(\.chunks)))
    if !plan.pieces.isEmpty {
      // One file in one piece has nothing to be resumed.
      if manifests.count > 1 || manifests[0].chunks.count > 1 { try await writer.begin(manifests) }
      begin(plan)
      try await write(to: writer)
    }
    if let failure = state.withLock({ $0.failure }) { throw failure }
    try await writer.seal(manifests)
  }

  /// Writes what the sources bring until all is there.
  private func write(to writer: BlobWriter) async throws(BlobError) {
    var waiting: Int64 = 0
    while let chunks = await checked.take(worth: Manifest.chunkSize) {
      state.withLock { $0.writingSince = ground.clock() }
      defer { written(chunks) }
      let missing = missing(chunks)
      // Small ones together: each look at the store takes as long as one at many.
      var small: [BlobWriter.Piece] = []
      for chunk in missing {
        waiting += Int64(chunk.bytes.count)
        if chunk.bytes.count <= ground.store.limits.rowBytes {
          small.append(BlobWriter.Piece(chunk.digest, chunk.bytes.array))
        } else {
          try await writer.keep(chunk.bytes, chunk.digest, isMissing: true)
        }
      }
      if !small.isEmpty { try await writer.keep(small) }
      if waiting >= ground.limits.checkpointBytes {
        try await writer.checkpoint()
        waiting = 0
      }
      for tap in state.withLock({ $0.followers.values.compactMap(\.tap) }) {
        for chunk in missing { tap.offer(chunk.digest, chunk.bytes) }
      }
      for chunk in missing { handle(.verified(source: chunk.source.number, piece: chunk.piece)) }
    }
    if Task.isCancelled { throw Self.givenUp }
  }

  /// Those that no other source was quicker with.
  private func missing(_ chunks: [Checked]) -> [Checked] {
    state.withLock { state in
      var seen: Set<Int> = []
      return chunks.filter { chunk in
        state.core?.isDone(chunk.piece) == false && seen.insert(chunk.piece).inserted
      }
    }
  }

  /// However it ended: their sources may bring more.
  private func written(_ chunks: [Checked]) {
    state.withLock { $0.writingSince = nil }
    for chunk in chunks {
      checked.done(chunk.bytes.count)
      chunk.source.arrivals.done(chunk.bytes.count)
    }
  }

  /// Waits for a source to send it, where it is not known.
  private func manifests() async throws(BlobError) -> [Manifest] {
    if case .name(let id) = wish {
      // Whole since it was wanted, begun with, or of no bytes, of which there is one blob.
      if let known = try await ground.store.map(of: id)?.0 {
        learn([known])
      } else if let empty = Manifest(size: 0, chunks: []), empty.id == id {
        learn([empty])
      }
    }
    while !Task.isCancelled {
      let gate = changes.next()
      let (manifests, failure) = state.withLock { ($0.manifests, $0.failure) }
      if let failure { throw failure }
      if let manifests { return manifests }
      await gate.wait()
    }
    throw Self.givenUp
  }

  func learn(_ manifests: [Manifest]) {
    state.withLock { state in
      if state.manifests == nil { state.manifests = manifests }
      state.heardAt = ground.clock()
    }
    changes.announce()
  }

  private func begin(_ plan: FetchPlan) {
    state.withLock { state in
      state.plan = plan
      state.core = FetchCore(
        lengths: plan.pieces.map(\.length), limits: ground.limits.core)
    }
    planned.open()
  }

  // MARK: - The end

  func fail(_ error: BlobError) {
    state.withLock { if $0.failure == nil, !$0.isOver { $0.failure = error } }
    finish()
  }

  /// Nothing more is asked for. What was checked is still written.
  private func finish() {
    let streams = state.withLock { state in
      state.isOver = true
      return Array(state.streams.values)
    }
    for stream in streams { stream.end(.notNeeded) }
    checked.close()
    planned.open()
    changes.announce()
  }

  /// All pieces are there.
  func complete() { finish() }
}
