/// The outgoing bytes of one lane, in the form in which they travel, until the other side has
/// read them. They are copied once, when the lane takes them; a carrier takes them from here.
///
/// Chunks hold whole frames one after another: data frames, a last `end`, and now and then an
/// `ack` that rides along (sent again it says nothing new). The cursor is where the present
/// carrier goes on.
struct ReplayQueue {
  /// Guard: owned by one queue, or spare there.
  private final class Chunk {
    let bytes: UnsafeMutableRawBufferPointer
    /// Filled up to here.
    var count = 0
    /// The lane's offset behind the last frame.
    var end: UInt64 = 0

    init(_ capacity: Int) {
      bytes = .allocate(byteCount: capacity, alignment: capacity >= 4096 ? 4096 : 16)
    }

    deinit { bytes.deallocate() }

    var room: Int { bytes.count - count }

    func head(at position: Int) -> LinkFrame.Head {
      LinkFrame.Head(written: UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped) + position)
    }

    func write(_ head: LinkFrame.Head, at position: Int) {
      head.write(to: bytes.baseAddress.unsafelyUnwrapped + position)
    }

    func append(_ head: LinkFrame.Head) {
      write(head, at: count)
      count += LinkFrame.headBytes
    }
  }

  private static let smallChunk = 2 << 10
  /// As much as a session gives at once fits, and leaves in one piece.
  private static let largeChunk = 128 << 10
  /// In which a frame is still worth its head.
  private static let leastRoom = 64
  /// Kept while busy, to be filled again.
  private static let sparesKept = 6

  private let lane: Int
  private var chunks: [Chunk] = []
  private var spares: [Chunk] = []
  /// Behind the last byte taken.
  private(set) var end: UInt64 = 0
  /// Below it the other side has read everything.
  private(set) var acked: UInt64 = 0
  private(set) var isFinished = false
  /// The highest offset that any carrier took.
  private(set) var highest: UInt64 = 0

  // The cursor: chunk, place in it, and the frame it is in.
  private var chunk = 0
  private var position = 0
  private var frameStart = 0
  private var frameEnd = 0
  /// The lane's offset at the frame's start.
  private var frameOffset: UInt64 = 0
  /// Where the last frame's head stands in the last chunk, while the frame may grow.
  private var growing: Int?

  init(lane: Int) { self.lane = lane }

  var unacked: Int { Int(end - acked) }

  /// The offset up to which the present carrier took bytes.
  var sent: UInt64 {
    guard chunk < chunks.count, position > frameStart else { return frameOffset }
    let head = chunks[chunk].head(at: frameStart)
    switch head.kind {
    case .data: return frameOffset + UInt64(max(0, position - frameStart - LinkFrame.headBytes))
    default: return frameOffset
    }
  }

  var unsent: Int { Int(end - sent) }
  /// The carrier has to be given the rest of a frame before anything else.
  var isInsideFrame: Bool { position > frameStart && position < frameEnd }
  var hasOutput: Bool {
    chunk < chunks.count
      && (position < chunks[chunk].count || chunk + 1 < chunks.count)
  }

  // MARK: - In

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    precondition(!isFinished, "bytes after the lane's end")
    var rest = bytes
    while !rest.isEmpty {
      let tail = tail(for: rest.count)
      var count = 0
      if let place = growing, position <= place || chunk < chunks.count - 1 {
        var head = tail.head(at: place)
        count = min(rest.count, tail.room, LinkFrame.payloadBytes - head.length)
        if count > 0 {
          head.length += count
          tail.write(head, at: place)
        }
      }
      if count == 0 {
        count = min(rest.count, tail.room - LinkFrame.headBytes, LinkFrame.payloadBytes)
        growing = tail.count
        tail.append(LinkFrame.Head(.data, lane: lane, length: count, number: end))
      }
      tail.bytes.baseAddress.unsafelyUnwrapped.advanced(by: tail.count).copyMemory(
        from: rest.baseAddress.unsafelyUnwrapped, byteCount: count)
      tail.count += count
      end += UInt64(count)
      tail.end = end
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  mutating func finish() {
    let tail = tail(for: 0)
    tail.append(LinkFrame.Head(.end, lane: lane, number: end))
    end += 1
    tail.end = end
    isFinished = true
    growing = nil
  }

  /// Lets an acknowledgement ride in front of what is appended next.
  mutating func appendAck(lane: Int, _ offset: UInt64) {
    let tail = tail(for: 0)
    tail.append(LinkFrame.Head(.ack, lane: lane, number: offset))
    tail.end = end
    growing = nil
  }

  /// A last chunk with room for a head and some bytes. The end of one that has left is given up
  /// for bytes that would not fit: they shall leave in one piece.
  private mutating func tail(for count: Int) -> Chunk {
    if let last = chunks.last, last.room >= Self.leastRoom {
      let wouldSplit = count > last.room && last.room < last.bytes.count / 4
      if !wouldSplit || hasOutput { return last }
    }
    growing = nil
    let fresh = spares.popLast() ?? Chunk(chunkSize(count))
    fresh.count = 0
    fresh.end = end
    chunks.append(fresh)
    return fresh
  }

  private func chunkSize(_ count: Int) -> Int {
    chunks.isEmpty && count <= Self.smallChunk / 2 ? Self.smallChunk : Self.largeChunk
  }

  // MARK: - Out

  /// Lends the next bytes to `body`, which says how many it took; false when it took less than
  /// all of them. There must be some.
  mutating func give(
    _ body: (UnsafeRawBufferPointer) -> Int
  ) -> Bool {
    enterChunk()
    let current = chunks[chunk]
    let bytes = UnsafeRawBufferPointer(rebasing: current.bytes[position..<current.count])
    let taken = body(bytes)
    move(by: taken)
    return taken == bytes.count
  }

  /// Lends the rest of the frame that the present carrier is in, which counts as sent then.
  mutating func giveRestOfFrame(_ body: (UnsafeRawBufferPointer) -> Void) {
    let current = chunks[chunk]
    body(UnsafeRawBufferPointer(rebasing: current.bytes[position..<frameEnd]))
    highest = max(highest, frameOffset + span(current.head(at: frameStart)))
  }

  private mutating func enterChunk() {
    guard position == chunks[chunk].count, chunk + 1 < chunks.count else { return }
    chunk += 1
    position = 0
    frameStart = 0
    frameEnd = 0
  }

  private mutating func move(by count: Int) {
    position += count
    let current = chunks[chunk]
    while frameEnd < position {
      if frameEnd > frameStart { frameOffset += span(current.head(at: frameStart)) }
      frameStart = frameEnd
      let head = current.head(at: frameStart)
      frameEnd += LinkFrame.headBytes + (head.kind == .data ? head.length : 0)
    }
    if frameEnd == position && frameEnd > frameStart {
      frameOffset += span(current.head(at: frameStart))
      frameStart = frameEnd
    }
    if chunk == chunks.count - 1, let place = growing, position > place { growing = nil }
    highest = max(highest, sent)
  }

  private func span(_ head: LinkFrame.Head) -> UInt64 {
    switch head.kind {
    case .data: UInt64(head.length)
    case .end: 1
    default: 0
    }
  }

  /// A new carrier goes on with the frame that holds `offset`.
  mutating func seek(to offset: UInt64) {
    precondition(offset >= acked && offset <= end, "no such byte is kept")
    chunk = 0
    position = 0
    frameStart = 0
    frameEnd = 0
    frameOffset = acked
    while chunk < chunks.count && chunks[chunk].end <= offset && chunk + 1 < chunks.count {
      chunk += 1
    }
    guard chunk < chunks.count else {
      frameOffset = offset
      return
    }
    let current = chunks[chunk]
    while position < current.count {
      let head = current.head(at: position)
      if head.kind != .ack {
        frameOffset = head.number
        if head.number + span(head) > offset { break }
        frameOffset += span(head)
      }
      position += LinkFrame.headBytes + (head.kind == .data ? head.length : 0)
    }
    if position == current.count { frameOffset = offset }
    frameStart = position
    frameEnd = position
    growing = nil
  }

  // MARK: - Acknowledged

  /// Frees what the other side has read. `offset` must have been sent.
  mutating func release(upTo offset: UInt64) {
    guard offset > acked else { return }
    acked = offset
    var count = 0
    while count < chunk && chunks[count].end <= offset { count += 1 }
    recycle(count)
    // The last one too, when all is read and all is sent.
    if chunk == 0, chunks.count == 1, acked == end, position == chunks[0].count {
      recycle(1)
      position = 0
      frameStart = 0
      frameEnd = 0
      growing = nil
    }
  }

  private mutating func recycle(_ count: Int) {
    guard count > 0 else { return }
    for chunk in chunks.prefix(count)
    where chunk.bytes.count == Self.largeChunk && spares.count < Self.sparesKept {
      spares.append(chunk)
    }
    chunks.removeFirst(count)
    chunk -= min(count, chunk)
  }

  /// An idle lane keeps nothing in store.
  mutating func dropSpares() {
    spares = []
    if chunks.isEmpty { chunks = [] }
  }
}
