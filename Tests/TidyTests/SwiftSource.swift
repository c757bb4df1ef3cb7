/// A Swift file as tokens. Comments are kept by line; what stands in string literals is
/// dropped, except the code of interpolations.
struct SwiftSource {
  struct Token: Equatable {
    var text: String
    var line: Int
    /// Nothing stands between this token and the one before.
    var isGlued: Bool
  }

  let path: String
  let lines: [Substring]
  private(set) var tokens: [Token] = []
  /// The text of comments by line, counted from 1.
  private(set) var comments: [Int: String] = [:]

  private let bytes: [UInt8]
  private var position = 0
  private var line = 1
  private var isGlued = false

  init(path: String, text: String) {
    self.path = path
    bytes = Array(text.utf8)
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    scanCode(untilClosingParenthesis: false)
  }

  /// The lines of the file, not counting the empty one behind the last newline.
  var lineCount: Int { lines.last == "" ? lines.count - 1 : lines.count }

  /// The comment on a line or on the comment lines right above it.
  func comment(nearLine line: Int) -> String {
    var text = comments[line] ?? ""
    var above = line - 1
    while let comment = comments[above], isOnlyComment(above) {
      text = comment + " " + text
      above -= 1
    }
    return text
  }

  private func isOnlyComment(_ line: Int) -> Bool {
    lines[line - 1].drop { $0 == " " }.hasPrefix("//")
  }

  // MARK: - Scanning

  private func byte(_ offset: Int = 0) -> UInt8 {
    position + offset < bytes.count ? bytes[position + offset] : 0
  }

  private func starts(_ text: StaticString) -> Bool {
    for index in 0..<text.utf8CodeUnitCount {
      guard byte(index) == text.utf8Start[index] else { return false }
    }
    return true
  }

  private mutating func advance(_ count: Int = 1) {
    for _ in 0..<count where position < bytes.count {
      if bytes[position] == UInt8(ascii: "\n") { line += 1 }
      position += 1
    }
  }

  private mutating func scanCode(untilClosingParenthesis: Bool) {
    var depth = 0
    while position < bytes.count {
      if starts("//") {
        scanLineComment()
      } else if starts("/*") {
        scanBlockComment()
      } else if let hashes = stringOpening() {
        scanString(hashes: hashes)
      } else if byte() == UInt8(ascii: "`") {
        scanQuotedName()
      } else if Self.isWord(byte()) {
        scanWord()
      } else if Self.isSpace(byte()) {
        advance()
        isGlued = false
      } else {
        if byte() == UInt8(ascii: "(") { depth += 1 }
        if byte() == UInt8(ascii: ")") {
          if untilClosingParenthesis, depth == 0 { return }
          depth -= 1
        }
        append(String(UnicodeScalar(byte())))
        advance()
      }
    }
  }

  private mutating func append(_ text: String) {
    tokens.append(Token(text: text, line: line, isGlued: isGlued))
    isGlued = true
  }

  private mutating func scanWord() {
    let start = position
    while Self.isWord(byte()), position < bytes.count { position += 1 }
    append(String(decoding: bytes[start..<position], as: UTF8.self))
  }

  private mutating func scanQuotedName() {
    let start = position + 1
    position += 1
    while position < bytes.count, byte() != UInt8(ascii: "`"), byte() != UInt8(ascii: "\n") {
      position += 1
    }
    append(String(decoding: bytes[start..<position], as: UTF8.self))
    advance()
  }

  private mutating func scanLineComment() {
    let start = position
    while position < bytes.count, byte() != UInt8(ascii: "\n") { position += 1 }
    comments[line, default: ""] += String(decoding: bytes[start..<position], as: UTF8.self)
    isGlued = false
  }

  private mutating func scanBlockComment() {
    var depth = 0
    repeat {
      if starts("/*") {
        depth += 1
        advance(2)
      } else if starts("*/") {
        depth -= 1
        advance(2)
      } else {
        comments[line, default: ""] += String(UnicodeScalar(byte()))
        advance()
      }
    } while depth > 0 && position < bytes.count
    isGlued = false
  }

  /// The number of `#` before a quotation mark; nil when no string starts here.
  private func stringOpening() -> Int? {
    var hashes = 0
    while byte(hashes) == UInt8(ascii: "#") { hashes += 1 }
    return byte(hashes) == UInt8(ascii: "\"") ? hashes : nil
  }

  private mutating func scanString(hashes: Int) {
    append("\"\"")
    advance(hashes)
    let quotes = starts("\"\"\"") ? 3 : 1
    advance(quotes)
    while position < bytes.count {
      if closes(quotes: quotes, hashes: hashes) {
        advance(quotes + hashes)
        break
      }
      if byte() == UInt8(ascii: "\\"), hasHashes(hashes, at: 1) {
        advance(1 + hashes)
        if byte() == UInt8(ascii: "(") {
          advance()
          scanCode(untilClosingParenthesis: true)
        }
      } else if quotes == 1, byte() == UInt8(ascii: "\n") {
        break
      }
      advance()
    }
    isGlued = true
  }

  private func closes(quotes: Int, hashes: Int) -> Bool {
    (0..<quotes).allSatisfy { byte($0) == UInt8(ascii: "\"") } && hasHashes(hashes, at: quotes)
  }

  private func hasHashes(_ count: Int, at offset: Int) -> Bool {
    (0..<count).allSatisfy { byte(offset + $0) == UInt8(ascii: "#") }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte <= 32 }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }
}
