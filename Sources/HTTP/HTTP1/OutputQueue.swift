/// Bytes on their way out. Small pieces gather in one array, so that a head and a small body, or
/// several answers, leave in one call; a large piece is kept as it is and never copied.
struct OutputQueue: Sendable {
  /// Up to here a copy is cheaper than another system call.
  static let copyLimit = 16 * 1024

  private var first: [UInt8] = []
  /// Sent bytes of the first piece.
  private var start = 0
  /// Pieces behind the first; rarely any.
  private var rest: [[UInt8]] = []
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  mutating func append(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    let room = Self.copyLimit - bytes.count
    if rest.isEmpty, first.count <= room {
      if first.isEmpty { first = bytes } else { first.append(contentsOf: bytes) }
    } else if let last = rest.indices.last, rest[last].count <= room {
      rest[last].append(contentsOf: bytes)
    } else {
      rest.append(bytes)
    }
    count += bytes.count
  }

  /// Lets `build` append to the last small piece.
  mutating func build(_ build: (inout [UInt8]) -> Void) {
    if rest.isEmpty, first.count <= Self.copyLimit {
      let before = first.count
      build(&first)
      count += first.count - before
      return
    }
    if rest.isEmpty || rest[rest.count - 1].count > Self.copyLimit { rest.append([]) }
    let last = rest.count - 1
    let before = rest[last].count
    build(&rest[last])
    count += rest[last].count - before
  }

  /// Drops what `offer` takes of each piece, in order; stops where it takes less than there is.
  mutating func drain<Failure: Error>(
    _ offer: (UnsafeRawBufferPointer) throws(Failure) -> Int
  ) throws(Failure) {
    var next = 0
    defer { rest.removeFirst(next) }
    while count > 0 {
      let offered: Result<Int, Failure> = first.withUnsafeBytes { bytes in
        Result { () throws(Failure) in try offer(bytes.cut(start, bytes.count)) }
      }
      let taken = try offered.get()
      start += taken
      count -= taken
      guard start == first.count else { return }
      start = 0
      if next < rest.count {
        first = rest[next]
        next += 1
      } else {
        first = []
      }
    }
  }

  mutating func removeAll() { self = OutputQueue() }
}
