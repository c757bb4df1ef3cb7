import CNGHTTP2
import IO
import Primitives

// # An HTTP/2 session
//
// nghttp2 decides (framing, header compression, flow control, the states of RFC 9113); this
// shell moves bytes between it and a `Transport`, and events between it and `FrameStream`s.
//
// Reading: one task reads, feeds nghttp2, then lets the role act on what arrived (start
// handlers), then flushes: the answers to everything in one read leave in one write.
// Writing: `flush` gathers frames into a lent buffer and offers it. What does not fit waits in
// `pending` until the transport is writable; meanwhile nghttp2 is not asked for more, which
// holds the streams' bodies back. Everybody else calls `flushSoon`, which flushes once at the
// end of the loop's turn.

/// Guard: confinement to `loop`.
final class FrameSession: @unchecked Sendable {
  enum Role { case server, client }

  /// What the two roles do differently.
  protocol Delegate: AnyObject {
    /// A stream whose HEADERS begin; nil refuses it.
    func streamBegins(_ session: FrameSession, id: Int32) -> FrameStream?
    func streamEnded(_ stream: FrameStream)
    func goingAway(lastStream: Int32)
    /// What `isRoomWanted` asked for is there.
    func roomAgain()
  }

  let role: Role
  let transport: any Transport
  let limits: ServerLimits
  let tasks: TaskSet
  /// The connection that owns this session and outlives it.
  unowned(unsafe) var delegate: (any Delegate)?
  let loop: EventLoop
  /// Each knows its place, so that leaving costs no search.
  private var open: [FrameStream] = []
  var openStreams: Int { open.count }
  /// When bytes last moved in either direction.
  private(set) var lastProgress: Instant
  /// When bytes last came.
  private(set) var lastArrival: Instant
  /// When the other side last took bytes.
  private(set) var lastTaken: Instant
  /// True once the session can carry nothing more.
  private(set) var isOver = false
  /// Of all streams: what waits to be sent, and what handlers keep of requests.
  var queuedBytes = 0
  var keptBytes = 0
  /// Bytes that came and that nobody has taken.
  private(set) var unreadBytes = 0
  private var readAgain: Wakeup?
  /// Somebody wants to hear of `hasRoom`.
  var isRoomWanted = false

  private(set) var handle: OpaquePointer?
  private let memory: FrameMemory
  /// Behind a pointer, where every field of every head is not checked for exclusive access.
  private let assembly: UnsafeMutablePointer<HeadAssembly>
  private var pending: [UInt8] = []
  private var pendingOffset = 0
  private var output: UnsafeMutableRawBufferPointer?
  private var outputCount = 0
  private var isOutputFull = false
  /// Somebody flushes in a moment anyway.
  private var isFlushComing = false
  private var isFlushScheduled = false
  private var isWaitingToWrite = false
  /// Closes the transport when the goodbye takes too long.
  private var goodbye: TimerToken?
  private var flood: FloodGuard
  private var fault: MessageError?

  init(role: Role, transport: any Transport, limits: ServerLimits) throws(MessageError) {
    self.role = role
    self.transport = transport
    loop = transport.loop
    self.limits = limits
    tasks = TaskSet(on: transport.loop)
    memory = FrameMemory(on: transport.loop)
    lastProgress = transport.loop.now
    lastArrival = lastProgress
    lastTaken = lastProgress
    assembly = .allocate(capacity: 1)
    assembly.initialize(to: HeadAssembly(limits: limits))
    flood = FloodGuard(limit: limits.floodFrames, window: limits.floodWindow)
    handle = try FrameCallbacks.makeSession(
      role: role, limits: limits, memory: memory, owner: self)
    submitSettings()
  }

  deinit {
    memory.prepareToEnd()
    nghttp2_session_del(handle)
    assembly.deinitialize(count: 1)
    assembly.deallocate()
  }

  /// Output that the other side does not take.
  var isBlocked: Bool { pendingOffset < pending.count }

  // MARK: - Reading

  /// Reads until the connection ends. Throws what broke it; a clean end returns.
  func run(received: [UInt8], afterEachRead: () -> Void) async throws {
    flush()
    if !received.isEmpty {
      try received.withUnsafeBytes { try feed($0) }
      act(afterEachRead)
    }
    while !isOver {
      if unreadBytes >= limits.unreadBytes {
        await waitToRead()
        continue
      }
      let isOpen = try await transport.read { if !isOver { try feed($0) } }
      if !isOpen || isOver { break }
      act(afterEachRead)
    }
  }

  private func waitToRead() async {
    let wakeup = readAgain ?? Wakeup()
    readAgain = wakeup
    // Whatever ends the session takes what is unread.
    await wakeup.wait()
    // What was not read is no silence of the other side's.
    lastArrival = loop.now
  }

  /// False while the other side's bytes are left where they are.
  var isReading: Bool { unreadBytes < limits.unreadBytes }

  func arrived(_ count: Int) { unreadBytes += count }

  func taken(_ count: Int) {
    let wasReading = isReading
    unreadBytes -= count
    if !wasReading && isReading { readAgain?.raise() }
  }

  private func act(_ body: () -> Void) {
    isFlushComing = true
    body()
    isFlushComing = false
    flush()
  }

  private func feed(_ bytes: UnsafeRawBufferPointer) throws {
    lastProgress = loop.now
    lastArrival = lastProgress
    isFlushComing = true
    defer { isFlushComing = false }
    let base = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
    let count = nghttp2_session_mem_recv(handle, base, bytes.count)
    if let fault {
      terminate(NGHTTP2_ENHANCE_YOUR_CALM)
      flush()
      throw fault
    }
    guard count >= 0 else {
      // Fatal errors of nghttp2 are about too much of something, or about another protocol.
      if count != NGHTTP2_ERR_BAD_CLIENT_MAGIC.rawValue { terminate(NGHTTP2_ENHANCE_YOUR_CALM) }
      flush()
      throw MessageError(
        .malformed, "the bytes are no HTTP/2: \(String(cString: nghttp2_strerror(Int32(count))))")
    }
  }

  // MARK: - Writing

  /// Sends what is queued, at the end of this turn at the latest.
  func flushSoon() {
    guard !isFlushComing, !isFlushScheduled, !isWaitingToWrite else { return }
    isFlushScheduled = true
    loop.onTurnEnd { [self] in
      isFlushScheduled = false
      flush()
    }
  }

  func flush() {
    guard !isOver, !isWaitingToWrite else { return }
    do throws(SystemError) {
      try offerPending()
      while !isBlocked {
        guard try gatherAndOffer() else { break }
      }
    } catch {
      end()
      return
    }
    if isRoomWanted && queuedBytes <= limits.connectionAnswerBytes / 2 {
      isRoomWanted = false
      delegate?.roomAgain()
    }
    if isBlocked {
      waitToWrite()
    } else if nghttp2_session_want_read(handle) == 0 && nghttp2_session_want_write(handle) == 0 {
      sayGoodbye()
    }
  }

  private func offerPending() throws(SystemError) {
    while isBlocked {
      let taken = try offer(pending, from: pendingOffset)
      if taken == 0 { return }
      lastProgress = loop.now
      lastTaken = loop.now
      pendingOffset += taken
    }
    pending = []
    pendingOffset = 0
  }

  private func offer(_ bytes: [UInt8], from start: Int) throws(SystemError) -> Int {
    let outcome: Result<Int, SystemError> = bytes.withUnsafeBytes { buffer in
      Result { () throws(SystemError) in
        try transport.offer(UnsafeRawBufferPointer(rebasing: buffer[start...]))
      }
    }
    return try outcome.get()
  }

  /// False when nothing is left to send.
  private func gatherAndOffer() throws(SystemError) -> Bool {
    try loop.withScratch { scratch throws(SystemError) in
      output = scratch
      outputCount = 0
      isOutputFull = false
      let status = nghttp2_session_send(handle)
      output = nil
      guard status == 0 else {
        throw SystemError(.closed, "HTTP/2: \(String(cString: nghttp2_strerror(status)))")
      }
      if outputCount == 0 { return false }
      lastProgress = loop.now
      let bytes = UnsafeRawBufferPointer(rebasing: scratch[0..<outputCount])
      var start = 0
      while start < bytes.count {
        let taken = try transport.offer(UnsafeRawBufferPointer(rebasing: bytes[start...]))
        if taken == 0 { break }
        start += taken
      }
      if start < bytes.count {
        pending = Array(bytes[start...])
        pendingOffset = 0
      }
      return isOutputFull
    }
  }

  private func waitToWrite() {
    isWaitingToWrite = true
    tasks.start { [self] in
      do throws(SystemError) {
        try await transport.writable()
        isWaitingToWrite = false
        flush()
      } catch {
        isWaitingToWrite = false
        end()
      }
    }
  }

  /// Ends everything at once: the transport, and every stream with it.
  func end() {
    isOver = true
    transport.close()
    readAgain?.raise()
  }

  /// Nothing more is sent than what the transport has taken.
  private func sayGoodbye() {
    isOver = true
    guard goodbye == nil else { return }
    goodbye = loop.schedule(after: limits.lingerTimeout) { [transport] in transport.close() }
    tasks.start { [transport] in
      // The other side may be gone already; there is nobody left to tell.
      try? await transport.finish()
    }
  }

  /// After `run`: closes the transport. Reads on until the other side has closed too, for a
  /// moment: closing with unread bytes would reset the connection, and the reset could overtake
  /// what was sent last.
  func close() async {
    isOver = true
    if !isWaitingToWrite {
      sayGoodbye()
      // Any error says that nobody is there any more.
      while (try? await transport.read { _ in }) == true {}
    }
    transport.close()
    if let goodbye { loop.cancel(goodbye) }
  }

  // MARK: - Called by the C callbacks

  /// Room for `count` more bytes of output, nil when the lent buffer is full.
  func reserveOutput(_ count: Int) -> UnsafeMutableRawPointer? {
    guard let output, let base = output.baseAddress, outputCount + count <= output.count else {
      isOutputFull = true
      return nil
    }
    defer { outputCount += count }
    return base + outputCount
  }

  func beginHeaders(_ id: Int32, opensStream: Bool) -> Int32 {
    assembly.pointee.begin()
    flood.earn()
    guard opensStream && role == .server else { return 0 }
    guard let stream = delegate?.streamBegins(self, id: id) else {
      // Nothing was done for it: the client may try elsewhere.
      nghttp2_submit_rst_stream(
        handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, NGHTTP2_REFUSED_STREAM.rawValue)
      return 0
    }
    stream.id = id
    adopt(stream)
    shareFairly(id)
    return 0
  }

  func field(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) -> Int32 {
    if assembly.pointee.receive(name: name, value: value) { return 0 }
    countCheapFrame()
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue
  }

  func endHeaders(_ id: Int32, endsStream: Bool) {
    withStream(id) { stream in
      stream.receivedHeaders(&assembly.pointee)
      if endsStream { stream.receiveEnd() }
    }
  }

  /// Lends the stream of that number, if it is open.
  @discardableResult
  func withStream<Result>(_ id: Int32, _ body: (FrameStream) -> Result) -> Result? {
    guard let raw = nghttp2_session_get_stream_user_data(handle, id) else { return nil }
    return Unmanaged<FrameStream>.fromOpaque(raw)._withUnsafeGuaranteedRef(body)
  }

  func streamClosed(_ id: Int32, _ code: UInt32) {
    guard let raw = nghttp2_session_get_stream_user_data(handle, id) else { return }
    release(Unmanaged<FrameStream>.fromOpaque(raw).takeUnretainedValue(), code)
    // A client that makes us reset is no better than one that resets (CVE-2025-8671).
    if code != 0 && role == .server && Self.faults.contains(code) { countCheapFrame() }
  }

  private static let faults = [
    NGHTTP2_PROTOCOL_ERROR, NGHTTP2_FLOW_CONTROL_ERROR, NGHTTP2_STREAM_CLOSED,
  ].map(\.rawValue)

  /// Without a code the connection was lost.
  private func release(_ stream: FrameStream, _ code: UInt32?) {
    nghttp2_session_set_stream_user_data(handle, stream.id, nil)
    leave(stream)
    stream.close(errorCode: code)
    stream.settleIncoming()
    delegate?.streamEnded(stream)
  }

  private func leave(_ stream: FrameStream) {
    let last = open.removeLast()
    if last === stream { return }
    last.place = stream.place
    open[stream.place] = last
  }

  /// A frame that is cheap to send and costly to take.
  func countCheapFrame() {
    guard !flood.admit(now: loop.now), fault == nil else { return }
    fault = MessageError(
      .tooLarge, "the other side floods the connection with frames that carry nothing")
  }

  /// A frame of which the other side may send some for what is carried.
  func countDueFrame() { if !flood.spend() { countCheapFrame() } }

  /// Part of a body left for the lent buffer.
  func sentBody(_ count: Int) {
    queuedBytes -= count
    flood.earn()
  }

  // MARK: - Streams

  /// Keeps the stream until nghttp2 closes it.
  func adopt(_ stream: FrameStream) {
    stream.place = open.count
    open.append(stream)
    nghttp2_session_set_stream_user_data(
      handle, stream.id, Unmanaged.passUnretained(stream).toOpaque())
  }

  /// The streams nghttp2 will not close any more, because the connection is gone. Those whose
  /// HEADERS still wait to be sent it does not even find by their number.
  func abandonStreams() {
    isOver = true
    for stream in open where !stream.isClosed {
      // A request that nghttp2 still held back never left.
      let isHeld = nghttp2_session_get_stream_user_data(handle, stream.id) == nil
      release(stream, isHeld ? NGHTTP2_REFUSED_STREAM.rawValue : nil)
    }
  }

  func forEachStream(_ body: (FrameStream) -> Void) {
    for stream in open { body(stream) }
  }
}
