import Apus
import IO
import Runtimes

/// `apus`: the tree of all commands.
package struct Root: Command {
  package static let configuration = CommandConfiguration(
    commandName: "apus",
    abstract: "Join the machines you own into one computer.",
    discussion: """
      Every machine runs a node. Commands talk to the node of this user through a socket in its \
      state folder: $APUS_HOME, else $XDG_STATE_HOME/apus, else ~/.local/state/apus.

      Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no node running, 4 refused, 5 not found, \
      6 timed out.
      """,
    examples: [
      .init("apus up --detach", "start a node in the background"),
      .init("apus status", "see how it does"),
      .init("apus invite", "let another machine in; there: apus join <invite>"),
      .init("apus nodes", "see who is in the network"),
      .init("apus doctor", "find what is wrong and how to mend it"),
      .init("apus down", "stop it"),
    ],
    version: "apus \(Version.current)",
    subcommands: [
      Up.self, Down.self, StatusCommand.self, DoctorCommand.self, Invite.self, Join.self,
      Leave.self, NetworkCommand.self, Nodes.self, OneNode.self, Ping.self, Speed.self,
      StreamCommand.self, FilesCommand.self, BoxCommand.self,
      BoxesCommand.self, SharingCommand.self, Topic.self, Config.self, Logs.self,
      FaultCommand.self,
      VersionCommand.self, Completion.self,
    ])

  package init() {}

  /// The whole program: words in, exit code out.
  package static func main(_ arguments: [String]) throws -> Int32 {
    // Not a command: the node starts itself so, and what follows must find one thread.
    if arguments == ["box"], BoxChild.isAsked { return BoxChild.main() }
    Signals.block()
    return try RootTask.run {
      let terminal = Terminal.detect(1, environment: Surroundings.environment)
      let runner = CommandRunner(
        Root.self, width: terminal.width, output: { Output.print($0, to: 1) },
        complaints: { Output.print($0, to: 2) })
      return await runner.run(arguments).rawValue
    }
  }
}
