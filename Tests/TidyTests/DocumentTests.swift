import Testing

struct DocumentTests {
  static let other = Markdown(path: "docs/b.md", text: "# Bytes, and `more`\n")

  @Test(arguments: [
    ("[b](b.md)", true), ("[b](../docs/b.md#bytes-and-more)", true), ("[a](#here)", true),
    ("[web](https://example.org/x)", true), ("```\n[b](missing.md)\n```", true),
    ("[b](missing.md)", false), ("[b](b.md#less)", false), ("[a](#nowhere)", false),
    ("see [b](b.md) and [c](missing.md)", false),
  ])
  func `a link that leads nowhere is found`(text: String, isFine: Bool) {
    let page = Markdown(path: "docs/a.md", text: "# Here\n" + text)
    let findings = page.brokenLinks(
      page: { $0 == "docs/b.md" ? Self.other : nil },
      exists: { ["docs/a.md", "docs/b.md"].contains($0) })
    #expect(findings.isEmpty == isFine)
  }

  @Test(arguments: [
    ("a: ## Does it\n\techo\n.PHONY: a\n", 0),
    ("A := 1\nB ?= 2\na: b ## Does it\nb: ## Too\n.PHONY: a \\\n  b\n", 0),
    ("a:\n\techo\n.PHONY: a\n", 1), ("a: ## Does it\n", 1), ("# nothing\n", 1),
    ("test-e2e:\n.PHONY: a\n", 2),
  ])
  func `a target without help is found`(text: String, count: Int) {
    #expect(Makefile.findings(text).count == count)
  }
}
