package import HTTP
import Primitives

/// The headers or trailers of a call: an ordered list in which a name may occur repeatedly.
/// Names end in `-bin` where values are bytes; those travel as base64.
package struct Metadata: Equatable, Sendable {
  package struct Limits: Sendable {
    /// Names, values and 32 bytes for each entry, as HTTP/2 counts (RFC 9113, 6.5.2).
    package var size = 16_384

    package init() {}
  }

  package private(set) var entries: [(name: String, value: String)] = []
  package private(set) var size = 0
  private let limits: Limits

  package init(limits: Limits = Limits()) { self.limits = limits }

  /// Adds one entry of text; the name is lower-cased.
  package mutating func add(_ name: String, _ value: String) throws(Status) {
    guard value.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) else {
      throw Status(
        .invalidArgument,
        "The metadata value of \(name) must be printable ASCII; use a name ending in -bin.")
    }
    guard !name.hasSuffix("-bin") else {
      throw Status(.invalidArgument, "The metadata value of \(name) must be given as bytes.")
    }
    try append(name, value)
  }

  /// Adds one entry of bytes; the name must end in `-bin`.
  package mutating func add(_ name: String, bytes: [UInt8]) throws(Status) {
    guard name.hasSuffix("-bin") else {
      throw Status(.invalidArgument, "The metadata name \(name) must end in -bin to hold bytes.")
    }
    try append(name, Base64.encode(bytes))
  }

  /// Adds what came off the wire, as it came.
  package mutating func add(wire name: String, _ value: String) throws(Status) {
    try append(name, value)
  }

  /// What a message brought along, less the fields of HTTP and gRPC themselves.
  package init(received headers: Headers) {
    self.init()
    for index in headers.indices where !Self.isReserved(headers.name(at: index)) {
      // A field that is no metadata (a browser's, say) concerns nobody here.
      try? add(wire: headers.name(at: index), headers.value(at: index))
    }
  }

  /// The first value of that name.
  package subscript(_ name: String) -> String? {
    entries.first { $0.name == name }?.value
  }

  package func values(_ name: String) -> [String] {
    entries.filter { $0.name == name }.map(\.value)
  }

  /// The bytes of every entry of that name; commas join values (gRPC over HTTP/2, custom
  /// metadata). Nil when one of them is no base64.
  package func bytes(_ name: String) -> [[UInt8]]? {
    var all: [[UInt8]] = []
    for value in values(name) {
      for part in value.split(separator: ",", omittingEmptySubsequences: false) {
        guard let bytes = Base64.decode(part.filter { $0 != " " }) else { return nil }
        all.append(bytes)
      }
    }
    return all
  }

  package var isEmpty: Bool { entries.isEmpty }

  package static func == (left: Self, right: Self) -> Bool {
    left.entries.elementsEqual(right.entries) { $0 == $1 }
  }

  private mutating func append(_ name: String, _ value: String) throws(Status) {
    let name = name.lowercased()
    guard !name.isEmpty, name.utf8.allSatisfy(Self.isNameByte), !Self.isReserved(name) else {
      throw Status(
        .invalidArgument,
        "The metadata name \(name.debugDescription) is not allowed: letters, digits, -, _ and . "
          + "only, and none that gRPC or HTTP keeps for itself.")
    }
    let grown = size + name.utf8.count + value.utf8.count + 32
    guard grown <= limits.size else {
      throw Status(
        .resourceExhausted, "The metadata is larger than \(limits.size) bytes; send less.")
    }
    size = grown
    entries.append((name, value))
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  /// Names that carry the protocol itself: setting one would forge the call's frame.
  package static func isReserved(_ name: String) -> Bool {
    name.hasPrefix("grpc-") || name == "te" || name == "content-type" || name == "connection"
      || name == "host" || name == "content-length" || name == "transfer-encoding"
  }
}
