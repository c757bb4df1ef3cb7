import Calls
import IO
import Primitives
import Security

// MARK: - The calls to the sources

extension FetchCourse {
  /// Calls every source that is named, until the fetch is over.
  func callSources() async {
    await withDiscardingTaskGroup { group in
      while !Task.isCancelled {
        let gate = changes.next()
        let (nodes, isOver) = state.withLock { state in
          let nodes = state.newNodes
          state.newNodes = []
          state.attended.formUnion(nodes)
          return (nodes, state.isOver)
        }
        if isOver { break }
        for node in nodes {
          group.addTask { [self] in
            await attend(to: node)
            state.withLock { _ = $0.attended.remove(node) }
            endIfHopeless()
          }
        }
        endIfHopeless()
        await gate.wait()
      }
      group.cancelAll()
    }
  }

  /// Calls a source, and calls it again when the call broke.
  private func attend(to node: NodeID) async {
    guard let loop = EventLoop.current else { preconditionFailure("fetches run on loops") }
    var failures = 0
    while failures < ground.limits.attempts, let wantsManifest = await turn() {
      let stream = open(node, wantsManifest: wantsManifest)
      var reason: any Error = FetchParting.notNeeded
      do { try await converse(on: stream) } catch { reason = error }
      close(stream)
      if state.withLock({ $0.isOver }) || Task.isCancelled { return }
      if case FetchParting.mayHaveMore = reason {
        failures = 0
        continue
      }
      guard mayPass(reason, node) else { return }
      failures = stream.hasBrought ? 1 : failures + 1
      // Cancelled at the end.
      try? await loop.sleep(for: ground.limits.pause * (1 << (failures - 1)))
    }
  }

  /// Whether calling it again may help.
  private func mayPass(_ reason: any Error, _ node: NodeID) -> Bool {
    switch reason {
    case FetchParting.fault(let fault):
      report(node, fault)
      return fault == .silent
    case let fault as FetchFault:
      report(node, fault)
      return false
    case is FetchParting: return false
    case let status as Status:
      return switch status.code {
      case .notFound, .permissionDenied, .unauthenticated, .unimplemented, .invalidArgument: false
      default: true
      }
    default: return true
    }
  }

  private func report(_ node: NodeID, _ fault: FetchFault) {
    state.withLock { $0.tallies[node, default: FetchCourse.Tally()].fault = fault }
    ground.report(node, fault)
  }

  /// Waits until this source is of use: to send the manifest, which only some are asked for, or
  /// chunks. Nil at the end.
  private func turn() async -> Bool? {
    while !Task.isCancelled {
      let gate = changes.next()
      let (answer, isOver) = state.withLock { state -> (Bool?, Bool) in
        if state.isOver { return (nil, true) }
        if state.manifests != nil { return (false, false) }
        guard state.manifestSources < ground.limits.manifestSources else { return (nil, false) }
        state.manifestSources += 1
        return (true, false)
      }
      if isOver { return nil }
      if answer == false { await planned.wait() }
      if let answer { return answer }
      await gate.wait()
    }
    return nil
  }

  private func open(_ node: NodeID, wantsManifest: Bool) -> SourceStream {
    state.withLock { state in
      state.nextStream += 1
      let stream = SourceStream(
        state.nextStream, node, opening: state.plan?.firsts ?? [0], wantsManifest: wantsManifest,
        clock: ground.clock)
      state.streams[stream.number] = stream
      state.tallies[node, default: FetchCourse.Tally()].stream = stream.number
      if state.isOver { stream.end(.notNeeded) }
      return stream
    }
  }

  private func close(_ stream: SourceStream) {
    handle(.left(source: stream.number))
    state.withLock { state in
      state.streams[stream.number] = nil
      if stream.wantsManifest { state.manifestSources -= 1 }
    }
    changes.announce()
  }

  /// Returns never; throws why the call is over.
  private func converse(on stream: SourceStream) async throws {
    let caller = try ground.caller(stream.node)
    try await caller.bidirectional(FilesV1.ChunksMethods.ask, CallOptions()) {
      (conversation: Conversation<FilesV1.AskRequest, FetchReply>) in
      guard let loop = EventLoop.current else { preconditionFailure("calls run on loops") }
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask(executorPreference: loop) { [self] in
          try await speak(conversation.requests, on: stream, loop)
        }
        group.addTask(executorPreference: loop) { [self] in
          try await listen(to: conversation.replies, stream)
        }
        group.addTask(executorPreference: loop) { [self] in try await check(stream) }
        defer { group.cancelAll() }
        try await group.next()
      }
      throw FetchParting.notNeeded
    }
  }

  // MARK: - Speaking

  private func speak(
    _ requests: MessageWriter<FilesV1.AskRequest>, on stream: SourceStream, _ loop: EventLoop
  ) async throws {
    try await requests.write(FilesV1.AskRequest { $0.openings = openings(of: stream) })
    while true {
      let gate = stream.changes.next()
      if let ending = stream.ending { throw ending }
      let words = stream.takeWords()
      if !words.isEmpty {
        try await requests.write(
          FilesV1.AskRequest {
            $0.asks = words.asks
            $0.withdrawals = words.withdrawals
          })
        continue
      }
      let patience = min(ground.limits.core.patience, ground.limits.signOfLife)
      let began = loop.now
      let timer = loop.schedule(after: patience) { stream.changes.announce() }
      await gate.wait()
      loop.cancel(timer)
      try Task.checkCancellation()
      let now = ground.clock()
      if stream.isSilent(since: ground.limits.core.patience, now: now) {
        throw FetchFault.silent
      }
      if began.duration(to: now) >= ground.limits.signOfLife {
        try await requests.write(FilesV1.AskRequest())
      }
    }
  }

  private func openings(of stream: SourceStream) -> [FilesV1.Opening] {
    let ids =
      state.withLock { $0.plan?.manifests.map(\.id) } ?? id.map { [$0] } ?? []
    return zip(ids, stream.firsts).map { id, first in
      FilesV1.Opening {
        $0.blob = id.bytes
        $0.first = first
        $0.wantsManifest = stream.wantsManifest
      }
    }
  }

  // MARK: - Listening

  private func listen(
    to replies: MessageReader<FetchReply>, _ stream: SourceStream
  ) async throws {
    var maps = HeldMaps()
    while let reply = try await replies.next() {
      for event in try stream.hear(reply) {
        switch event {
        case .holding(let blob, let holding):
          try maps.take(holding, of: blob, state.withLock { $0.plan })
        case .manifestPart(let bytes): try comes(bytes, from: stream)
        case .manifest(let bytes): try await learn(bytes, from: stream)
        case .part(let bytes):
          ground.received.increment(by: bytes)
          handle(.received(source: stream.number, bytes: bytes))
        case .chunk(let number, let bytes): await arrived(number, bytes, stream)
        case .gone(let number):
          if let piece = state.withLock({ $0.plan?.piece(of: number) }) {
            handle(.refused(source: stream.number, piece: piece))
          }
        }
      }
      try join(stream, &maps)
    }
    // The status says why.
    throw Status(.unavailable, "The source has ended the call.")
  }

  /// A part of a manifest: a long one takes its time, and whoever trickles it makes way.
  private func comes(_ bytes: Int, from stream: SourceStream) throws {
    let (now, limits) = (ground.clock(), ground.limits)
    guard stream.keepsPace(bytes, limits.manifestRate, over: limits.core.patience, now: now) else {
      throw FetchParting.tooSlow
    }
    state.withLock { $0.heardAt = now }
  }

  private func learn(_ bytes: [UInt8], from stream: SourceStream) async throws {
    guard let id else { throw FetchFault.unasked }
    do throws(BlobError) {
      learn([try Manifest(decoding: bytes, of: id)])
    } catch {
      throw FetchFault.wrongManifest(id)
    }
    stream.isAwaited(false)
    await planned.wait()
    try Task.checkCancellation()
  }

  /// Once all is known that it takes to ask the source for chunks.
  private func join(_ stream: SourceStream, _ maps: inout HeldMaps) throws {
    guard stream.isOpen, !maps.isJoined else { return }
    if maps.isEmpty { throw FetchParting.hasNothing }
    guard let plan = state.withLock({ $0.plan }) else { return }
    maps.isJoined = true
    let has = plan.pieces(in: try maps.finish(plan))
    stream.isAwaited(false)
    handle(.joined(source: stream.number, has: has))
  }

  /// Waits for the chunk before it to be written: no source brings more that a crash would lose.
  private func arrived(_ number: UInt32, _ bytes: PageBuffer, _ stream: SourceStream) async {
    let piece = state.withLock { state -> Int? in
      guard let piece = state.plan?.piece(of: number), state.core?.isDone(piece) == false else {
        return nil
      }
      return piece
    }
    // Another source was quicker.
    guard let piece else { return }
    await stream.arrivals.put(SourceStream.Arrival(piece: piece, bytes: bytes))
  }

  // MARK: - Looking at what came

  /// Off the loop, unless going there takes longer.
  private func hash(_ bytes: PageBuffer) async throws -> Digest {
    if bytes.count <= Self.hashedAtOnce { return Digest.sha256(of: bytes) }
    return try await BlockingPool.shared.run { Digest.sha256(of: bytes) }
  }

  private static let hashedAtOnce = 16 << 10

  private func check(_ stream: SourceStream) async throws {
    while let arrival = await stream.arrivals.take() {
      guard let wanted = state.withLock({ $0.plan?.pieces[arrival.piece] }) else { return }
      let digest = try await hash(arrival.bytes)
      guard digest == wanted.digest else {
        handle(.wrong(source: stream.number, piece: arrival.piece))
        throw FetchFault.wrongChunk(wanted.digest)
      }
      let chunk = Checked(
        piece: arrival.piece, digest: digest, bytes: arrival.bytes, source: stream)
      guard await checked.put(chunk) else { return }
    }
  }
}

/// What a source has of the blobs, as it says one by one.
private struct HeldMaps {
  var isJoined = false
  private var maps: [ChunkMap] = []
  /// Before the manifest is known there is one blob alone.
  private var unread: FetchHolding?
  private var isNothing = true

  /// It has nothing at all.
  var isEmpty: Bool { isNothing }

  mutating func take(
    _ holding: FetchHolding, of blob: Int, _ plan: FetchPlan?
  ) throws(FetchFault) {
    if holding.state != .none { isNothing = false }
    if let plan {
      maps.append(try plan.check(holding, of: blob))
    } else {
      unread = holding
    }
  }

  mutating func finish(_ plan: FetchPlan) throws(FetchFault) -> [ChunkMap] {
    if let unread { maps = [try plan.check(unread, of: 0)] }
    unread = nil
    return maps
  }
}
