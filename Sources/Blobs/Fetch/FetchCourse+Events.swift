import IO
import Mesh
import Primitives

// MARK: - What happens, and what follows from it

extension FetchCourse {
  func handle(_ event: FetchEvent) {
    let (changed, isDone) = state.withLock { $0.handle(event, now: ground.clock()) }
    for stream in changed { stream.changes.announce() }
    if isDone { complete() }
  }

  /// Looks at the clock, and tells whoever waits how far it is.
  func watch() async {
    guard let loop = EventLoop.current else { preconditionFailure("fetches run on loops") }
    var toldAt = ground.clock()
    while !Task.isCancelled {
      // Cancelled at the end.
      try? await loop.sleep(for: ground.limits.tick)
      let now = ground.clock()
      if isBehind(now) {
        // No source can be blamed meanwhile.
        state.withLock { $0.heardAt = now }
      } else if state.withLock({ $0.core?.nextWake.map { $0 <= now } ?? false }) {
        handle(.wake)
      }
      endIfHopeless()
      for stream in spent(now) { stream.end(.mayHaveMore) }
      if toldAt.duration(to: now) >= ground.limits.progress {
        tellProgress()
        toldAt = now
      }
    }
  }

  /// Whether the disk is.
  private func isBehind(_ now: Instant) -> Bool {
    if checked.isFull { return true }
    let since = state.withLock { $0.writingSince }
    return since.map { $0.duration(to: now) > ground.limits.tick } ?? false
  }

  /// Sources that had not all and are of no use now, each for a while.
  private func spent(_ now: Instant) -> [SourceStream] {
    state.withLock { state in
      guard !state.isOver, let core = state.core else { return [] }
      return state.joined.compactMap { state.streams[$0] }.filter { stream in
        core.isSpent(stream.number) && stream.isQuiet(since: ground.limits.again, now: now)
      }
    }
  }

  /// Nobody has what is missing, and nobody else will come.
  func endIfHopeless() {
    let error = state.withLock { state -> BlobError? in
      guard !state.isOver, state.isHopeless(after: ground.limits.hope, now: ground.clock()) else {
        return nil
      }
      return state.notFound(id)
    }
    if let error { fail(error) }
  }

  func tellProgress() {
    let (progress, followers) = state.withLock { state in
      (state.progress(now: ground.clock(), ground.path), Array(state.followers.values))
    }
    for follower in followers { follower.progress(progress) }
  }
}

extension FetchCourse.State {
  /// The streams that have something new to say, and whether all is done.
  fileprivate mutating func handle(
    _ event: FetchEvent, now: Instant
  ) -> ([SourceStream], isDone: Bool) {
    var changed: [SourceStream] = []
    var isDone = false
    switch event {
    case .received: heardAt = now
    case .left(let source): joined.remove(source)
    case .joined(let source, _): joined.insert(source)
    case .verified(let source, let piece): verified(piece, by: source)
    case .wrong, .refused, .wake: break
    }
    for action in core?.handle(event, now: now) ?? [] {
      switch action {
      case .ask(let source, let pieces):
        isStarved = false
        changed += say(to: source, pieces) { $0.ask($1) }
      case .withdraw(let source, let pieces): changed += say(to: source, pieces) { $0.withdraw($1) }
      case .drop(let source, let reason):
        joined.remove(source)
        streams[source]?.end(parting(for: reason))
      case .starved: isStarved = true
      case .finished: isDone = true
      }
    }
    return (changed, isDone)
  }

  /// Each piece counts once, whoever brings it again.
  private mutating func verified(_ piece: Int, by source: Int) {
    guard let plan, let core, !core.isDone(piece) else { return }
    let length = Int64(plan.pieces[piece].length)
    brought += length
    guard let stream = streams[source] else { return }
    stream.brought()
    tallies[stream.node]?.bytes += length
  }

  private func say(
    to source: Int, _ pieces: [Int], _ body: (SourceStream, [FetchPlan.Piece]) -> Void
  ) -> [SourceStream] {
    guard let stream = streams[source], let plan else { return [] }
    body(stream, pieces.map { plan.pieces[$0] })
    return [stream]
  }

  private func parting(for reason: FetchAction.Reason) -> FetchParting {
    switch reason {
    case .wrong(let piece): plan.map { .fault(.wrongChunk($0.pieces[piece].digest)) } ?? .notNeeded
    case .silent: .fault(.silent)
    case .notNeeded: .notNeeded
    }
  }

  fileprivate func isHopeless(after hope: Duration, now: Instant) -> Bool {
    if heardAt.duration(to: now) >= hope { return true }
    guard openLists == 0, newNodes.isEmpty else { return false }
    if attended.isEmpty { return true }
    return isStarved && joined.count == attended.count
  }

  fileprivate func notFound(_ id: BlobID?) -> BlobError {
    let what = id.map { "the file \($0.short)" } ?? "these files"
    guard let plan else {
      return BlobError(
        .notFound, "no node that can be reached has \(what), or none that would give it to this one"
      )
    }
    let missing = plan.size - plan.found - brought
    return BlobError(
      .notFound,
      "nobody who can be reached has the \(missing) bytes of \(what) that are missing; what has "
        + "come stays, so fetch it again when more nodes are there")
  }

  fileprivate mutating func progress(
    now: Instant, _ path: (NodeID) -> PathKind?
  ) -> FetchProgress {
    var progress = FetchProgress()
    progress.size = plan?.size ?? manifests?.reduce(0) { $0 + $1.size }
    progress.found = plan?.found ?? 0
    progress.bytes = progress.found + brought
    progress.rate = meter.look(brought, now: now)
    progress.sources = tallies.sorted { $0.value.stream < $1.value.stream }.map { node, tally in
      FetchProgress.Source(
        node: node, rate: core?.rate(of: tally.stream), path: path(node), bytes: tally.bytes,
        isCalled: streams[tally.stream] != nil, fault: tally.fault)
    }
    return progress
  }
}
