/// The walls of STYLE: what a Swift file under Sources must not do.
enum Rules {
  static let fileLineWall = 500
  static let fileLineGoal = 400
  static let functionLineWall = 70
  static let columns = 100

  /// What is allowed in some places only. Paths are prefixes below the repository's root.
  static let taskStarters = ["Sources/IO/Component/"]
  static let continuationHolders = ["Sources/IO/"]
  static let printers = [
    "Sources/Commands/", "Sources/Benchmarks/", "Sources/Scenarios/", "Sources/apus/",
    "Sources/protoc-gen-apus/",
  ]

  static func all(_ source: SwiftSource) -> [Finding] {
    bannedCalls(source) + unexplained(source) + length(source)
  }

  static func isGenerated(_ path: String) -> Bool { path.contains("/Generated/") }

  static func bannedCalls(_ source: SwiftSource) -> [Finding] {
    let tokens = source.tokens
    return tokens.indices.compactMap { index in
      bannedCall(at: index, in: source).map {
        Finding(path: source.path, line: tokens[index].line, what: $0)
      }
    }
  }

  private static func bannedCall(at index: Int, in source: SwiftSource) -> String? {
    let tokens = source.tokens
    func text(_ offset: Int) -> String {
      tokens.indices.contains(index + offset) ? tokens[index + offset].text : ""
    }
    let isMember = text(-1) == "."
    switch text(0) {
    case "Task" where text(1) == "." && text(2) == "detached":
      return "Task.detached: child work lives in task groups"
    case "Task" where !isMember && ["{", "("].contains(text(1)) && !source.isBelow(taskStarters):
      return "a Task outside the component runner: child work lives in task groups"
    case "DispatchQueue": return "DispatchQueue: work runs on event loops"
    case "fatalError" where text(2) == ")": return "fatalError says nothing: throw, or say why"
    case "print" where text(1) == "(" && !isMember && !source.isBelow(printers):
      return "print outside the commands: use a Logger"
    case "withCheckedContinuation", "withCheckedThrowingContinuation", "withUnsafeContinuation",
      "withUnsafeThrowingContinuation":
      return source.isBelow(continuationHolders) ? nil : "a continuation outside IO"
    case "!" where tokens[index].isGlued && text(1) != "=":
      return forced(after: text(-1))
    default: return nil
    }
  }

  private static func forced(after previous: String) -> String? {
    switch previous {
    case "try": return "try!: handle the error"
    case "as": return "as!: handle the other type"
    case ")", "]", "\"\"": return "a forced unwrap"
    default:
      let isName = previous.utf8.first.map { $0 >= 0x30 && $0 != 0x3A } ?? false
      return isName && !["=", "<", ">", "?", "@", "[", "{", "|", "}", "~"].contains(previous)
        ? "a forced unwrap" : nil
    }
  }

  /// Marks that are allowed with a comment beside them.
  static func unexplained(_ source: SwiftSource) -> [Finding] {
    let tokens = source.tokens
    return tokens.indices.dropLast().compactMap { index in
      let line = tokens[index].line
      let pair = (tokens[index].text, tokens[index + 1].text)
      let comment = source.comment(nearLine: line).lowercased()
      let what: String?
      switch pair {
      case ("try", "?"):
        what = comment.isEmpty ? "try? without a comment that says why" : nil
      case ("unchecked", "Sendable"):
        what = namesGuard(comment) ? nil : "@unchecked Sendable names no guard"
      case ("nonisolated", "(") where tokens.dropFirst(index + 2).first?.text == "unsafe":
        what = namesGuard(comment) ? nil : "nonisolated(unsafe) names no guard"
      default: what = nil
      }
      return what.map { Finding(path: source.path, line: line, what: $0) }
    }
  }

  /// Words that a reason for sharing without a lock has one of.
  private static func namesGuard(_ comment: String) -> Bool {
    ["guard", "confine", "immutable", "never change", "init only"].contains {
      comment.contains($0)
    }
  }

  static func length(_ source: SwiftSource) -> [Finding] {
    guard !isGenerated(source.path) else { return [] }
    var findings: [Finding] = []
    if source.lineCount > fileLineWall {
      findings.append(
        Finding(
          path: source.path, line: source.lineCount,
          what: "\(source.lineCount) lines; the wall is \(fileLineWall)"))
    }
    for function in source.functions where function.lineCount > functionLineWall {
      findings.append(
        Finding(
          path: source.path, line: function.line,
          what: "\(function.name) has \(function.lineCount) lines, "
            + "the wall is \(functionLineWall)"))
    }
    return findings
  }

  /// One long word, such as a test vector, cannot be wrapped.
  private static func isUnbreakable(_ line: Substring) -> Bool {
    line.split(separator: " ").contains { $0.count > 60 }
  }

  /// Two files of one name in a target do not build.
  static func namesakes(_ paths: [String]) -> [Finding] {
    var seen: [String: String] = [:], findings: [Finding] = []
    for path in paths {
      let folders = path.split(separator: "/")
      let key = folders.prefix(2).joined(separator: "/") + " " + (folders.last ?? "")
      if let first = seen.updateValue(path, forKey: key) {
        findings.append(Finding(path: path, line: 1, what: "has the name of \(first)"))
      }
    }
    return findings
  }

  /// Widths and spaces, for text of any kind.
  static func layout(path: String, text: String) -> [Finding] {
    // By bytes: a carriage return and a newline are one character.
    let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
      .map(Substring.init)
    var findings: [Finding] = []
    let isMarkdown = path.hasSuffix(".md"), isMakefile = path.hasSuffix("Makefile")
    for (index, line) in lines.enumerated() {
      func find(_ what: String) {
        findings.append(Finding(path: path, line: index + 1, what: what))
      }
      if !isMarkdown, line.utf8.count > columns, line.count > columns, !isUnbreakable(line) {
        find("\(line.count) columns; the wall is \(columns)")
      }
      if let last = line.utf8.last, last == 0x20 || last == 0x09 || last == 0x0D {
        find("spaces at the end of the line")
      }
      if line.utf8.contains(0x09), !isMakefile { find("a tab") }
    }
    if !text.isEmpty, lines.last != "" {
      findings.append(Finding(path: path, line: lines.count, what: "no newline at the end"))
    }
    return findings
  }
}

extension SwiftSource {
  func isBelow(_ prefixes: [String]) -> Bool { prefixes.contains { path.hasPrefix($0) } }
}
