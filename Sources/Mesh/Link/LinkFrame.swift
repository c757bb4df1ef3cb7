/// What travels on a carrier behind the hello: a head of twelve bytes (kind, lane, length in two
/// bytes, a number in eight, all big-endian) and as many bytes as it says.
///
/// A frame names no epoch: it is of the epoch in which its carrier was attached.
package enum LinkFrame {
  package static let headBytes = 12
  /// Two frames of the largest size fill a chunk of the replay queue, and four TLS records.
  package static let payloadBytes = (32 << 10) - headBytes
  package static let laneCount = 2
  /// What every node takes ahead of a lane's reader, whatever its hello says beyond that.
  package static let leastWindow = 64 << 10

  package enum Kind: UInt8, Sendable {
    /// Bytes of a lane, from the offset on.
    case data = 1
    /// The lane's direction ends; counts as one byte of it.
    case end = 2
    /// Everything of the lane below the offset was read.
    case ack = 3
    /// The carrier takes over in the epoch given (by the smaller node), or that is agreed to.
    case attach = 4
    /// The link that was to be attached is not known any more.
    case gone = 5
    case ping = 6
    case pong = 7
    /// The carrier ends, the link does not.
    case detach = 8
    /// The link ends, with what proves the reason.
    case close = 9
  }

  /// Why a carrier or a link was ended by the other side.
  package enum Reason: UInt64, Sendable, CaseIterable {
    /// Nothing more is wanted.
    case done = 0
    /// Another carrier does the work.
    case superseded = 1
    /// The node stops.
    case stopping = 2
    /// The membership was refused or taken back.
    case refused = 3
    /// What came broke the protocol.
    case violation = 4
    /// The HTTP/2 session of a lane ended.
    case laneEnded = 5
    /// The other side's membership was taken back, as the proof shows.
    case revoked = 6
    /// The other side's membership has ended.
    case expired = 7
  }

  /// The last words on a link. A reason is the other side's word alone; what it proves is for the
  /// one who hears it to find out.
  package struct Farewell: Equatable, Sendable {
    package static let proofBytes = 8 << 10
    package var reason: Reason
    package var proof: [UInt8]

    package init(_ reason: Reason, proof: [UInt8] = []) {
      precondition(proof.count <= Self.proofBytes, "a proof of \(proof.count) bytes")
      self.reason = reason
      self.proof = proof
    }
  }

  /// Takes a carrier over, or agrees.
  package struct Attach: Equatable, Sendable {
    package static let payloadBytes = 24
    package var epoch: UInt64
    /// The link's number.
    package var link: UInt64
    /// No attaching of this link was ever agreed to.
    package var isNew: Bool
    /// What was received, by lane.
    package var received: (UInt64, UInt64)

    package init(epoch: UInt64, link: UInt64, isNew: Bool, received: (UInt64, UInt64)) {
      self.epoch = epoch
      self.link = link
      self.isNew = isNew
      self.received = received
    }

    package static func == (left: Self, right: Self) -> Bool {
      left.epoch == right.epoch && left.link == right.link && left.isNew == right.isNew
        && left.received == right.received
    }
  }

  /// The first twelve bytes of a frame.
  package struct Head: Equatable, Sendable {
    package var kind: Kind
    package var lane: UInt8
    package var length: Int
    package var number: UInt64

    package init(_ kind: Kind, lane: Int = 0, length: Int = 0, number: UInt64 = 0) {
      self.kind = kind
      self.lane = UInt8(lane)
      self.length = length
      self.number = number
    }

    package func write(to bytes: UnsafeMutableRawPointer) {
      let word =
        UInt32(kind.rawValue) << 24 | UInt32(lane) << 16 | UInt32(truncatingIfNeeded: length)
      bytes.storeBytes(of: word.bigEndian, as: UInt32.self)
      bytes.storeBytes(of: number.bigEndian, toByteOffset: 4, as: UInt64.self)
    }

    /// Reads one that was written here.
    init(written bytes: UnsafeRawPointer) {
      let word = UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))
      guard let kind = Kind(rawValue: UInt8(truncatingIfNeeded: word >> 24)) else {
        preconditionFailure("no frame of ours stands here")
      }
      self.kind = kind
      lane = UInt8(truncatingIfNeeded: word >> 16)
      length = Int(word & 0xFFFF)
      number = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt64.self))
    }

    /// Reads and checks one that came.
    init(received bytes: UnsafeRawPointer) throws(NetworkError) {
      let word = UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))
      let number = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt64.self))
      guard let kind = Kind(rawValue: UInt8(truncatingIfNeeded: word >> 24)) else {
        throw NetworkError(.violation, "A link frame of unknown kind \(word >> 24) came.")
      }
      self.kind = kind
      lane = UInt8(truncatingIfNeeded: word >> 16)
      length = Int(word & 0xFFFF)
      self.number = number
      try check()
    }

    private func check() throws(NetworkError) {
      let lengths: ClosedRange<Int>
      let lanes: UInt8
      switch kind {
      case .data: (lengths, lanes) = (1...LinkFrame.payloadBytes, 1)
      case .end, .ack: (lengths, lanes) = (0...0, 1)
      // Here the lane's place says whether the link is new.
      case .attach: (lengths, lanes) = (Attach.payloadBytes...Attach.payloadBytes, 1)
      case .close: (lengths, lanes) = (0...Farewell.proofBytes, 0)
      case .gone, .ping, .pong, .detach: (lengths, lanes) = (0...0, 0)
      }
      guard lengths.contains(length) else {
        throw NetworkError(
          .violation, "A link frame (\(kind)) of \(length) bytes came; expected \(lengths).")
      }
      guard lane <= lanes else {
        throw NetworkError(.violation, "A link frame (\(kind)) names lane \(lane).")
      }
      // Half the range is more than any lane carries; nothing below overflows then.
      guard number <= UInt64.max / 2 || kind == .ping || kind == .pong else {
        throw NetworkError(.violation, "A link frame (\(kind)) has the number \(number).")
      }
    }
  }
}
