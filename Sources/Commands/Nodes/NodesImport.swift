import Calls
import IO
import Primitives

/// `apus nodes import`
struct NodesImport: Command {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Read P2PRC's ip_table.json: addresses where nodes of this network may be.",
    discussion: "Nobody becomes a member by it; the addresses are tried, and forgotten again.",
    examples: [.init("apus nodes import ip_table.json", "- reads standard input")])

  private static let mostBytes = 8 << 20

  @Argument(help: "The file.", completion: .file) var file: String
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let bytes: [UInt8]
    if file == "-" {
      bytes = try await StandardInput.readAll(limit: Self.mostBytes)
    } else {
      do throws(SystemError) {
        bytes = try await RealDisk().read(file, limit: Self.mostBytes, followsLinks: true)
      } catch {
        throw CommandError(error.message, code: .validationFailure)
      }
    }
    let request = NodesV1.ImportTableRequest { $0.json = String(decoding: bytes, as: UTF8.self) }
    let reply = try await NodeAccess.nodes(node) {
      try await $0.importTable(request, options: .within(.seconds(30)))
    }
    Output(output, environment: Surroundings.environment).show(
      ImportReport(entries: reply.entries))
  }
}

struct ImportReport: Presentable {
  let entries: [NodesV1.ImportedEntry]

  var json: JSON {
    .array(
      entries.map {
        [
          "name": .string($0.name), "addresses": $0.addresses.json,
          "knownAs": $0.knownAs.isEmpty ? .null : .string($0.knownAs),
          "isTried": .bool($0.isTried),
        ]
      })
  }

  func text(for terminal: Terminal) -> String {
    guard !entries.isEmpty else { return "The table is empty.\n" }
    var table = Table("name", "addresses", "what becomes of it")
    for entry in entries {
      table.append(
        entry.name, entry.addresses.joined(separator: " "),
        entry.knownAs.isEmpty
          ? entry.isTried ? "is tried" : "is not tried" : "is known as \(entry.knownAs)")
    }
    return table.text(for: terminal)
  }
}
