/// Bytes on their way out. Small pieces gather in one array, so that a head and a small body, or
/// several answers, leave in one call; a large piece is kept as it is and never copied.
struct OutputQueue: Sendable {
  /// Up to here a copy is cheaper than another system call.
  static let copyLimit = 16 * 1024

  private var pieces: [[UInt8]] = []
  /// Sent bytes of the first piece.
  private var start = 0
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  mutating func append(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    count += bytes.count
    let last = pieces.count - 1
    if last >= 0, pieces[last].count + bytes.count <= Self.copyLimit {
      pieces[last].append(contentsOf: bytes)
    } else {
      pieces.append(bytes)
    }
  }

  /// Lets `build` append to the last small piece.
  mutating func build(_ build: (inout [UInt8]) -> Void) {
    let last = pieces.count - 1
    if last >= 0, pieces[last].count <= Self.copyLimit {
      let before = pieces[last].count
      build(&pieces[last])
      count += pieces[last].count - before
    } else {
      var piece: [UInt8] = []
      build(&piece)
      count += piece.count
      pieces.append(piece)
    }
  }

  /// Drops what `offer` takes of each piece, in order; stops where it takes less than there is.
  mutating func drain<Failure: Error>(
    _ offer: (UnsafeRawBufferPointer) throws(Failure) -> Int
  ) throws(Failure) {
    var index = 0
    defer {
      pieces.removeFirst(index)
      if pieces.isEmpty { pieces = [] }
    }
    while index < pieces.count {
      let offered: Result<Int, Failure> = pieces[index].withUnsafeBytes { bytes in
        Result { () throws(Failure) in try offer(bytes.cut(start, bytes.count)) }
      }
      let taken = try offered.get()
      start += taken
      count -= taken
      guard start == pieces[index].count else { return }
      start = 0
      index += 1
    }
  }

  mutating func removeAll() {
    pieces = []
    start = 0
    count = 0
  }
}
