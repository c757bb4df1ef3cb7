/// Takes a body out of the bytes of a connection (RFC 9112, 6 and 7). Bytes in at any split;
/// what belongs to the next message is not touched.
struct BodyDecoder: Sendable {
  struct Limits: Sendable {
    /// Extensions and leading zeros of one chunk's line.
    var chunkLineBytes = 256
    /// The same of all chunks of a body together, against clients that send nothing else.
    var chunkExtensionBytes = 16 * 1024
    var trailers: HeadLimits
    init(trailers: HeadLimits) { self.trailers = trailers }
  }

  /// sizeStart -> size | sizeStart -> (fault); size -> extension | sizeEnd; extension -> sizeEnd;
  /// sizeEnd -> data | trailers; data -> dataReturn -> dataEnd -> sizeStart; trailers -> complete;
  /// length -> complete; untilClose -> complete (`end`).
  private enum State: Equatable {
    case length(Int)
    case untilClose
    case sizeStart
    case size(Int)
    case `extension`(Int)
    case sizeEnd(Int)
    case data(Int)
    case dataReturn
    case dataEnd
    case trailers
    case complete
  }

  private let limits: Limits
  private var state: State
  private var lineBytes = 0
  private var extensionBytes = 0
  private var trailerBytes = 0
  private var trailerFields = 0
  private(set) var trailers = Headers()

  init(_ framing: BodyFraming, limits: Limits) {
    self.limits = limits
    switch framing {
    case .none, .length(0): state = .complete
    case .length(let count): state = .length(count)
    case .chunked: state = .sizeStart
    case .untilClose:
      state = .untilClose
      endsWithClose = true
    }
  }

  var isComplete: Bool { state == .complete }

  /// True for a body that ends with its connection.
  private(set) var endsWithClose = false

  /// Bytes still to come, where that is known.
  var remaining: Int? {
    switch state {
    case .length(let count): count
    case .complete: 0
    case .untilClose, .sizeStart, .size, .extension, .sizeEnd, .data, .dataReturn, .dataEnd,
      .trailers:
      nil
    }
  }

  /// The connection ended. True when that is where the body ends.
  mutating func end() -> Bool {
    if state == .untilClose { state = .complete }
    return state == .complete
  }

  /// Appends to `body` what the bytes hold of it and says how many bytes were used. The rest is
  /// the next message, or, while not complete, part of a line: show it again with more.
  mutating func decode(
    _ bytes: UnsafeRawBufferPointer, into body: inout [UInt8]
  ) throws(MessageError) -> Int {
    var index = 0
    while index < bytes.count {
      switch state {
      case .length(let left):
        let taken = append(bytes, from: index, atMost: left, to: &body)
        index += taken
        state = taken == left ? .complete : .length(left - taken)
      case .untilClose: index += append(bytes, from: index, atMost: .max, to: &body)
      case .data(let left):
        let taken = append(bytes, from: index, atMost: left, to: &body)
        index += taken
        state = taken == left ? .dataReturn : .data(left - taken)
      case .sizeStart, .size, .extension, .sizeEnd, .dataReturn, .dataEnd:
        try step(bytes[index])
        index += 1
      case .trailers:
        guard let next = try trailer(bytes, from: index) else { return index }
        index = next
      case .complete: return index
      }
    }
    return index
  }

  private func append(
    _ bytes: UnsafeRawBufferPointer, from start: Int, atMost limit: Int, to body: inout [UInt8]
  ) -> Int {
    let count = min(limit, bytes.count - start)
    body.append(contentsOf: bytes.cut(start, start + count))
    return count
  }

  // MARK: - Chunks

  private mutating func step(_ byte: UInt8) throws(MessageError) {
    switch state {
    case .sizeStart:
      guard let digit = LineBytes.hexValue(byte) else {
        throw MessageError(.malformed, "a chunk must begin with its size in hexadecimal")
      }
      lineBytes = 0
      state = .size(digit)
    case .size(let size): try stepSize(size, byte)
    case .extension(let size):
      if byte == LineBytes.cr {
        state = .sizeEnd(size)
      } else {
        try countExtension(byte)
      }
    case .sizeEnd(let size):
      guard byte == LineBytes.lf else { throw FieldLine.bareReturn }
      state = size == 0 ? .trailers : .data(size)
    case .dataReturn:
      guard byte == LineBytes.cr else { throw Self.wrongSize }
      state = .dataEnd
    case .dataEnd:
      guard byte == LineBytes.lf else { throw Self.wrongSize }
      state = .sizeStart
    case .length, .untilClose, .data, .trailers, .complete:
      preconditionFailure("a byte of framing was expected in \(state)")
    }
  }

  private mutating func stepSize(_ size: Int, _ byte: UInt8) throws(MessageError) {
    if let digit = LineBytes.hexValue(byte) {
      lineBytes += 1
      guard size <= Int.max >> 8, lineBytes <= limits.chunkLineBytes else {
        throw MessageError(.malformed, "a chunk's size is beyond what can be counted")
      }
      state = .size(size << 4 | digit)
    } else if byte == LineBytes.cr {
      state = .sizeEnd(size)
    } else if byte == UInt8(ascii: ";") {
      state = .extension(size)
      try countExtension(byte)
    } else {
      throw MessageError(.malformed, "a chunk's size must be hexadecimal and nothing else")
    }
  }

  private mutating func countExtension(_ byte: UInt8) throws(MessageError) {
    lineBytes += 1
    extensionBytes += 1
    guard lineBytes <= limits.chunkLineBytes, extensionBytes <= limits.chunkExtensionBytes else {
      throw MessageError(.tooLarge, "the extensions of the chunks are too long")
    }
    guard byte >= 0x20 && byte != 0x7F || byte == LineBytes.tab else {
      throw MessageError(.malformed, "a chunk's extension holds a control byte")
    }
  }

  private static var wrongSize: MessageError {
    MessageError(.malformed, "a chunk is longer than its size says")
  }

  // MARK: - Trailers

  private mutating func trailer(
    _ bytes: UnsafeRawBufferPointer, from start: Int
  ) throws(MessageError) -> Int? {
    switch try FieldLine.read(bytes, from: start) {
    case .incomplete:
      try checkTrailers(trailerBytes + bytes.count - start)
      return nil
    case .end(let next):
      state = .complete
      return next
    case .field(let name, let value, let next):
      trailerBytes += next - start
      trailerFields += 1
      try checkTrailers(trailerBytes)
      let name = bytes.cut(name.lowerBound, name.upperBound)
      // What steers a connection has no place behind the body (RFC 9110, 6.5.1).
      if !Self.isForbiddenTrailer(name) {
        trailers.append(name: name, value: bytes.cut(value.lowerBound, value.upperBound))
      }
      return next
    }
  }

  private func checkTrailers(_ count: Int) throws(MessageError) {
    guard count <= limits.trailers.bytes, trailerFields <= limits.trailers.fields else {
      throw HeadFields.tooLarge(limits.trailers)
    }
  }

  private static func isForbiddenTrailer(_ name: UnsafeRawBufferPointer) -> Bool {
    LineBytes.equals(name, "content-length") || LineBytes.equals(name, "transfer-encoding")
      || LineBytes.equals(name, "host") || LineBytes.equals(name, "connection")
      || LineBytes.equals(name, "trailer") || LineBytes.equals(name, "upgrade")
  }
}
