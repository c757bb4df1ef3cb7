/// Links of a page and the anchors of its headings.
struct Markdown {
  let path: String
  private(set) var links: [(target: String, line: Int)] = []
  private(set) var anchors: Set<String> = []

  init(path: String, text: String) {
    self.path = path
    var isCode = false
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      if line.hasPrefix("```") { isCode.toggle() }
      if isCode { continue }
      if line.hasPrefix("#") { anchors.insert(Self.anchor(line.drop { $0 == "#" || $0 == " " })) }
      for piece in line.split(separator: "](", omittingEmptySubsequences: false).dropFirst() {
        links.append((String(piece.prefix { $0 != ")" }), index + 1))
      }
    }
  }

  /// As web pages of repositories make them: lower case, words joined by hyphens.
  static func anchor(_ heading: some StringProtocol) -> String {
    String(
      heading.lowercased().compactMap { character in
        if character == " " { return "-" }
        let isKept =
          character.isLetter || character.isNumber || character == "-"
          || character == "_"
        return isKept ? character : nil
      })
  }

  /// Links that lead nowhere inside the repository. `page` reads another page, nil when it is
  /// not there.
  func brokenLinks(page: (String) -> Markdown?, exists: (String) -> Bool) -> [Finding] {
    links.compactMap { target, line in
      if target.contains("://") || target.hasPrefix("mailto:") { return nil }
      let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
      let file = parts[0].isEmpty ? path : Self.resolve(String(parts[0]), from: path)
      guard exists(file) else {
        return Finding(path: path, line: line, what: "a link to \(target), which is not there")
      }
      guard parts.count == 2, let other = parts[0].isEmpty ? self : page(file),
        !other.anchors.contains(String(parts[1]))
      else { return nil }
      return Finding(path: path, line: line, what: "a link to \(target): no such heading")
    }
  }

  private static func resolve(_ target: String, from path: String) -> String {
    var folders = path.split(separator: "/").dropLast()
    for part in target.split(separator: "/") where part != "." {
      if part == ".." { folders = folders.dropLast() } else { folders.append(part) }
    }
    return folders.joined(separator: "/")
  }
}
