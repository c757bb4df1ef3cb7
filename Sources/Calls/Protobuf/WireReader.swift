/// Reads protobuf's wire format out of one array, with every length checked before it is used.
///
/// A sub-message narrows `end` in place and widens it again, so that nesting copies nothing.
package struct WireReader {
  package struct Limits: Sendable {
    /// Messages and groups inside one another; the value of the other implementations.
    package var depth = 100
    /// Bytes of the outermost message.
    package var size = 64 << 20
    /// Repeated values and map entries that are not packed numbers, over the whole input: an
    /// empty sub-message is two bytes on the wire and hundreds in memory.
    package var elements = 1 << 20

    package init() {}
  }

  private let bytes: [UInt8]
  private var index = 0
  private var end: Int
  private var depth = 0
  private var elements = 0
  private var fieldStart = 0
  private let limits: Limits
  /// The field number shifted by three, and the wire type, of the field at hand.
  package private(set) var tag: UInt32 = 0
  package var number: UInt32 { tag >> 3 }

  package init(
    _ bytes: [UInt8], from start: Int = 0, limits: Limits = Limits()
  ) throws(DecodingFailure) {
    guard bytes.count - start <= limits.size else {
      throw DecodingFailure(.tooLarge(size: bytes.count - start, limit: limits.size), at: start)
    }
    self.bytes = bytes
    index = start
    self.limits = limits
    end = bytes.count
  }

  package var isAtEnd: Bool { index == end }

  /// Steps to the next field of the current message; false at its end.
  package mutating func next() throws(DecodingFailure) -> Bool {
    if index == end { return false }
    fieldStart = index
    let value = try varint()
    guard value >= 8, value <= UInt64(UInt32.max), value & 7 <= 5 else {
      throw DecodingFailure(.malformedTag(value), at: fieldStart)
    }
    tag = UInt32(truncatingIfNeeded: value)
    return true
  }

  package mutating func varint() throws(DecodingFailure) -> UInt64 {
    guard index < end else { throw truncated(by: 1) }
    let first = bytes[index]
    index &+= 1
    if first < 0x80 { return UInt64(first) }
    return try longVarint(UInt64(first & 0x7F))
  }

  /// The tenth byte's bits beyond the sixty-fourth are dropped, as protoc does.
  private mutating func longVarint(_ start: UInt64) throws(DecodingFailure) -> UInt64 {
    var value = start
    var shift: UInt64 = 7
    while shift < 70 {
      guard index < end else { throw truncated(by: 1) }
      let byte = bytes[index]
      index &+= 1
      value |= UInt64(byte & 0x7F) &<< shift
      if byte < 0x80 { return value }
      shift &+= 7
    }
    throw DecodingFailure(.malformedVarint, at: index)
  }

  package mutating func fixed32() throws(DecodingFailure) -> UInt32 {
    guard end &- index >= 4 else { throw truncated(by: 4) }
    let low = UInt32(bytes[index]) | UInt32(bytes[index &+ 1]) << 8
    let high = UInt32(bytes[index &+ 2]) | UInt32(bytes[index &+ 3]) << 8
    index &+= 4
    return low | high << 16
  }

  package mutating func fixed64() throws(DecodingFailure) -> UInt64 {
    guard end &- index >= 8 else { throw truncated(by: 8) }
    let low = UInt64(try fixed32())
    return low | UInt64(try fixed32()) << 32
  }

  /// The bytes behind a length, which is checked before anything is allocated.
  package mutating func run() throws(DecodingFailure) -> ArraySlice<UInt8> {
    let stop = try runEnd()
    defer { index = stop }
    return bytes[index..<stop]
  }

  package mutating func string() throws(DecodingFailure) -> String {
    let start = index
    let stop = try runEnd()
    guard let text = String(validating: bytes[index..<stop], as: UTF8.self) else {
      throw DecodingFailure(.invalidUTF8, at: start)
    }
    index = stop
    return text
  }

  private mutating func runEnd() throws(DecodingFailure) -> Int {
    let length = try varint()
    guard length <= UInt64(end &- index) else {
      throw DecodingFailure(.truncated(missing: length - UInt64(end &- index)), at: index)
    }
    return index &+ Int(length)
  }

  // MARK: - Messages inside messages

  package mutating func message<M: Message>(_ value: inout M) throws(DecodingFailure) {
    let outer = try enter()
    try value.decode(from: &self)
    leave(outer)
  }

  package mutating func message<M: Message>(_ value: inout M?) throws(DecodingFailure) {
    var held = value ?? M()
    value = nil
    try message(&held)
    value = held
  }

  /// Narrows the reader to the run at hand; hand the result to `leave` at its end.
  package mutating func enter() throws(DecodingFailure) -> Int {
    try deepen()
    return try enterRun()
  }

  package mutating func leave(_ outer: Int) {
    leaveRun(outer)
    depth &-= 1
  }

  /// The same for packed numbers, which are no level of nesting.
  package mutating func enterRun() throws(DecodingFailure) -> Int {
    let stop = try runEnd()
    let outer = end
    end = stop
    return outer
  }

  package mutating func leaveRun(_ outer: Int) { end = outer }

  private mutating func deepen() throws(DecodingFailure) {
    guard depth < limits.depth else {
      throw DecodingFailure(.tooDeep(limit: limits.depth), at: index)
    }
    depth &+= 1
  }

  package mutating func countElement() throws(DecodingFailure) {
    guard elements < limits.elements else {
      throw DecodingFailure(.tooManyElements(limit: limits.elements), at: index)
    }
    elements &+= 1
  }

  // MARK: - Unknown fields

  /// Appends the field at hand, tag and all.
  package mutating func keep(in unknown: inout UnknownFields) throws(DecodingFailure) {
    let start = fieldStart
    try skip()
    unknown.bytes.append(contentsOf: bytes[start..<index])
  }

  /// Steps over the value of the field at hand.
  package mutating func skip() throws(DecodingFailure) {
    switch tag & 7 {
    case 0: _ = try varint()
    case 1: try skip(8)
    case 2: index = try runEnd()
    case 3: try skipGroup()
    case 5: try skip(4)
    default: throw DecodingFailure(.unmatchedGroup, at: index)
    }
  }

  private mutating func skip(_ count: Int) throws(DecodingFailure) {
    guard end &- index >= count else { throw truncated(by: count) }
    index &+= count
  }

  private mutating func skipGroup() throws(DecodingFailure) {
    let opened = tag
    try deepen()
    while try next() {
      if tag & 7 == 4 {
        guard tag >> 3 == opened >> 3 else {
          throw DecodingFailure(.unmatchedGroup, at: index)
        }
        depth &-= 1
        tag = opened
        return
      }
      try skip()
    }
    throw truncated(by: 1)
  }

  private func truncated(by needed: Int) -> DecodingFailure {
    DecodingFailure(.truncated(missing: UInt64(needed - (end - index))), at: index)
  }
}
