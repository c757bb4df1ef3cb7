// # How a module is run by an engine that only takes scripts
//
// The engine's C interface evaluates scripts, and knows nothing of modules. A task is one file, so
// all that a module has and a script has not are `await`, strictness and `export`. The first two an
// async function has; the exports are rewritten: the default one becomes a property of an object,
// and of the others only the word goes.
//
// Where the word is a statement and where it is part of a string, a comment or a regular expression
// only a parser can say, and the engine has one: it names the line of the first error, and of the
// words on that line the right one is that in whose place a declaration could end the text. Lines
// stay what they were, so that stacks are of use.

/// What the engine is given of a task's source.
package struct ScriptSource: Equatable {
  /// What the engine says of a text that is no JavaScript.
  package struct Problem: Equatable {
    /// From 1.
    package var line: Int
    package var text: String

    package init(line: Int, text: String) {
      self.line = line
      self.text = text
    }
  }

  enum Limits {
    /// Exports that are rewritten.
    static let exports = 256
    /// Words on one line that may be one.
    static let candidates = 256
  }

  /// The parameter of a module's function, and what a default export without a name is called.
  private static let exports = "__apusExports"
  private static let name = "__apusDefault"
  private static let probe = "__apusProbe"
  private static let declarations = ["const", "let", "var", "function", "class", "async"]

  package private(set) var isModule = false
  private var body: [UInt8]
  /// What is done after the module's own text.
  private var tail = ""

  /// `check` is the engine's opinion of a text.
  package init(
    _ source: [UInt8], check: (String) -> Problem?
  ) throws(ScriptTrap) {
    body = source
    if body.starts(with: [0xEF, 0xBB, 0xBF]) { body.removeFirst(3) }
    if body.starts(with: Array("#!".utf8)) { body.replaceSubrange(..<2, with: Array("//".utf8)) }
    guard let problem = check(text) else { return }
    isModule = true
    var found = 0
    while let problem = check(text) {
      guard found < Limits.exports, let rewritten = try rewritten(problem, check) else {
        if found == 0 { isModule = false }
        throw trap(problem)
      }
      found += 1
      self = rewritten
    }
    // It needs no export to be a module for the parser; but to be one for us.
    if found == 0 { throw trap(problem) }
  }

  /// What is evaluated: a function to call for a module, else the script itself.
  package var text: String {
    let text = String(decoding: body, as: UTF8.self)
    guard isModule else { return text }
    return "(async function(\(Self.exports)){'use strict';\(text)\n;\(tail)})"
  }

  // MARK: Finding an export

  /// With the statement rewritten that a problem is about; nil when it is about none.
  private func rewritten(
    _ problem: Problem, _ check: (String) -> Problem?
  ) throws(ScriptTrap) -> ScriptSource? {
    var refusal: ScriptTrap?
    let places = words("export", in: line(problem.line)).lazy.filter(mayExport)
    for place in places.prefix(Limits.candidates) where isStatement(place, check) {
      var changed = self
      do throws(ScriptTrap) {
        try changed.rewrite(place, problem)
        return changed
      } catch {
        refusal = refusal ?? error
      }
    }
    if let refusal { throw refusal }
    return nil
  }

  /// What stands behind the word is what may be exported.
  private func mayExport(_ place: Int) -> Bool {
    let next = afterSpace(place + 6)
    let word = String(decoding: word(at: next), as: UTF8.self)
    if word == "default" || Self.declarations.contains(word) { return true }
    return next < body.count && (body[next] == UInt8(ascii: "{") || body[next] == UInt8(ascii: "*"))
  }

  /// A declaration may stand where the word stands, as the last of the text. In an expression it
  /// may not, nor as the one statement of an `if`; in a comment or a string it would stay open.
  private func isStatement(_ place: Int, _ check: (String) -> Problem?) -> Bool {
    var cut = self
    cut.body.replaceSubrange(place..., with: Array("const \(Self.probe)={\n}".utf8))
    return check(cut.text) == nil
  }

  /// Where the bytes of a line are.
  private func line(_ number: Int) -> Range<Int> {
    var start = 0
    for _ in 1..<max(1, number) {
      let end = end(of: start)
      if end == body.count { return end..<end }
      start = afterEnd(end)
    }
    return start..<end(of: start)
  }

  private func end(of start: Int) -> Int {
    body[start...].indices.first(where: isLineEnd) ?? body.count
  }

  /// LF, CR, U+2028 and U+2029 (ECMA-262, 12.3).
  private func isLineEnd(_ place: Int) -> Bool {
    switch body[place] {
    case 0x0A, 0x0D: true
    case 0xE2:
      place + 2 < body.count && body[place + 1] == 0x80
        && (body[place + 2] == 0xA8 || body[place + 2] == 0xA9)
    case _: false
    }
  }

  private func afterEnd(_ end: Int) -> Int {
    if body[end] == 0xE2 { return end + 3 }
    let isPair = body[end] == 0x0D && end + 1 < body.count && body[end + 1] == 0x0A
    return end + (isPair ? 2 : 1)
  }

  private func words(_ word: String, in range: Range<Int>) -> [Int] {
    let word = Array(word.utf8)
    var found: [Int] = []
    var place = range.lowerBound
    while place + word.count <= range.upperBound {
      if body[place] == word[0], self.word(at: place).elementsEqual(word),
        place == 0 || !Self.isName(body[place - 1])
      {
        found.append(place)
      }
      place += 1
    }
    return found
  }

  private func trap(_ problem: Problem) -> ScriptTrap {
    let hint =
      words("import", in: line(problem.line)).isEmpty
      ? "" : "; a task is one file and imports nothing: bundle what it needs into it"
    return ScriptTrap(.syntax, "\(problem.text) (line \(problem.line))\(hint)")
  }

  // MARK: Rewriting one

  private mutating func rewrite(_ place: Int, _ problem: Problem) throws(ScriptTrap) {
    let next = afterSpace(place + 6)
    switch String(decoding: word(at: next), as: UTF8.self) {
    case "default": rewriteDefault(place, afterSpace(next + 7))
    case let word where Self.declarations.contains(word): blank(place..<place + 6)
    case _ where next < body.count && body[next] == UInt8(ascii: "*"): throw imports(problem)
    case _: try rewriteList(place, next + 1, problem)
    }
  }

  private func imports(_ problem: Problem) -> ScriptTrap {
    ScriptTrap(
      .syntax,
      "\(problem.text) (line \(problem.line)): a task is one file and takes nothing from others")
  }

  /// `export default` at `place`, with what it exports at `value`.
  private mutating func rewriteDefault(_ place: Int, _ value: Int) {
    guard let end = declarationEnd(value) else {
      // An expression. The assignment comes first, so that what is ahead stays in its lines.
      let assignment = Array("\(Self.exports).default=".utf8)
      let lines = body[place..<value].filter { $0 == 0x0A }
      body.replaceSubrange(place..<value, with: lines + assignment)
      return
    }
    var name = String(decoding: word(at: end), as: UTF8.self)
    if name.isEmpty || name == "extends" {
      name = Self.name
      body.insert(contentsOf: Array(" \(name) ".utf8), at: end)
    }
    blank(place..<value)
    tail += "\(Self.exports).default=\(name);"
  }

  /// Where the name of a function or class is or would be; nil for an expression.
  private func declarationEnd(_ value: Int) -> Int? {
    var place = value
    if word(at: place).elementsEqual("async".utf8) { place = afterSpace(place + 5) }
    if word(at: place).elementsEqual("function".utf8) {
      place = afterSpace(place + 8)
      let isGenerator = place < body.count && body[place] == UInt8(ascii: "*")
      return isGenerator ? afterSpace(place + 1) : place
    }
    return word(at: value).elementsEqual("class".utf8) ? afterSpace(value + 5) : nil
  }

  /// `export {a, b as default}`, from behind the brace.
  private mutating func rewriteList(
    _ start: Int, _ inside: Int, _ problem: Problem
  ) throws(ScriptTrap) {
    var place = afterSpace(inside)
    var words: [String] = []
    while place < body.count, body[place] != UInt8(ascii: "}") {
      let word = word(at: place)
      if word.isEmpty && body[place] != UInt8(ascii: ",") { throw trap(problem) }
      if word.isEmpty { words = [] } else { words.append(String(decoding: word, as: UTF8.self)) }
      if words.count == 3, words[1] == "as", words[2] == "default" {
        tail += "\(Self.exports).default=\(words[0]);"
      }
      place = afterSpace(place + max(1, word.count))
    }
    guard place < body.count else { throw trap(problem) }
    if word(at: afterSpace(place + 1)).elementsEqual("from".utf8) { throw imports(problem) }
    blank(start..<place + 1)
  }

  /// Spaces, but lines stay.
  private mutating func blank(_ range: Range<Int>) {
    for place in range where body[place] != 0x0A && body[place] != 0x0D { body[place] = 0x20 }
  }

  // MARK: Reading

  /// Empty where no word begins.
  private func word(at place: Int) -> ArraySlice<UInt8> {
    body[min(place, body.count)...].prefix(while: Self.isName)
  }

  private static func isName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...0xFF:
      true
    case _: false
    }
  }

  /// Behind white space and comments.
  private func afterSpace(_ start: Int) -> Int {
    var place = start
    while place < body.count {
      if body[place] <= 0x20 {
        place += 1
      } else if body[place...].starts(with: Array("//".utf8)) {
        place = end(of: place)
      } else if body[place...].starts(with: Array("/*".utf8)) {
        place += 2
        while place < body.count, !body[place...].starts(with: Array("*/".utf8)) { place += 1 }
        place = min(place + 2, body.count)
      } else {
        return place
      }
    }
    return place
  }
}
