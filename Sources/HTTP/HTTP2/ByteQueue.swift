/// Pieces of bytes in order, taken from the front without moving the rest.
struct ByteQueue {
  private var pieces: [[UInt8]] = []
  private var first = 0
  /// Taken from the first piece already.
  private var offset = 0
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  mutating func append(_ piece: [UInt8]) {
    guard !piece.isEmpty else { return }
    pieces.append(piece)
    count += piece.count
  }

  /// The first piece, or what is left of it; nil when empty.
  mutating func popPiece() -> [UInt8]? {
    guard count > 0 else { return nil }
    let piece = offset == 0 ? pieces[first] : Array(pieces[first][offset...])
    count -= piece.count
    dropFirstPiece()
    return piece
  }

  /// Moves exactly `wanted` bytes, which must be there.
  mutating func move(_ wanted: Int, to destination: UnsafeMutableRawPointer) {
    precondition(wanted <= count, "more bytes taken than queued")
    var done = 0
    while done < wanted {
      let piece = pieces[first]
      let size = min(wanted - done, piece.count - offset)
      piece.withUnsafeBytes {
        (destination + done).copyMemory(from: $0.baseAddress.unsafelyUnwrapped + offset, byteCount: size)
      }
      done += size
      offset += size
      if offset == piece.count { dropFirstPiece() }
    }
    count -= wanted
  }

  mutating func removeAll() { self = ByteQueue() }

  private mutating func dropFirstPiece() {
    pieces[first] = []
    first += 1
    offset = 0
    if first == pieces.count {
      pieces.removeAll(keepingCapacity: true)
      first = 0
    } else if first >= 64 {
      pieces.removeFirst(first)
      first = 0
    }
  }
}
