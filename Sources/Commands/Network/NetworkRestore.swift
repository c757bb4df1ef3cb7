import Calls
import IO
import Primitives

/// `apus network restore`
struct NetworkRestore: Command {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Give the network's private key back to this node, from a backup.",
    examples: [
      .init("apus network restore key.txt", "asks for its password"),
      .init("apus network restore key.txt --forget", "proves the backup, then keeps it offline"),
    ])

  @Argument(help: "The file that holds the backup.", completion: .file) var file: String
  @Flag(help: "Forget the key once the backup has proven to hold it.") var forget = false
  @OptionGroup var password: PasswordOptions
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try await RealDisk().read(file, limit: 64 << 10, followsLinks: true)
    } catch {
      throw CommandError(error.message, code: .validationFailure)
    }
    let text = try await password.password(isNew: false)
    let request = NetworkV1.RestoreRequest {
      $0.backup = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
      $0.password = text
      $0.forget = forget
    }
    _ = try await NodeAccess.network(node) {
      try await $0.restore(request, options: .within(.seconds(60)))
    }
    Output(output, environment: Surroundings.environment).show(
      json: ["holdsNetworkKey": .bool(!forget)]
    ) { [forget] _ in
      forget
        ? "The backup is good; this node has forgotten the network's key.\n"
        : "This node holds the network's key again.\n"
    }
  }
}
