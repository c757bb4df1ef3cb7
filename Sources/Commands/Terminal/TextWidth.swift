/// How many columns of a terminal a text takes: two for the scripts of East Asia and for emoji,
/// none for what joins the letter before.
package enum TextWidth {
  package static func columns(of text: some StringProtocol) -> Int {
    text.utf8.allSatisfy { $0 < 0x80 }
      ? text.utf8.count : text.reduce(0) { $0 + columns(of: $1) }
  }

  package static func columns(of character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    let isPresentedAsEmoji =
      first.properties.isEmojiPresentation
      || first.properties.isEmoji && character.unicodeScalars.contains("\u{FE0F}")
    if isPresentedAsEmoji || isWide(first.value) { return 2 }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: return 1
    }
  }

  /// The beginning that fits, with an ellipsis where something is left out.
  package static func truncated(_ text: String, to limit: Int) -> String {
    if columns(of: text) <= limit { return text }
    var result = ""
    var used = 0
    for character in text {
      let width = columns(of: character)
      if used + width > limit - 1 { break }
      used += width
      result.append(character)
    }
    return limit > 0 ? result + "…" : ""
  }

  /// What would move the cursor or change colours becomes visible: texts come from strangers.
  package static func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isActive) else { return text }
    return text.unicodeScalars.reduce(into: "") { result, scalar in
      result += isActive(scalar) ? "\u{FFFD}" : String(Character(scalar))
    }
  }

  private static func isActive(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    // Directions can turn a line around; joiners are part of letters and emoji.
    case .format: scalar != "\u{200D}" && scalar != "\u{200C}"
    default: false
    }
  }

  /// The wide and full-width ranges of Unicode's East Asian Width, in blocks.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
    0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19,
    0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18CFF, 0x1B000...0x1B2FF,
    0x20000...0x2FFFD, 0x30000...0x3FFFD,
  ]

  private static func isWide(_ value: UInt32) -> Bool {
    value >= 0x1100 && wide.contains { $0.contains(value) }
  }
}
