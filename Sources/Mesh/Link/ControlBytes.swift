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

  mutating func takeAll() -> [UInt8] {
    defer { self = ControlBytes() }
    return Array(bytes[start...])
  }

  mutating func append(raw: UnsafeRawBufferPointer) { bytes.append(contentsOf: raw) }

  /// Lends everything to `body`, which says how much it took. True when nothing is left.
  mutating func give<Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Int
  ) throws(Failure) -> Bool {
    if isEmpty { return true }
    let outcome: Result<Int, Failure> = bytes.withUnsafeBytes { buffer in
      Result { () throws(Failure) in
        try body(UnsafeRawBufferPointer(rebasing: buffer[start...]))
      }
    }
    start += try outcome.get()
    guard start == bytes.count else { return false }
    bytes = []
    start = 0
    return true
  }
}
