package import Calls
import IO
import Primitives

// # Giving chunks
//
// One call of a peer names blobs and asks for their chunks. Two tasks work on it: one reads what
// the peer says into an `AskBook`, the other takes from there what to do next, reads it from the
// disk and writes it out. While one chunk goes out the next one is read; writing waits while the
// stream's window is full, so no more than two chunks of a call are in memory. Nor is more heard of
// the peer while a manifest waits to go out.
//
// Whether a peer may read a blob is asked once, when it names it. One that may not hears the same
// as of a blob that is not here.

/// Gives peers the chunks of blobs that they may read.
package final class ChunkService: FilesV1.ChunksService {
  package struct Limits: Sendable {
    /// Chunks asked for on one call that have not had their turn.
    package var asks = 4_096
    /// Blobs named on one call, and the chunks of all of them: those of one as large as can be.
    package var blobs = 16_384
    package var chunks = Manifest.chunkCount(of: Manifest.sizeLimit)
    /// Calls at a time, of one peer and of all together.
    package var callsPerPeer = 16
    package var calls = 256
    /// Blobs that are looked up together.
    package var openingsAtOnce = 64
    /// Chunks of the blobs that they name: two of the largest and eight, 32 bytes for each chunk.
    package var chunksPerPeer = 2 << 20
    package var allChunks = 8 << 20
    package var pieceBytes = 256 << 10
    package var requestBytes = 2 << 20
    package var holdingsPerReply = 1_024
    package init() {}
  }

  package typealias MayRead = @Sendable (Principal, BlobID) async -> Bool

  /// What one peer takes of the bounds.
  private struct Asking: Sendable {
    var calls = 0
    var chunks = 0
  }

  private let store: BlobStore
  private let limits: Limits
  private let mayRead: MayRead
  private let callers = Locked<[Principal: Asking]>([:])
  private let given = MetricRegistry.shared.counter(
    "apus_files_given_bytes", "Bytes of files given to other nodes.")
  private let log = Logger("Blobs")

  /// Nobody may read anything unless `mayRead` says so.
  package init(
    _ store: BlobStore, limits: Limits = Limits(),
    mayRead: @escaping MayRead = { _, _ in false }
  ) {
    self.store = store
    self.limits = limits
    self.mayRead = mayRead
  }

  /// Calls under way.
  package var openCalls: Int { callers.withLock { $0.values.reduce(0) { $0 + $1.calls } } }

  package func ask(
    _ requests: MessageReader<FilesV1.AskRequest>, _ replies: MessageWriter<FilesV1.AskReply>,
    _ context: CallContext
  ) async throws {
    guard let loop = EventLoop.current else { preconditionFailure("calls run on loops") }
    let asker = context.principal
    try enter(asker)
    let call = AskCall(limits)
    defer { leave(asker, call) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask(executorPreference: loop) { [self] in
        try await listen(to: requests, asker, call)
      }
      group.addTask(executorPreference: loop) { [self] in try await give(replies, call) }
      // Whichever fails takes the other one with it.
      while try await group.next() != nil {}
    }
  }

  private func enter(_ asker: Principal) throws(Status) {
    try callers.withLock { callers throws(Status) in
      let all = callers.values.reduce(0) { $0 + $1.calls }
      guard callers[asker]?.calls ?? 0 < limits.callsPerPeer, all < limits.calls else {
        throw Self.isBusy
      }
      callers[asker, default: Asking()].calls += 1
    }
  }

  /// Until the call is over.
  private func reserve(_ chunks: Int, _ asker: Principal, _ call: AskCall) throws(Status) {
    try callers.withLock { callers throws(Status) in
      let all = callers.values.reduce(0) { $0 + $1.chunks }
      guard callers[asker]?.chunks ?? 0 <= limits.chunksPerPeer - chunks,
        all <= limits.allChunks - chunks
      else { throw Self.isBusy }
      callers[asker]?.chunks += chunks
    }
    call.reserved.withLock { $0 += chunks }
  }

  private func leave(_ asker: Principal, _ call: AskCall) {
    let chunks = call.reserved.withLock { $0 }
    callers.withLock { callers in
      guard var asking = callers[asker] else { return }
      asking.calls -= 1
      asking.chunks -= chunks
      callers[asker] = asking.calls > 0 ? asking : nil
    }
  }

  private static let isBusy = Status(
    .resourceExhausted, "This node gives chunks on too many calls; ask another, or later.")

  // MARK: - Listening

  private func listen(
    to requests: MessageReader<FilesV1.AskRequest>, _ asker: Principal, _ call: AskCall
  ) async throws {
    var reading = WireReader.Limits()
    reading.size = limits.requestBytes
    while let request = try await requests.next(limits: reading) {
      let openings = request.openings
      for start in stride(from: 0, to: openings.count, by: limits.openingsAtOnce) {
        let end = min(start + limits.openingsAtOnce, openings.count)
        try await open(openings[start..<end], asker, call)
      }
      try call.book.withLock { book throws(Status) in
        book.withdraw(request.withdrawals)
        try book.ask(request.asks)
      }
      call.changes.announce()
    }
    call.book.withLock { $0.close() }
    call.changes.announce()
  }

  /// Looked up together, so that a folder of small files does not wait for the disk once each.
  private func open(
    _ openings: ArraySlice<FilesV1.Opening>, _ asker: Principal, _ call: AskCall
  ) async throws {
    // Or one large manifest would be read many times at once.
    guard Set(openings.map(\.blob)).count == openings.count else { throw AskBook.isNamedAlready }
    typealias Found = (Int, Manifest?, FilesV1.Holding)
    let found = try await withThrowingTaskGroup(of: Found.self) { group in
      for (place, opening) in zip(openings.indices, openings) {
        guard let digest = Digest(opening.blob) else {
          throw Status(
            .invalidArgument, "The name of a blob has 32 bytes, not \(opening.blob.count).")
        }
        group.addTask { [self] in
          let (manifest, holding) = try await holding(of: BlobID(digest), opening.first, asker)
          return (place, manifest, holding)
        }
      }
      var found: [Int: (Manifest?, FilesV1.Holding)] = [:]
      for try await (place, manifest, holding) in group { found[place] = (manifest, holding) }
      return found
    }
    let chunks = found.values.reduce(0) { $0 + ($1.0?.chunks.count ?? 0) }
    try reserve(chunks, asker, call)
    try call.book.withLock { book throws(Status) in
      for (place, opening) in zip(openings.indices, openings) {
        guard let (manifest, holding) = found[place] else { continue }
        try book.open(opening, manifest, holding)
      }
    }
    call.changes.announce()
    try await call.catchUp()
  }

  private func holding(
    of id: BlobID, _ first: UInt32, _ asker: Principal
  ) async throws -> (Manifest?, FilesV1.Holding) {
    var holding = FilesV1.Holding()
    holding.first = first
    holding.state = .none
    guard await mayRead(asker, id) else { return (nil, holding) }
    if let manifest = try await store.manifest(of: id) {
      holding.state = .whole
      holding.size = UInt64(manifest.size)
      return (manifest, holding)
    }
    guard let manifest = try await store.partial(of: id) else { return (nil, holding) }
    holding.state = .some
    holding.size = UInt64(manifest.size)
    holding.map = try await store.held(manifest.chunks).encoded
    return (manifest, holding)
  }

  // MARK: - Giving

  /// What is ready to go out.
  private enum Ready: Sendable {
    case answer(AskBook.Job)
    /// Without bytes the chunk is not there.
    case chunk(number: UInt32, [UInt8]?, serial: UInt64)
  }

  private func give(
    _ replies: MessageWriter<FilesV1.AskReply>, _ call: AskCall
  ) async throws {
    var current = try await prepare(call)
    while let ready = current {
      async let following = prepare(call)
      try await write(ready, to: replies, call)
      current = try await following
    }
  }

  /// Waits for something to do; nil when nothing will come any more.
  private func prepare(_ call: AskCall) async throws -> Ready? {
    guard let job = try await call.next() else { return nil }
    guard case .chunk(let number, let digest, let serial) = job else { return .answer(job) }
    guard let digest, !call.isWithdrawn(serial) else {
      return .chunk(number: number, nil, serial: serial)
    }
    do {
      return .chunk(number: number, try await store.raw(digest), serial: serial)
    } catch {
      log.warning(
        "a chunk could not be read for a peer", LogField("chunk", digest),
        LogField("why", String(describing: error)))
      return .chunk(number: number, nil, serial: serial)
    }
  }

  private func write(
    _ ready: Ready, to replies: MessageWriter<FilesV1.AskReply>, _ call: AskCall
  ) async throws {
    switch ready {
    case .answer(.holdings(let holdings)):
      try await replies.write(FilesV1.AskReply { $0.holdings = holdings })
    case .answer(.manifest(let first, let bytes)):
      try await write(bytes, of: .manifest, first, to: replies) { true }
    case .answer(.chunk): preconditionFailure("a chunk that was not read")
    case .chunk(let number, let bytes, let serial):
      defer { call.book.withLock { $0.done(serial) } }
      if call.isWithdrawn(serial) { return }
      guard let bytes else {
        return try await replies.write(FilesV1.AskReply { $0.gone = [number] })
      }
      try await write(bytes, of: .chunk, number, to: replies) { !call.isWithdrawn(serial) }
    }
  }

  private func write(
    _ bytes: [UInt8], of content: FilesV1.AskReply.Content, _ number: UInt32,
    to replies: MessageWriter<FilesV1.AskReply>, while isWanted: () -> Bool
  ) async throws {
    for start in stride(from: 0, to: bytes.count, by: limits.pieceBytes) where isWanted() {
      let end = min(start + limits.pieceBytes, bytes.count)
      try await replies.write(
        frame: Self.frame(bytes[start..<end], of: content, number, at: start))
      if content == .chunk { given.increment(by: end - start) }
    }
  }

  /// An `AskReply` with a piece in it, written by hand: the bytes are copied once.
  static func frame(
    _ piece: ArraySlice<UInt8>, of content: FilesV1.AskReply.Content, _ number: UInt32,
    at offset: Int
  ) -> [UInt8] {
    FrameWriter.frame(reserving: piece.count + 32) { writer in
      for (field, value): (UInt64, UInt64) in [
        (3, UInt64(content.rawValue)), (4, UInt64(number)), (5, UInt64(offset)),
      ] where value != 0 {
        writer.varint(field << 3)
        writer.varint(value)
      }
      writer.varint(6 << 3 | 2)
      writer.varint(UInt64(piece.count))
      writer.bytes.append(contentsOf: piece)
    }
  }
}

/// What the two tasks of a call share.
private final class AskCall: Sendable {
  let book: Locked<AskBook>
  /// Chunks that count against the bounds of the asker and of all.
  let reserved = Locked(0)
  let changes = Broadcast()

  init(_ limits: ChunkService.Limits) { book = Locked(AskBook(limits: limits)) }

  /// Until no manifest waits.
  func catchUp() async throws {
    while true {
      let gate = changes.next()
      if !book.withLock({ $0.isBehind }) { return }
      await gate.wait()
      try Task.checkCancellation()
    }
  }

  func isWithdrawn(_ serial: UInt64) -> Bool { book.withLock { $0.isWithdrawn(serial) } }

  func next() async throws -> AskBook.Job? {
    while true {
      let gate = changes.next()
      switch book.withLock({ $0.next() }) {
      case .job(let job):
        if case .manifest = job { changes.announce() }
        return job
      case .over: return nil
      case .nothing:
        await gate.wait()
        try Task.checkCancellation()
      }
    }
  }
}
