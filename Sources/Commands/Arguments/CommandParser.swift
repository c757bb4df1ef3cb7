import Primitives

/// What a command line asks for.
package enum CommandRequest {
  case run(any Command)
  /// Help or the version: print it and end well.
  case show(String)
}

/// Finds the command in the tree, makes one and fills it.
package struct CommandParser {
  private let root: CommandNode
  private let width: Int

  /// Help is wrapped at `width`.
  package init(_ root: any Command.Type, width: Int = 80) {
    self.root = CommandNode(root: root)
    self.width = width
  }

  /// `arguments` are those behind the program's name.
  package func parse(_ arguments: [String]) throws(ArgumentError) -> CommandRequest {
    var node = root
    var rest = arguments[...]
    while !node.configuration.subcommands.isEmpty {
      switch rest.first {
      case nil:
        guard let child = node.defaultChild else { return .show(help(node)) }
        node = child
      case "-h", "--help": return .show(help(node))
      case "--version" where !node.configuration.version.isEmpty:
        return .show(node.configuration.version + "\n")
      case "help": return .show(help(try find(rest.dropFirst(), from: node)))
      case let word?:
        if let child = node.child(named: word) {
          rest = rest.dropFirst()
          node = child
        } else if let child = node.defaultChild,
          word.hasPrefix("-") || child.definitions.contains(where: \.isPositional)
        {
          node = child
        } else {
          throw unknown(word, in: node)
        }
      }
    }
    return try parse(rest, of: node)
  }

  /// The help of the command that `words` name.
  private func find(
    _ words: ArraySlice<String>, from start: CommandNode
  ) throws(ArgumentError) -> CommandNode {
    var node = start
    for word in words where word != "-h" && word != "--help" {
      guard let child = node.child(named: word) else { throw unknown(word, in: node) }
      node = child
    }
    return node
  }

  private func help(_ node: CommandNode) -> String { HelpText(node, width: width).text }

  private func unknown(_ word: String, in node: CommandNode) -> ArgumentError {
    if word.hasPrefix("-") {
      let names = ["--help"] + (node.configuration.version.isEmpty ? [] : ["--version"])
      let hint = Spelling.hint(for: word, among: names, quote: "'")
      let message =
        hint.isEmpty
        ? "unknown option '\(word)' before a command; options stand behind it"
        : "unknown option '\(word)'\(hint)"
      return error(message, node)
    }
    let names = node.visibleChildren.flatMap { [$0.name] + $0.configuration.aliases } + ["help"]
    let hint = Spelling.hint(for: word, among: names, quote: "'")
    return error("unknown command '\(word)'\(hint)", node)
  }

  private func error(_ message: String, _ node: CommandNode) -> ArgumentError {
    ArgumentError(
      message: message, usage: HelpText(node, width: width).usage, help: node.spelled + " --help")
  }

  // MARK: - A command without sub-commands

  private func parse(
    _ words: ArraySlice<String>, of node: CommandNode
  ) throws(ArgumentError) -> CommandRequest {
    var command = node.type.init()
    var reader = ArgumentReader(
      definitions: command.definitions, words: Array(words),
      version: node.configuration.version)
    do throws(UsageMistake) {
      switch try reader.read() {
      case .complete: break
      case .helpAsked: return .show(help(node))
      case .versionAsked: return .show(node.configuration.version + "\n")
      }
    } catch {
      if reader.asksForHelpLater { return .show(help(node)) }
      throw self.error(error.message, node)
    }
    do {
      try command.validateAll()
    } catch {
      throw self.error("\(error)", node)
    }
    return .run(command)
  }
}
