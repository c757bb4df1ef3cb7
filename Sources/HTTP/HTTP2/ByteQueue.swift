/// Pieces of bytes in order, taken from the front without moving the rest.
struct ByteQueue {
  /// The piece at the front stands apart: most queues never hold a second one, and then cost no
  /// allocation of their own.
  private var front: [UInt8] = []
  /// Taken from the front piece already.
  private var offset = 0
  private var rest: [[UInt8]] = []
  private var nextOfRest = 0
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  mutating func append(_ piece: [UInt8]) {
    guard !piece.isEmpty else { return }
    if count == 0 {
      front = piece
      offset = 0
    } else {
      rest.append(piece)
    }
    count += piece.count
  }

  /// What the queue holds, when that is one untouched piece.
  var onlyPiece: [UInt8]? { count > 0 && count == front.count ? front : nil }

  /// The first piece, or what is left of it; nil when empty.
  mutating func popPiece() -> [UInt8]? {
    guard count > 0 else { return nil }
    let piece = offset == 0 ? front : Array(front[offset...])
    count -= piece.count
    dropFront()
    return piece
  }

  /// Moves exactly `wanted` bytes, which must be there.
  mutating func move(_ wanted: Int, to destination: UnsafeMutableRawPointer) {
    precondition(wanted <= count, "more bytes taken than queued")
    var done = 0
    while done < wanted {
      let size = min(wanted - done, front.count - offset)
      front.withUnsafeBytes {
        (destination + done).copyMemory(
          from: $0.baseAddress.unsafelyUnwrapped + offset, byteCount: size)
      }
      done += size
      offset += size
      if offset == front.count { dropFront() }
    }
    count -= wanted
  }

  mutating func removeAll() { if count > 0 { self = ByteQueue() } }

  private mutating func dropFront() {
    offset = 0
    guard nextOfRest < rest.count else {
      front = []
      if nextOfRest > 0 {
        rest.removeAll(keepingCapacity: true)
        nextOfRest = 0
      }
      return
    }
    front = rest[nextOfRest]
    rest[nextOfRest] = []
    nextOfRest += 1
    if nextOfRest >= 64 {
      rest.removeFirst(nextOfRest)
      nextOfRest = 0
    }
  }
}
