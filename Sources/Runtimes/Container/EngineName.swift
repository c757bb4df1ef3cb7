/// Names as they stand in paths and queries of an engine's API.
enum EngineName {
  /// A container's or an exec's id, or a name we gave: nothing that leads to another path.
  static func checked(_ id: String) throws(RuntimeError) -> String {
    let isName =
      !id.isEmpty && id.utf8.count <= 255 && id.utf8.first != UInt8(ascii: ".")
      && id.utf8.allSatisfy(isPlain)
    guard isName else { throw RuntimeError(.refused, "'\(id)' is not the name of a container") }
    return id
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// The same for all ways to write what lies in the registry that engines take for granted.
  static func plain(_ reference: String) -> String {
    var text = reference[...]
    for prefix in ["index.docker.io/", "docker.io/", "library/"] where text.hasPrefix(prefix) {
      text = text.dropFirst(prefix.utf8.count)
    }
    return String(text)
  }

  /// Without its tag and hash.
  static func untagged(_ reference: String) -> String {
    let name = reference.prefix { $0 != "@" }
    guard let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") else {
      return String(name)
    }
    return String(name[..<colon])
  }

  /// A reference to an image: `busybox`, `example.org:5000/a/b:1.2@sha256:...`. Loose: the engine
  /// decides, and this only keeps out what would be read as something else.
  static func isReference(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 512 else { return false }
    guard isPlain(first), first != UInt8(ascii: "-"), first != UInt8(ascii: ".") else {
      return false
    }
    let others = "/:@".utf8
    return !text.contains("..") && !text.contains("//")
      && text.utf8.allSatisfy { isPlain($0) || others.contains($0) }
  }
}
