import Primitives

/// Fields one after another, numbers with the highest byte first, text and bytes behind their
/// count. Both ends are the same program, so there are no versions.
struct BoxWriter {
  private(set) var bytes: [UInt8] = []

  mutating func add(_ number: UInt8) { bytes.append(number) }

  mutating func add(_ number: UInt32) {
    for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  mutating func add(_ number: UInt64) { bytes.append(bigEndian: number) }
  mutating func add(_ number: Int32) { add(UInt32(bitPattern: number)) }
  mutating func add(_ number: Int64) { add(UInt64(bitPattern: number)) }
  mutating func add(_ number: Int) { add(Int64(number)) }
  mutating func add(_ isSet: Bool) { add(isSet ? 1 as UInt8 : 0) }

  mutating func add(_ duration: Duration) {
    add(duration.components.seconds)
    add(duration.components.attoseconds)
  }

  mutating func add(_ data: [UInt8]) {
    add(UInt32(data.count))
    bytes += data
  }

  mutating func add(_ text: String) { add(Array(text.utf8)) }

  mutating func add<Item>(_ items: [Item], _ each: (inout BoxWriter, Item) -> Void) {
    add(UInt32(items.count))
    for item in items { each(&self, item) }
  }

  mutating func add<Item>(_ item: Item?, _ each: (inout BoxWriter, Item) -> Void) {
    add(item != nil)
    if let item { each(&self, item) }
  }

  mutating func add(_ pairs: [String: String]) {
    add(pairs.sorted { $0.key < $1.key }) { writer, pair in
      writer.add(pair.key)
      writer.add(pair.value)
    }
  }
}

/// Reads what a `BoxWriter` wrote; throws `.damaged` on anything else.
struct BoxReader {
  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  static let damaged = RuntimeError(
    .damaged, "a message between a box and its keeper is damaged: the box is given up")

  /// Must be called last: bytes that nobody asked for are damage.
  func end() throws(RuntimeError) {
    if place != bytes.count { throw Self.damaged }
  }

  mutating func byte() throws(RuntimeError) -> UInt8 {
    guard place < bytes.count else { throw Self.damaged }
    defer { place += 1 }
    return bytes[place]
  }

  mutating func word() throws(RuntimeError) -> UInt32 {
    var number: UInt32 = 0
    for _ in 0..<4 { number = number << 8 | UInt32(try byte()) }
    return number
  }

  mutating func long() throws(RuntimeError) -> UInt64 {
    UInt64(try word()) << 32 | UInt64(try word())
  }

  mutating func signedWord() throws(RuntimeError) -> Int32 { Int32(bitPattern: try word()) }
  mutating func signedLong() throws(RuntimeError) -> Int64 { Int64(bitPattern: try long()) }
  mutating func number() throws(RuntimeError) -> Int { Int(try signedLong()) }

  mutating func flag() throws(RuntimeError) -> Bool {
    switch try byte() {
    case 0: false
    case 1: true
    default: throw Self.damaged
    }
  }

  mutating func duration() throws(RuntimeError) -> Duration {
    let (seconds, attoseconds) = (try signedLong(), try signedLong())
    guard seconds.magnitude < 1 << 40, attoseconds.magnitude < 1_000_000_000_000_000_000
    else { throw Self.damaged }
    return Duration(secondsComponent: seconds, attosecondsComponent: attoseconds)
  }

  mutating func data() throws(RuntimeError) -> [UInt8] {
    let count = Int(try word())
    guard count <= bytes.count - place else { throw Self.damaged }
    defer { place += count }
    return Array(bytes[place..<place + count])
  }

  mutating func text() throws(RuntimeError) -> String {
    guard let text = String(validating: try data(), as: UTF8.self) else { throw Self.damaged }
    return text
  }

  mutating func list<Item>(
    _ each: (inout BoxReader) throws(RuntimeError) -> Item
  ) throws(RuntimeError) -> [Item] {
    let count = Int(try word())
    // An item takes a byte at least.
    guard count <= bytes.count - place else { throw Self.damaged }
    var items: [Item] = []
    for _ in 0..<count { items.append(try each(&self)) }
    return items
  }

  mutating func optional<Item>(
    _ each: (inout BoxReader) throws(RuntimeError) -> Item
  ) throws(RuntimeError) -> Item? {
    try flag() ? try each(&self) : nil
  }

  mutating func pairs() throws(RuntimeError) -> [String: String] {
    var pairs: [String: String] = [:]
    let list = try list { (reader) throws(RuntimeError) in
      (key: try reader.text(), value: try reader.text())
    }
    for pair in list { pairs[pair.key] = pair.value }
    return pairs
  }
}
