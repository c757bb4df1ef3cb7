/// How a person names a file: by a link, an id or the beginning of one, or a name, with the name
/// of its owner before it where that is needed (`attic/film.mkv`).
package enum FileReference: Sendable, Equatable {
  /// A share's link names the share behind the last `#`.
  case id(ShareID)
  case link(secret: String)
  case text(owner: String?, name: String)

  static let longest = 4_096
  static let shortestPrefix = 4

  package init(_ text: String) throws(BlobError) {
    guard !text.isEmpty, text.utf8.count <= Self.longest else {
      throw BlobError(.refused, "a file is named by its name, its id or a link; this is none")
    }
    if text.hasPrefix("http"), let rest = text.firstRange(of: "/s/").map({ text[$0.upperBound...] })
    {
      if let hash = rest.lastIndex(of: "#"),
        let id = ShareID(String(rest[rest.index(after: hash)...]))
      {
        self = .id(id)
      } else {
        self = .link(secret: String(rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }))
      }
    } else if let id = ShareID(text) {
      self = .id(id)
    } else if let slash = text.firstIndex(of: "/") {
      self = .text(
        owner: String(text[..<slash]), name: String(text[text.index(after: slash)...]))
    } else {
      self = .text(owner: nil, name: text)
    }
  }

  /// Whether a text could be the beginning of an id.
  package static func isPrefix(_ text: String) -> Bool {
    text.utf8.count >= shortestPrefix && text.utf8.count < 2 * ShareID.count
      && text.utf8.allSatisfy { byte in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
      }
  }
}
