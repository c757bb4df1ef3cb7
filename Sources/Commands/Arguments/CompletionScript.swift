/// A shell that completes.
package enum CompletionShell: String, CaseIterable, ArgumentValue {
  case bash, zsh, fish
}

/// Scripts that complete sub-commands, options and values. They stand alone: the shell reads
/// them once, and pressing tab starts no program of ours.
package struct CompletionScript {
  let program: String
  let commands: [CompletedCommand]

  package init(_ root: any Command.Type) {
    let node = CommandNode(root: root)
    program = node.name
    commands = CompletedCommand.all(below: node)
  }

  package func text(for shell: CompletionShell) -> String {
    switch shell {
    case .bash: bash
    case .zsh: zsh
    case .fish: fish
    }
  }

  /// A name for a function of the shell.
  func function(_ command: CompletedCommand) -> String {
    "_" + command.path.map(Self.identifier).joined(separator: "_")
  }

  static func identifier(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }

  /// Within single quotes, for every shell here: `'it'\''s'`.
  static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
  }
}

/// What completion knows of one command.
struct CompletedCommand {
  struct Child {
    let name: String
    let aliases: [String]
    let abstract: String
  }

  enum Source: Equatable {
    case nothing
    case words([String])
    case files
    case directories
  }

  struct Option {
    let longNames: [String]
    let shortNames: [String]
    let help: String
    let takesValue: Bool
    let repeats: Bool
    let valueName: String
    let source: Source

    /// With their dashes.
    var names: [String] { shortNames.map { "-" + $0 } + longNames.map { "--" + $0 } }
  }

  struct Positional {
    let valueName: String
    let repeats: Bool
    let source: Source
  }

  let path: [String]
  let children: [Child]
  let options: [Option]
  let positionals: [Positional]

  var spelled: String { path.joined(separator: " ") }

  /// The node and everything below it that help shows.
  static func all(below node: CommandNode) -> [CompletedCommand] {
    [CompletedCommand(node)] + node.visibleChildren.flatMap(all)
  }

  private init(_ node: CommandNode) {
    path = node.path
    children = node.visibleChildren.map {
      Child(
        name: $0.name, aliases: $0.configuration.aliases, abstract: $0.configuration.abstract)
    }
    let definitions = node.definitions.filter { !$0.help.isHidden }
    // `apus nodes --sort` means the sub-command that runs when none is named.
    let implied = node.defaultChild?.definitions.filter { !$0.help.isHidden } ?? []
    var options = (definitions + implied).filter { !$0.isPositional }.flatMap(Self.options)
    options.append(Self.builtIn("help", ["h"], "Show help."))
    if !node.configuration.version.isEmpty {
      options.append(Self.builtIn("version", [], "Show the version."))
    }
    self.options = options
    positionals = definitions.filter(\.isPositional).map {
      Positional(valueName: $0.valueName, repeats: $0.repeats, source: Self.source($0))
    }
  }

  private static func builtIn(_ long: String, _ short: [String], _ help: String) -> Option {
    Option(
      longNames: [long], shortNames: short, help: help, takesValue: false, repeats: false,
      valueName: "", source: .nothing)
  }

  /// The option, and its inverse as one of its own.
  private static func options(_ definition: ArgumentDefinition) -> [Option] {
    [definition.names, definition.inverseNames].filter { !$0.isEmpty }.map { names in
      var long: [String] = []
      var short: [String] = []
      for name in names {
        switch name {
        case .long(let name): long.append(name)
        case .short(let letter): short.append(String(letter))
        }
      }
      return Option(
        longNames: long, shortNames: short, help: definition.help.abstract,
        takesValue: definition.kind == .option, repeats: definition.repeats,
        valueName: definition.valueName, source: source(definition))
    }
  }

  private static func source(_ definition: ArgumentDefinition) -> Source {
    switch definition.completion {
    case .automatic:
      if definition.kind == .passthrough { return .files }
      return definition.choices.isEmpty ? .nothing : .words(definition.choices)
    case .list(let words): return .words(words)
    case .file: return .files
    case .directory: return .directories
    }
  }
}
