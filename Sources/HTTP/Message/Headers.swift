import Glibc

/// Header or trailer fields in the order they came. Names are lower case inside, as HTTP/2
/// demands and HTTP/1.1 permits. All fields share one array of bytes, so that a head costs two
/// allocations whatever its size; strings are made when somebody asks.
package struct Headers: @unchecked Sendable {  // guard: what is lasting is never written
  /// Where in the bytes a name begins, where its value begins and where it ends.
  struct Field {
    var name: Int32
    var value: Int32
    var end: Int32
  }

  private var storage: [UInt8] = []
  private var fields: [Field] = []
  /// A copy of `storage` that is never freed, for constants: encoders may point at it.
  private var lastingBytes: UnsafePointer<UInt8>?

  package init() {}

  /// For parsers: bytes with valid names, in lower case, and valid values.
  init(bytes: UnsafeBufferPointer<UInt8>, fields: [Field]) {
    storage = Array(bytes)
    self.fields = fields
  }

  package var count: Int { fields.count }
  package var isEmpty: Bool { fields.isEmpty }
  /// The bytes of all names and values.
  package var byteCount: Int { storage.count }

  package mutating func reserve(bytes: Int, fields count: Int) {
    storage.reserveCapacity(bytes)
    fields.reserveCapacity(count)
  }

  /// For constants: encoding them copies nothing. What it takes is never given back.
  package static func lasting(_ headers: Headers) -> Headers {
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, headers.storage.count))
    bytes.initialize(from: headers.storage, count: headers.storage.count)
    var lasting = headers
    lasting.lastingBytes = UnsafePointer(bytes)
    return lasting
  }

  // MARK: - Writing

  /// The name is lowered here. Callers from outside have validated both; our own callers pass
  /// constants and checked values (`Headers.isValidValue`).
  package mutating func append(_ name: String, _ value: String) {
    var (name, value) = (name, value)
    name.withUTF8 { name in
      value.withUTF8 { value in
        append(name: UnsafeRawBufferPointer(name), value: UnsafeRawBufferPointer(value))
      }
    }
  }

  package mutating func append(name: some Sequence<UInt8>, value: some Sequence<UInt8>) {
    lastingBytes = nil
    let start = Int32(storage.count)
    for byte in name { storage.append(Self.lowered(byte)) }
    let middle = Int32(storage.count)
    storage.append(contentsOf: value)
    fields.append(Field(name: start, value: middle, end: Int32(storage.count)))
  }

  /// For parsers that hold validated bytes: the name is lowered, both are copied at once.
  mutating func append(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    lastingBytes = nil
    let start = storage.count
    let middle = start + name.count
    storage.append(contentsOf: name)
    storage.append(contentsOf: value)
    storage.withUnsafeMutableBufferPointer { bytes in
      for index in start..<middle { bytes[index] = Self.lowered(bytes[index]) }
    }
    fields.append(
      Field(name: Int32(start), value: Int32(middle), end: Int32(middle + value.count)))
  }

  /// Replaces every field of that name.
  package mutating func set(_ name: String, _ value: String) {
    remove(name)
    append(name, value)
  }

  package mutating func remove(_ name: String) {
    guard contains(name) else { return }
    let kept = indices.filter { !isName(name, at: $0) }
      .map { (nameBytes(at: $0), valueBytes(at: $0)) }
    var rebuilt = Headers()
    for (name, value) in kept { rebuilt.append(name: name, value: value) }
    self = rebuilt
  }

  package mutating func append(contentsOf other: Headers) {
    for index in other.indices {
      append(name: other.nameBytes(at: index), value: other.valueBytes(at: index))
    }
  }

  // MARK: - Reading

  /// The first field of that name. `name` is lower case.
  package subscript(name: String) -> String? {
    guard let index = firstIndex(of: name) else { return nil }
    return value(at: index)
  }

  package func values(of name: String) -> [String] {
    indices.filter { isName(name, at: $0) }.map { value(at: $0) }
  }

  package func contains(_ name: String) -> Bool { firstIndex(of: name) != nil }

  /// True when a comma-separated list under that name holds the token, in any case.
  package func contains(_ name: String, token: String) -> Bool {
    guard contains(name) else { return false }
    return values(of: name).contains { value in
      value.split(separator: ",").contains {
        $0.trimmingSpaces().utf8.elementsEqual(token.utf8) { Self.lowered($0) == Self.lowered($1) }
      }
    }
  }

  package var indices: Range<Int> { 0..<fields.count }

  package func firstIndex(of name: String) -> Int? {
    var name = name
    return name.withUTF8 { name in
      storage.withUnsafeBufferPointer { bytes in
        fields.withUnsafeBufferPointer { fields in
          for index in fields.indices {
            let field = fields[index]
            guard Int(field.value - field.name) == name.count else { continue }
            if name.isEmpty { return index }
            let start = bytes.baseAddress.unsafelyUnwrapped + Int(field.name)
            if memcmp(start, name.baseAddress.unsafelyUnwrapped, name.count) == 0 { return index }
          }
          return nil
        }
      }
    }
  }

  func nameLength(at index: Int) -> Int { Int(fields[index].value - fields[index].name) }

  package func valueLength(at index: Int) -> Int {
    Int(fields[index].end - fields[index].value)
  }

  /// True when the field's value begins with that text.
  package func hasValue(at index: Int, prefix: StaticString) -> Bool {
    let field = fields[index]
    guard Int(field.end - field.value) >= prefix.utf8CodeUnitCount else { return false }
    return storage.withUnsafeBufferPointer { bytes in
      memcmp(
        bytes.baseAddress.unsafelyUnwrapped + Int(field.value), prefix.utf8Start,
        prefix.utf8CodeUnitCount) == 0
    }
  }

  package func isName(_ name: String, at index: Int) -> Bool {
    let field = fields[index]
    guard Int(field.value - field.name) == name.utf8.count else { return false }
    var position = Int(field.name)
    for byte in name.utf8 {
      if storage[position] != byte { return false }
      position += 1
    }
    return true
  }

  package func name(at index: Int) -> String {
    String(decoding: nameBytes(at: index), as: UTF8.self)
  }
  package func value(at index: Int) -> String {
    String(decoding: valueBytes(at: index), as: UTF8.self)
  }

  package func nameBytes(at index: Int) -> ArraySlice<UInt8> {
    storage[Int(fields[index].name)..<Int(fields[index].value)]
  }

  package func valueBytes(at index: Int) -> ArraySlice<UInt8> {
    storage[Int(fields[index].value)..<Int(fields[index].end)]
  }

  /// Lends all bytes, and for each field where its name begins, where its value begins and where
  /// it ends: for encoders that must not copy.
  @inline(__always)
  func withBytes<Result>(
    _ body: (
      _ bytes: UnsafePointer<UInt8>?, _ areLasting: Bool, _ spans: (Int) -> (Int, Int, Int)
    ) -> Result
  ) -> Result {
    storage.withUnsafeBufferPointer { bytes in
      fields.withUnsafeBufferPointer { fields in
        body(lastingBytes ?? bytes.baseAddress, lastingBytes != nil) {
          (Int(fields[$0].name), Int(fields[$0].value), Int(fields[$0].end))
        }
      }
    }
  }

  // MARK: - What may stand in a field

  /// RFC 9110, 5.6.2.
  package static func isToken(_ name: some Sequence<UInt8>) -> Bool {
    var isEmpty = true
    for byte in name {
      isEmpty = false
      if !isTokenByte(byte) { return false }
    }
    return !isEmpty
  }

  /// RFC 9110, 5.5: visible characters, space, tab and bytes above 0x7F; no control characters.
  package static func isValidValue(_ value: some Sequence<UInt8>) -> Bool {
    value.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
  }

  package static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"),
      UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
      UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"),
      UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  @inline(__always)
  package static func lowered(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
  }
}

extension Headers: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, String)...) {
    self.init()
    if elements.isEmpty { return }
    let bytes = elements.reduce(0) { $0 + $1.0.utf8.count + $1.1.utf8.count }
    reserve(bytes: bytes, fields: elements.count)
    for (name, value) in elements { append(name, value) }
  }
}

extension Headers: Equatable {
  package static func == (left: Headers, right: Headers) -> Bool {
    left.count == right.count
      && left.indices.allSatisfy {
        left.nameBytes(at: $0) == right.nameBytes(at: $0)
          && left.valueBytes(at: $0) == right.valueBytes(at: $0)
      }
  }
}

extension Headers: CustomStringConvertible {
  /// Names only: values may be secrets.
  package var description: String {
    "[" + indices.map { name(at: $0) }.joined(separator: ", ") + "]"
  }
}

extension Substring {
  /// Without spaces and tabs at both ends.
  package func trimmingSpaces() -> Substring {
    var rest = self
    while let first = rest.utf8.first, first == 0x20 || first == 0x09 { rest = rest.dropFirst() }
    while let last = rest.utf8.last, last == 0x20 || last == 0x09 { rest = rest.dropLast() }
    return rest
  }
}
