/// Reads frames from bytes that are lent at any split. Payload is handed on as it comes, without
/// being gathered; what is kept between two calls is a head at most.
package struct FrameReader: Sendable {
  package enum Piece {
    /// Some bytes of a lane, lent.
    case data(lane: Int, offset: UInt64, UnsafeRawBufferPointer)
    case end(lane: Int, offset: UInt64)
    case ack(lane: Int, offset: UInt64)
    case attach(LinkFrame.Attach)
    case gone(link: UInt64)
    case ping(UInt64)
    case pong(UInt64)
    case detach(LinkFrame.Reason)
    case close(LinkFrame.Farewell)
  }

  /// The beginning of a head, or of a frame that is read whole.
  private var kept: [UInt8] = []
  /// What is still to come of a data frame.
  private var payloadLeft = 0
  private var lane = 0
  private var offset: UInt64 = 0

  package init() {}

  /// True between two frames.
  package var isAtBoundary: Bool { kept.isEmpty && payloadLeft == 0 }

  /// The next piece; takes what it read off the front of `bytes`. Nil when that is not enough.
  package mutating func next(
    _ bytes: inout UnsafeRawBufferPointer
  ) throws(NetworkError) -> Piece? {
    if payloadLeft > 0 { return bytes.isEmpty ? nil : takePayload(&bytes) }
    guard kept.isEmpty, bytes.count >= LinkFrame.headBytes, let start = bytes.baseAddress else {
      return try gather(&bytes)
    }
    let head = try LinkFrame.Head(received: start)
    if head.isReadWhole { return try gather(&bytes) }
    bytes = UnsafeRawBufferPointer(rebasing: bytes[LinkFrame.headBytes...])
    return try begin(head, &bytes)
  }

  private mutating func takePayload(_ bytes: inout UnsafeRawBufferPointer) -> Piece {
    let count = min(payloadLeft, bytes.count)
    let part = UnsafeRawBufferPointer(rebasing: bytes[..<count])
    bytes = UnsafeRawBufferPointer(rebasing: bytes[count...])
    defer {
      payloadLeft -= count
      offset += UInt64(count)
    }
    return .data(lane: lane, offset: offset, part)
  }

  /// The slow way, for what is split.
  private mutating func gather(
    _ bytes: inout UnsafeRawBufferPointer
  ) throws(NetworkError) -> Piece? {
    while true {
      var wanted = LinkFrame.headBytes
      if kept.count >= wanted {
        let head = try keptHead()
        if head.isReadWhole { wanted += head.length }
        if kept.count == wanted {
          defer { kept = [] }
          return head.isReadWhole ? whole(head) : try begin(head, &bytes)
        }
      }
      if bytes.isEmpty { return nil }
      let count = min(wanted - kept.count, bytes.count)
      kept.append(contentsOf: bytes[..<count])
      bytes = UnsafeRawBufferPointer(rebasing: bytes[count...])
    }
  }

  private func keptHead() throws(NetworkError) -> LinkFrame.Head {
    let head: Result<LinkFrame.Head, NetworkError> = kept.withUnsafeBytes { kept in
      Result { () throws(NetworkError) in
        try LinkFrame.Head(received: kept.baseAddress.unsafelyUnwrapped)
      }
    }
    return try head.get()
  }

  private mutating func begin(
    _ head: LinkFrame.Head, _ bytes: inout UnsafeRawBufferPointer
  ) throws(NetworkError) -> Piece? {
    switch head.kind {
    case .data:
      payloadLeft = head.length
      lane = Int(head.lane)
      offset = head.number
      return bytes.isEmpty ? nil : takePayload(&bytes)
    case .end: return .end(lane: Int(head.lane), offset: head.number)
    case .ack: return .ack(lane: Int(head.lane), offset: head.number)
    case .gone: return .gone(link: head.number)
    case .ping: return .ping(head.number)
    case .pong: return .pong(head.number)
    case .detach: return .detach(reason(head))
    case .attach, .close: preconditionFailure("\(head.kind) frames are gathered first")
    }
  }

  /// A reason of a later version is as good as none.
  private func reason(_ head: LinkFrame.Head) -> LinkFrame.Reason {
    LinkFrame.Reason(rawValue: head.number) ?? .done
  }

  private func whole(_ head: LinkFrame.Head) -> Piece {
    if head.kind == .attach { return .attach(attach(head)) }
    return .close(
      LinkFrame.Farewell(reason(head), proof: Array(kept[LinkFrame.headBytes...])))
  }

  private func attach(_ head: LinkFrame.Head) -> LinkFrame.Attach {
    kept.withUnsafeBytes { kept in
      func number(_ index: Int) -> UInt64 {
        UInt64(
          bigEndian: kept.loadUnaligned(
            fromByteOffset: LinkFrame.headBytes + index * 8, as: UInt64.self))
      }
      return LinkFrame.Attach(
        epoch: head.number, link: number(0), isNew: head.lane == 1,
        received: (number(1), number(2)))
    }
  }
}

extension LinkFrame.Head {
  /// Its payload is small and of use only when all of it is there.
  fileprivate var isReadWhole: Bool { kind == .attach || kind == .close }
}
