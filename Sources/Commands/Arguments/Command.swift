// # Commands
//
// In the shape of swift-argument-parser, so that taking that package instead is a mechanical
// change: a command is a struct whose properties say what it takes, and a tree of sub-commands.
//
//     struct Up: Command {
//       static let configuration = CommandConfiguration(abstract: "Start a node.")
//       @Flag(name: .shortAndLong, help: "Start it in the background.") var detach = false
//       @Option(help: "Where to listen.") var listen: [String] = []
//       mutating func run() async throws { ... }
//     }
//
// What differs: examples have a place of their own, options stand behind the last sub-command,
// and a command is run, never recognised by a type it is decoded from.

/// Properties marked `@Flag`, `@Option`, `@Argument` and `@OptionGroup`: a command, or a group of
/// options that several commands share.
package protocol ParsableArguments: SendableMetatype {
  init()

  /// Looks at all values together; throw `ValidationError` for what cannot be.
  mutating func validate() throws
}

extension ParsableArguments {
  package mutating func validate() throws {}
}

package protocol Command: ParsableArguments {
  static var configuration: CommandConfiguration { get }

  /// Does the work. Throw `ExitCode` or `CommandError` to end with something else than 0.
  mutating func run() async throws
}

extension Command {
  package static var configuration: CommandConfiguration { CommandConfiguration() }

  /// A command with sub-commands has nothing of its own to do: the parser prints its help.
  package mutating func run() async throws {}
}

/// What help and completion say about a command.
package struct CommandConfiguration: Sendable {
  package struct Example: Sendable {
    package var line: String
    package var meaning: String

    package init(_ line: String, _ meaning: String) {
      self.line = line
      self.meaning = meaning
    }
  }

  /// The type's name in lower case, words parted by dashes, when nil.
  package var commandName: String?
  /// One line.
  package var abstract: String
  package var discussion: String
  package var examples: [Example]
  /// What `--version` prints; for the root.
  package var version: String
  package var shouldDisplay: Bool
  package var subcommands: [any Command.Type]
  /// Runs when no sub-command is named.
  package var defaultSubcommand: (any Command.Type)?
  package var aliases: [String]

  package init(
    commandName: String? = nil, abstract: String = "", discussion: String = "",
    examples: [Example] = [], version: String = "", shouldDisplay: Bool = true,
    subcommands: [any Command.Type] = [], defaultSubcommand: (any Command.Type)? = nil,
    aliases: [String] = []
  ) {
    self.commandName = commandName
    self.abstract = abstract
    self.discussion = discussion
    self.examples = examples
    self.version = version
    self.shouldDisplay = shouldDisplay
    self.subcommands = subcommands
    self.defaultSubcommand = defaultSubcommand
    self.aliases = aliases
  }
}
