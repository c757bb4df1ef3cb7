/// Names one version of a representation (RFC 9110, 8.8.3).
package struct EntityTag: Hashable, Sendable, CustomStringConvertible {
  package let opaque: String
  package let isWeak: Bool

  /// `opaque` holds visible ASCII but quotes; ours are hashes.
  package init(_ opaque: String, isWeak: Bool = false) {
    self.opaque = opaque
    self.isWeak = isWeak
  }

  /// Reads `"abc"` or `W/"abc"`.
  package init?(parsing text: Substring) {
    let isWeak = text.hasPrefix("W/")
    let quoted = isWeak ? text.dropFirst(2) : text
    guard quoted.utf8.count >= 2, quoted.hasPrefix("\""), quoted.hasSuffix("\"") else { return nil }
    let opaque = quoted.dropFirst().dropLast()
    guard opaque.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x22 && $0 != 0x7F }) else { return nil }
    self.init(String(opaque), isWeak: isWeak)
  }

  package var description: String { (isWeak ? "W/\"" : "\"") + opaque + "\"" }

  /// Both strong and equal (RFC 9110, 8.8.3.2).
  package func matchesStrongly(_ other: EntityTag) -> Bool {
    !isWeak && !other.isWeak && opaque == other.opaque
  }

  package func matchesWeakly(_ other: EntityTag) -> Bool { opaque == other.opaque }
}

/// The value of If-Match and If-None-Match. What cannot be read matches nothing.
package enum EntityTagList: Sendable, Equatable {
  case any
  case tags([EntityTag])

  package init(_ values: [String]) {
    var tags: [EntityTag] = []
    for value in values {
      if value.utf8.elementsEqual("*".utf8) {
        self = .any
        return
      }
      // Commas may stand within quotes, so split behind each closing quote.
      var rest = Substring(value)
      while !rest.isEmpty {
        rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "," }
        guard let open = rest.firstIndex(of: "\""),
          let close = rest[rest.index(after: open)...].firstIndex(of: "\"")
        else { break }
        if let tag = EntityTag(parsing: rest[...close]) { tags.append(tag) }
        rest = rest[rest.index(after: close)...]
      }
    }
    self = .tags(tags)
  }
}
