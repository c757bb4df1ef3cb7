/// Frames that belong to a carrier and not to a lane, until the carrier has taken them.
struct ControlBytes {
  private var bytes: [UInt8] = []
  private var start = 0

  var count: Int { bytes.count - start }
  var isEmpty: Bool { count == 0 }

  mutating func append(_ head: LinkFrame.Head) {
    withUnsafeTemporaryAllocation(byteCount: LinkFrame.headBytes, alignment: 8) { space in
      head.write(to: space.baseAddress.unsafelyUnwrapped)
      bytes.append(contentsOf: space)
    }
  }

  mutating func append(_ attach: LinkFrame.Attach) {
    append(
      LinkFrame.Head(
        .attach, lane: attach.isNew ? 1 : 0, length: LinkFrame.Attach.payloadBytes,
        number: attach.epoch))
    for number in [attach.link, attach.received.0, attach.received.1] {
      withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
  }

  mutating func append(_ farewell: LinkFrame.Farewell) {
    append(
      LinkFrame.Head(.close, length: farewell.proof.count, number: farewell.reason.rawValue))
    bytes += farewell.proof
  }

  mutating func takeAll() -> [UInt8] {
    defer { self = ControlBytes() }
    return Array(bytes[start...])
  }

  /// The rest of a frame that the carrier has begun to take: before all else.
  mutating func prepend(_ rest: UnsafeRawBufferPointer) {
    precondition(start == 0, "two frames were begun at once")
    bytes = Array(rest) + bytes
  }

  /// Lends everything to `body`, which says how much it took. True when nothing is left.
  mutating func give(
    _ body: (UnsafeRawBufferPointer) -> Int
  ) -> Bool {
    if isEmpty { return true }
    start += bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    guard start == bytes.count else { return false }
    bytes = []
    start = 0
    return true
  }
}
