import Glibc
import Testing

@testable import Commands

/// A shell reads the script, then the line: what would it offer?
struct CompletionTests {
  private static let lines: [(line: String, offers: [String])] = [
    ("tool ", ["config", "exec", "fail", "help", "up"]), ("tool u", ["up"]),
    ("tool config ", ["help", "set", "show"]), ("tool help config s", ["set", "show"]),
    ("tool up --mo", ["--mode"]), ("tool up --mode ", ["fast", "slow", "steady"]),
    ("tool start --mode s", ["slow", "steady"]), ("tool up -m f", ["fast"]),
    ("tool up --detach --no-ca", ["--no-cache"]), ("tool config show --o", ["--origin"]),
    ("tool up --js", ["--json"]), ("tool up --hid", []),
  ]

  /// One shell for all lines: starting one takes longer than everything else here.
  @Test func `bash offers sub-commands, options and values`() throws {
    var script = CompletionScript(Tool.self).text(for: .bash)
    for (line, _) in Self.lines {
      let words = line.split(separator: " ", omittingEmptySubsequences: false).map {
        CompletionScript.quoted(String($0))
      }
      script += "COMP_WORDS=(\(words.joined(separator: " "))); COMP_CWORD=\(words.count - 1)\n"
      script += "_tool; echo LINE; printf '%s\\n' \"${COMPREPLY[@]}\" | sort\n"
    }
    let offers = blocks(try run(["bash", "--norc", "-c", script]))
    #expect(offers == Self.lines.map(\.offers))
  }

  @Test(arguments: ["tool up --mode = s", "tool up --mode ="])
  func `bash completes a value behind an equals sign, too`(line: String) throws {
    let words = line.split(separator: " ")
    let script =
      CompletionScript(Tool.self).text(for: .bash) + """
        COMP_WORDS=(\(words.map { "'\($0)'" }.joined(separator: " ")))
        COMP_CWORD=\(words.count - 1)
        _tool
        printf '%s\\n' "${COMPREPLY[@]}"
        """
    #expect(try run(["bash", "--norc", "-c", script]).suffix(2) == ["slow", "steady"])
  }

  @Test func `bash completes files where a file is meant`() throws {
    let script =
      CompletionScript(Tool.self).text(for: .bash) + """
        COMP_WORDS=(tool up --file /etc/passw)
        COMP_CWORD=3
        _tool
        printf '%s\\n' "${COMPREPLY[@]}"
        """
    #expect(try run(["bash", "--norc", "-c", script]).contains("/etc/passwd"))
  }

  @Test(.enabled(if: isInstalled("fish"))) func `fish offers the same`() throws {
    var script = CompletionScript(Tool.self).text(for: .fish)
    for (line, _) in Self.lines { script += "echo LINE; complete -C \"\(line)\" | sort\n" }
    let found = try run(["fish", "--no-config", "-c", script])
    let offers = blocks(found.map { String($0.prefix { $0 != "\t" }) })
    #expect(offers == Self.lines.map(\.offers))
  }

  /// Zsh completes only in its editor: in a pseudo-terminal a line and a tab are typed.
  @Test(.enabled(if: isInstalled("zsh"))) func `zsh completes what has one end`() throws {
    let lines = [
      ("tool u", "tool up "), ("tool conf", "tool config "),
      ("tool up --mo", "tool up --mode="), ("tool up --mode fa", "tool up --mode fast "),
      ("tool config show --o", "tool config show --origin "),
      ("tool start -m ste", "tool start -m steady "),
      ("tool help config se", "tool help config set "),
      ("tool config set a 1 fa", "tool config set a 1 fast "),
    ]
    // Only the folders of completion's own functions are read: all of them are a thousand
    // files. Nothing begins with the reporting key, so that it never waits for another one. The
    // editor says itself when it has the terminal: what is typed earlier can get lost.
    let inner = """
      PROMPT= ; fpath=(${(M)fpath:#*/Completion(|/Base)}); autoload -Uz compinit; compinit -u -D
      \(CompletionScript(Tool.self).text(for: .zsh))
      _report() { print -r -- "<<$BUFFER>>"; BUFFER= }
      zle -N _report; bindkey -r '^X'; bindkey -r -p '^X'; bindkey '^X' _report
      zle-line-init() { print READY }; zle -N zle-line-init
      """
    var outer = """
      zmodload zsh/zpty
      script=$(mktemp); print -r -- \(CompletionScript.quoted(inner)) >$script
      zpty shell zsh -f -i
      zpty -w shell "source $script"
      zpty -r shell text '*READY'
      rm $script

      """
    for (line, _) in lines {
      outer += """
        zpty -w -n shell \(CompletionScript.quoted(line))$'\\t'$'\\C-X'
        zpty -r shell text '*>>'
        print -r -- "${${text##*<<}%%>>*}"

        """
    }
    let found = try run(["zsh", "-f", "-c", outer])
    #expect(found == lines.map(\.1), "zsh printed \(found)")
  }

  @Test(arguments: CompletionShell.allCases)
  func `every shell takes the script without a complaint`(shell: CompletionShell) throws {
    guard Self.isInstalled(shell.rawValue) else { return }
    let script = CompletionScript(Tool.self).text(for: shell)
    let check =
      shell == .fish
      ? ["fish", "--no-config", "-n", "/dev/stdin"] : [shell.rawValue, "-n", "/dev/stdin"]
    #expect(try run(check, input: script, withErrors: true) == [])
  }

  // MARK: - Shells

  /// What stands behind each `LINE`.
  private func blocks(_ lines: [String]) -> [[String]] {
    lines.split(separator: "LINE", omittingEmptySubsequences: false).dropFirst().map(Array.init)
  }

  private static func isInstalled(_ program: String) -> Bool {
    ["/bin/", "/usr/bin/", "/usr/local/bin/"].contains { access($0 + program, X_OK) == 0 }
  }

  private struct Unstarted: Error {}

  /// The lines a program prints; it is given a minute and a half.
  private func run(
    _ words: [String], input: String = "", withErrors: Bool = false
  ) throws -> [String] {
    var template = Array("/tmp/apus-shell-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    Output.print(input, to: descriptor)
    close(descriptor)
    defer { unlink(path) }
    let errors = withErrors ? "2>&1" : "2>/dev/null"
    let command =
      "timeout 90 " + words.map(CompletionScript.quoted).joined(separator: " ")
      + " <\(path) \(errors)"
    guard let pipe = popen(command, "r") else { throw Unstarted() }
    defer { pclose(pipe) }
    var bytes: [UInt8] = []
    while case let byte = fgetc(pipe), byte != EOF { bytes.append(UInt8(byte)) }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
