import Calls
import Primitives

/// `apus network backup`
struct NetworkBackup: Command {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Print the network's private key, encrypted under a password.",
    discussion: """
      Whoever has the backup and its password rules the network. Without either, a network whose \
      first node is lost can have no new admins.
      """,
    examples: [
      .init("apus network backup > key.txt", "asks for a password"),
      .init("apus network backup --password-file p.txt > key.txt", "for scripts"),
    ])

  @OptionGroup var password: PasswordOptions
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let text = try await password.password(isNew: true)
    let request = NetworkV1.BackupRequest { $0.password = text }
    let reply = try await NodeAccess.network(node) {
      try await $0.backup(request, options: .within(.seconds(60)))
    }
    Output(output, environment: Surroundings.environment).show(
      json: ["backup": .string(reply.backup)]
    ) { _ in reply.backup + "\n" }
  }
}
