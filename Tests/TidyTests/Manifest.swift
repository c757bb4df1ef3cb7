/// The targets of Package.swift, read from its text: running the package manager inside a
/// test would wait for the one that runs the test.
struct Manifest {
  struct Target: Equatable {
    var name: String
    var imports: [String]
    var line: Int
  }

  /// What the product is made of, in the order of the file.
  private(set) var targets: [Target] = []
  /// Tests, fuzz targets and examples.
  private(set) var others: [Target] = []

  /// The helpers of our manifest and the package manager's own calls.
  private static let products: Set = [
    "system", "module", "target", "executableTarget", "systemLibrary", "plugin",
  ]
  private static let checks: Set = ["tests", "testTarget", "fuzz", "example"]

  init(text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(Self.uncommented)
    let code = Array(lines.joined(separator: "\n"))
    var line = 1
    for index in code.indices {
      if code[index] == "\n" { line += 1 }
      guard code[index] == "(", let call = Self.word(before: index, in: code),
        Self.products.contains(call) || Self.checks.contains(call),
        let arguments = Self.arguments(from: index, in: code),
        let name = Self.name(arguments)
      else { continue }
      let target = Target(name: name, imports: Self.imports(arguments, call: call), line: line)
      if Self.products.contains(call) {
        targets.append(target)
      } else {
        others.append(target)
      }
    }
  }

  private static func uncommented(_ line: Substring) -> Substring {
    line.drop { $0 == " " }.hasPrefix("//") ? "" : line
  }

  private static func word(before index: Int, in code: [Character]) -> String? {
    let word = code[..<index].reversed().prefix { $0.isLetter }.reversed()
    let before = index - word.count - 1
    // `func module(` declares a helper.
    if before >= 5, String(code[(before - 4)...before]) == "func " { return nil }
    return word.isEmpty ? nil : String(word)
  }

  /// The text between the parenthesis at `open` and its partner.
  private static func arguments(from open: Int, in code: [Character]) -> String? {
    var depth = 0
    for index in open..<code.count {
      if code[index] == "(" { depth += 1 }
      if code[index] == ")" { depth -= 1 }
      if depth == 0 { return String(code[(open + 1)..<index]) }
    }
    return nil
  }

  /// The first argument when it is a plain string: a helper's own body passes a variable.
  private static func name(_ arguments: String) -> String? {
    var rest = arguments.drop { $0 == " " || $0 == "\n" }
    if rest.hasPrefix("name:") { rest = rest.dropFirst(5).drop { $0 == " " } }
    guard rest.first == "\"" else { return nil }
    let name = rest.dropFirst().prefix { $0 != "\"" }
    return name.contains("\\") ? nil : String(name)
  }

  /// The strings of the first list, which no helper but `system` uses for anything else.
  private static func imports(_ arguments: String, call: String) -> [String] {
    guard call != "system", call != "systemLibrary", let open = arguments.firstIndex(of: "[")
    else { return [] }
    let list = arguments[arguments.index(after: open)...].prefix { $0 != "]" }
    return list.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }
}
