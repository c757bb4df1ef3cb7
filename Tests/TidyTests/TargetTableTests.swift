import Testing

struct TargetTableTests {
  static let markdown = """
    # Architecture
    | term | meaning |
    | --- | --- |
    | node | a program |

    | target | what it is | imports |
    | --- | --- | --- |
    | `CSystem` | C | - |
    | `Primitives` | bytes | - |
    | `IO` | loops | Primitives, CSystem |

    After the table.
    """
  static let manifest = """
    func system(_ name: String, apt: [String] = []) -> Target {
      .systemLibrary(name: name, path: "Sources/\\(name)")
    }
    func module(_ name: String, _ imports: [Target.Dependency]) -> Target { .target(name: name) }
    let package = Package(
      name: "sample",
      products: [.executable(name: "sample", targets: ["sample"])],
      targets: [
        system("CSystem", apt: ["libsystem-dev"]),
        // module("Old", ["IO"]),
        module("Primitives", []),
        module("IO", ["Primitives", "CSystem"], settings: strict),
        tests("IO", ["IO"]),
      ])
    """
  let table = TargetTable(markdown: Self.markdown)

  @Test func `a table reads as its rows`() {
    #expect(table.rows.map(\.name) == ["CSystem", "Primitives", "IO"])
    #expect(table.row("IO")?.imports == ["Primitives", "CSystem"])
    #expect(table.disorder(path: "a.md") == [])
  }

  @Test func `an arrow upwards and a second row are found`() {
    let text = Self.markdown.replacing("| bytes | - |", with: "| bytes | IO |")
      .replacing("`IO`", with: "`CSystem`")
    let findings = TargetTable(markdown: text).disorder(path: "a.md").map(\.what)
    #expect(findings == ["Primitives imports IO, which is not below it", "CSystem has two rows"])
  }

  @Test func `a manifest reads as its targets`() {
    let manifest = Manifest(text: Self.manifest)
    #expect(manifest.targets.map(\.name) == ["CSystem", "Primitives", "IO"])
    #expect(manifest.targets.map(\.imports) == [[], [], ["Primitives", "CSystem"]])
    #expect(manifest.others.map(\.name) == ["IO"])
    #expect(table.differences(from: manifest) == [])
  }

  @Test(arguments: [
    (#"["Primitives", "CSystem"]"#, #"["Primitives"]"#, "IO imports"),
    (#"module("Primitives", [])"#, #"module("Primitives", ["CSystem"])"#, "Primitives imports"),
    (#"module("Primitives", []),"#, "", "Primitives is only in the table"),
    (#"tests("IO", ["IO"])"#, #"module("Extra", ["IO"])"#, "Extra has no row"),
    (#"tests("IO", ["IO"])"#, #".executableTarget(name: "extra")"#, "extra has no row"),
  ])
  func `a manifest that departs is found`(old: String, new: String, what: String) throws {
    let manifest = Manifest(text: Self.manifest.replacing(old, with: new))
    let findings = table.differences(from: manifest)
    #expect(findings.count == 1)
    #expect(try #require(findings.first).what.hasPrefix(what))
  }

  @Test func `another order is found`() {
    let text = Self.manifest.replacing(#"module("Primitives", []),"#, with: "")
      .replacing("system(\"CSystem\"", with: "module(\"Primitives\", []), system(\"CSystem\"")
    #expect(table.differences(from: Manifest(text: text)).count == 1)
  }

  @Test(arguments: [
    ("Sources/IO/A.swift", "import Primitives", true),
    ("Sources/IO/A.swift", "package import CSystem\nimport Glibc\nimport Synchronization", true),
    ("Sources/IO/Loop/A.swift", "// import HTTP\nimport struct Primitives.Digest", true),
    ("Sources/IO/A.swift", "import HTTP", false),
    ("Sources/IO/A.swift", "@testable package import HTTP", false),
    ("Sources/IO/A.swift", "import func HTTP.serve", false),
    ("Sources/Primitives/A.swift", "#if canImport(Glibc)\n  import CSystem\n#endif", false),
    ("Sources/IO/A.swift", "import Foundation", false),
    ("Sources/IO/A.swift", "import FoundationEssentials", false),
    ("Sources/IO/A.swift", "import Testing", false),
    ("Sources/Unknown/A.swift", "import Primitives", false),
    ("Package.swift", "import PackageDescription", true),
  ])
  func `only imports of the row are allowed`(path: String, code: String, isFine: Bool) {
    let source = SwiftSource(path: path, text: code)
    #expect(table.foreignImports(in: source).isEmpty == isFine)
  }
}
