package import Primitives

// # Shares
//
// A *share* is what a person calls a file: a catalogue entry with a name, tags and a size, which
// names a blob. Its *owner*, the node that published it, signs every version; whoever reads one
// believes the signature alone, wherever the bytes came from. Of two versions the higher stands,
// and the last one says that the share is *withdrawn*.
//
// The index holds a copy of the signed share under each of its *terms* (`ShareTerm`). A line of
// the index has room for 1 KiB: tags that do not fit are left out there. The signature covers
// their hash, so that a share is as genuine without them (`isShortened`).

/// What people call a file.
package struct Share: Hashable, Sendable {
  package struct Limits: Sendable {
    package var nameBytes = 255
    package var tags = 32
    package var tagBytes = 64
    package var mediaTypeBytes = 127
    package var replicas = 1...16
    /// The index orders its lines by it, and by the time in what is left of 64 bits.
    package var version: UInt64 = 1 << 28 - 1
    /// Of a whole signed share.
    package var bytes = 4_096
    package init() {}
  }

  package var key: ShareKey
  /// From 1.
  package var version: UInt64 = 1
  package var name: String
  package var isFolder = false
  /// Empty when nobody knows.
  package var mediaType = ""
  package var size: Int64
  package var blob: BlobID
  /// In order, none twice.
  package var tags: [String] = []
  package var replicas = 2
  package var created: WallTime
  package var changed: WallTime
  /// The last version: copies are let go.
  package var isWithdrawn = false
  /// It has tags that are not here.
  package internal(set) var isShortened = false

  package init(key: ShareKey, name: String, size: Int64, blob: BlobID, at time: WallTime) {
    self.key = key
    self.name = name
    self.size = size
    self.blob = blob
    created = time
    changed = time
  }

  package var owner: NodeID { key.owner }
  package var id: ShareID { key.id }

  /// Every bound that both who signs and who reads hold a share to.
  package func check(_ limits: Limits = Limits()) throws(BlobError) {
    try Self.require(
      (1...limits.nameBytes).contains(name.utf8.count) && Self.isName(name),
      "its name is empty, longer than \(limits.nameBytes) bytes, or has signs that no name has; "
        + "give another")
    try Self.require(
      (1...limits.version).contains(version), "its version is not 1 to \(limits.version)")
    try Self.require(size >= 0, "its size is negative")
    try Self.require(
      limits.replicas.contains(replicas),
      "\(replicas) copies are asked for; ask for \(limits.replicas.lowerBound) to "
        + "\(limits.replicas.upperBound)")
    try Self.require(
      mediaType.utf8.count <= limits.mediaTypeBytes
        && mediaType.utf8.allSatisfy { (0x20...0x7E).contains($0) },
      "its media type is longer than \(limits.mediaTypeBytes) bytes or not plain ASCII")
    try Self.require(tags.count <= limits.tags, "it has more than \(limits.tags) tags")
    for (place, tag) in tags.enumerated() {
      try Self.require(
        (1...limits.tagBytes).contains(tag.utf8.count)
          && tag.unicodeScalars.allSatisfy(Self.isSafe),
        "a tag is empty, longer than \(limits.tagBytes) bytes, or has signs that cannot be shown")
      try Self.require(
        place == 0 || Self.isBefore(tags[place - 1], tag), "its tags are not in order")
    }
  }

  private static func require(_ holds: Bool, _ what: @autoclosure () -> String) throws(BlobError) {
    if !holds { throw BlobError(.refused, "A share is refused: \(what()).") }
  }

  /// As `tags` wants them.
  package static func sorted(tags: some Sequence<String>) -> [String] {
    var sorted: [String] = []
    for tag in tags.sorted(by: isBefore) where sorted.last.map({ isBefore($0, tag) }) ?? true {
      sorted.append(tag)
    }
    return sorted
  }

  /// By bytes: the same on every machine.
  private static func isBefore(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  // MARK: - Names

  package static func isName(_ text: String) -> Bool {
    text != "." && text != ".."
      && text.unicodeScalars.allSatisfy { $0 != "/" && isSafe($0) }
  }

  /// The nearest thing to `text` that is a name; for files whose own names are none.
  package static func name(from text: String, limits: Limits = Limits()) -> String {
    var name = ""
    for scalar in text.unicodeScalars {
      let shown: Unicode.Scalar = scalar != "/" && isSafe(scalar) ? scalar : "_"
      guard name.utf8.count + String(shown).utf8.count <= limits.nameBytes else { break }
      name.unicodeScalars.append(shown)
    }
    return name.isEmpty || name == "." || name == ".." ? "_" : name
  }

  /// No control characters, no line ends, nothing that turns the direction of what follows.
  static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069: false
    default: true
    }
  }
}
