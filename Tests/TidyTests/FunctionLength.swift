/// A function, initialiser, subscript or computed property and the lines it takes.
struct FunctionExtent: Equatable {
  var name: String
  var line: Int
  var lineCount: Int
}

extension SwiftSource {
  /// Everything with a body that starts with one of the declaring words, in order.
  var functions: [FunctionExtent] {
    tokens.indices.compactMap { index in
      guard Self.declarers.contains(tokens[index].text), !isMember(index),
        let open = bodyStart(after: index), let close = closingBrace(of: open)
      else { return nil }
      let name = ["func", "var"].contains(tokens[index].text) ? tokens[index + 1] : tokens[index]
      return FunctionExtent(
        name: name.text, line: tokens[index].line,
        lineCount: tokens[close].line - tokens[index].line + 1)
    }
  }

  private static let declarers: Set = ["func", "init", "deinit", "subscript", "var"]
  /// A declaration goes on in the next line when that line starts, or this one ends, so.
  private static let continuesBefore: Set = ["{", "where", "throws", "async", "rethrows", "-", "="]
  private static let continuesAfter: Set = [",", "where", "&", "=", ":"]

  private func isMember(_ index: Int) -> Bool { index > 0 && tokens[index - 1].text == "." }

  private func bodyStart(after index: Int) -> Int? {
    var depth = 0
    for next in (index + 1)..<max(tokens.count, index + 1) {
      let token = tokens[next], previous = tokens[next - 1]
      if depth == 0, token.line > previous.line, next > index + 1,
        !Self.continuesBefore.contains(token.text), !goesOn(after: next - 1)
      {
        return nil
      }
      switch token.text {
      case "(", "[": depth += 1
      case ")", "]":
        depth -= 1
        if depth < 0 { return nil }
      case "{" where depth == 0: return next
      case "}" where depth == 0, ";" where depth == 0: return nil
      default: break
      }
    }
    return nil
  }

  private func goesOn(after index: Int) -> Bool {
    let isArrow = tokens[index].text == ">" && tokens[index - 1].text == "-"
    return isArrow || Self.continuesAfter.contains(tokens[index].text)
  }

  private func closingBrace(of open: Int) -> Int? {
    var depth = 0
    for index in open..<tokens.count {
      if tokens[index].text == "{" { depth += 1 }
      if tokens[index].text == "}" {
        depth -= 1
        if depth == 0 { return index }
      }
    }
    return nil
  }
}
