/// Cuts a gRPC body into messages: a flag, four bytes of length, the message.
///
/// Feed bytes at any split, then take frames until nil. Little is set aside for a length that has
/// only been announced (`keptRoom`).
package struct FrameParser {
  package struct Frame: Equatable, Sendable {
    package var isCompressed: Bool
    package var payload: [UInt8]

    package init(isCompressed: Bool, payload: [UInt8]) {
      self.isCompressed = isCompressed
      self.payload = payload
    }
  }

  package static let prefixSize = 5
  private let maximumMessageSize: Int
  private var input: [UInt8] = []
  private var offset = 0
  /// A long message of which some is here: it is gathered where it will be handed out.
  private var long: (isCompressed: Bool, length: Int, payload: [UInt8])?
  /// Room up to this is kept for the messages that follow, and made at once for a long one: growing
  /// it anew for each would copy every one of them twice more.
  private static let keptRoom = 320 << 10
  private static let longMessage = 32 << 10

  package init(maximumMessageSize: Int) { self.maximumMessageSize = maximumMessageSize }

  /// Bytes fed and not yet returned.
  package var buffered: Int {
    input.count - offset + (long.map { $0.payload.count + Self.prefixSize } ?? 0)
  }

  package mutating func feed(_ bytes: [UInt8]) {
    let missing = long.map { $0.length - $0.payload.count } ?? 0
    if missing == 0 {
      feedInput(bytes)
    } else if bytes.count <= missing {
      long?.payload.append(contentsOf: bytes)
    } else {
      long?.payload.append(contentsOf: bytes[..<missing])
      feedInput(Array(bytes[missing...]))
    }
  }

  private mutating func feedInput(_ bytes: [UInt8]) {
    if offset == input.count {
      if input.capacity > 2 * bytes.count, input.capacity <= Self.keptRoom {
        input.removeAll(keepingCapacity: true)
        input.append(contentsOf: bytes)
      } else {
        input = bytes
      }
      offset = 0
    } else {
      drop()
      input.append(contentsOf: bytes)
    }
  }

  /// The next whole message; nil until there is one.
  package mutating func next() throws(Status) -> Frame? {
    if let long {
      guard long.payload.count == long.length else { return nil }
      self.long = nil
      return Frame(isCompressed: long.isCompressed, payload: long.payload)
    }
    guard input.count - offset >= Self.prefixSize else { return nil }
    let flag = input[offset]
    guard flag <= 1 else {
      throw Status(.internal, "Expected 0 or 1 before a message's length, found \(flag).")
    }
    let length = input[(offset + 1)...(offset + 4)].reduce(0) { $0 << 8 | Int($1) }
    guard length <= maximumMessageSize else {
      throw Status(
        .resourceExhausted,
        "The message is \(length) bytes; at most \(maximumMessageSize) are taken. Send it in "
          + "parts.")
    }
    let start = offset + Self.prefixSize
    guard input.count - start >= length else {
      if length >= Self.longMessage { begin(length, isCompressed: flag == 1, at: start) }
      return nil
    }
    offset = start + length
    return Frame(isCompressed: flag == 1, payload: Array(input[start..<offset]))
  }

  /// From here on what comes is gathered apart from what follows it.
  private mutating func begin(_ length: Int, isCompressed: Bool, at start: Int) {
    var payload: [UInt8] = []
    payload.reserveCapacity(min(length, Self.keptRoom))
    payload.append(contentsOf: input[start...])
    long = (isCompressed, length, payload)
    input.removeAll(keepingCapacity: input.capacity <= Self.keptRoom)
    offset = 0
  }

  /// True when the bytes are one message, neither more nor less, and it is not compressed.
  static func isOneMessage(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= prefixSize, bytes[0] == 0 else { return false }
    let length = Int(bytes[1]) << 24 | Int(bytes[2]) << 16 | Int(bytes[3]) << 8 | Int(bytes[4])
    return length == bytes.count - prefixSize
  }

  /// Call at the end of the body: a message cut short is an error.
  package func finish() throws(Status) {
    guard offset == input.count, long == nil else {
      throw Status(.internal, "The body ended inside a message; the caller broke off.")
    }
  }

  /// Moves what is left to the front once that costs less than what was taken.
  private mutating func drop() {
    guard offset > input.count - offset else { return }
    input.removeSubrange(..<offset)
    offset = 0
  }
}

/// The other direction: a message with its prefix in one array.
package enum FrameWriter {
  package static func frame(_ message: some Message) -> [UInt8] {
    var writer = WireWriter(reserving: 96)
    for _ in 0..<FrameParser.prefixSize { writer.bytes.append(0) }
    message.encode(into: &writer)
    setLength(&writer.bytes)
    return writer.bytes
  }

  /// For a message whose fields are written by hand, so that bulk is copied once.
  package static func frame(
    reserving count: Int, _ fill: (inout WireWriter) -> Void
  ) -> [UInt8] {
    var writer = WireWriter(reserving: FrameParser.prefixSize + count)
    for _ in 0..<FrameParser.prefixSize { writer.bytes.append(0) }
    fill(&writer)
    setLength(&writer.bytes)
    return writer.bytes
  }

  package static func frame(payload: [UInt8], isCompressed: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(FrameParser.prefixSize + payload.count)
    bytes.append(contentsOf: [isCompressed ? 1 : 0, 0, 0, 0, 0])
    bytes.append(contentsOf: payload)
    setLength(&bytes)
    return bytes
  }

  private static func setLength(_ bytes: inout [UInt8]) {
    let length = bytes.count - FrameParser.prefixSize
    precondition(length <= Int(UInt32.max), "a gRPC message holds less than 4 GiB")
    for index in 1...4 {
      bytes[index] = UInt8(truncatingIfNeeded: length >> (32 - 8 * index))
    }
  }
}
