/// A path within a folder that leads nowhere else: names joined by `/`, none of them empty, `.`
/// or `..`, none longer than a file system takes.
package struct SafePath: Hashable, Sendable, Comparable, CustomStringConvertible {
  package static let lengthLimit = 4_000
  package static let nameLimit = 255
  package static let depthLimit = 200

  package let text: String

  package init(_ text: String) throws(BlobError) {
    if text.utf8.first == UInt8(ascii: "/") {
      throw BlobError(.refused, "the path \(Self.shown(text)) is absolute; give one in the folder")
    }
    guard text.utf8.count <= Self.lengthLimit else {
      throw BlobError(
        .refused, "the path \(Self.shown(text)) is longer than \(Self.lengthLimit) bytes")
    }
    let names = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard names.count <= Self.depthLimit else {
      throw BlobError(
        .refused, "the path \(Self.shown(text)) is deeper than \(Self.depthLimit) folders")
    }
    for name in names where !Self.isSafe(name) {
      throw BlobError(
        .refused,
        "the path \(Self.shown(text)) could lead out of its folder, or has a part that "
          + "is no name")
    }
    self.text = text
  }

  private static func isSafe(_ name: Substring.UTF8View.SubSequence) -> Bool {
    let dots = name.allSatisfy { $0 == UInt8(ascii: ".") } && name.count <= 2
    return !dots && name.count <= nameLimit && !name.contains(0)
  }

  /// Parted at the bytes at which the system does: a sign that joins the one before it does not
  /// hide a slash.
  package var names: [Substring] {
    text.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }
  }

  package var name: Substring { names.last ?? "" }

  /// Nil at the top.
  package var parent: SafePath? {
    guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
    return SafePath(checked: String(text[..<slash]))
  }

  private init(checked text: String) { self.text = text }

  package var description: String { text }

  /// By bytes: the same on every machine.
  package static func < (left: Self, right: Self) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }

  package static func == (left: Self, right: Self) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
  }

  /// For an error.
  package var shown: String { Self.shown(text) }

  /// Short enough for an error, with nothing in it that a terminal would obey.
  static func shown(_ text: String) -> String {
    let clean = String(
      text.unicodeScalars.prefix(120).map { Share.isSafe($0) ? Character($0) : "?" })
    return "'\(clean)\(text.unicodeScalars.count > 120 ? "..." : "")'"
  }
}
