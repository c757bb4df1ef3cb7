import Calls
import Primitives

/// `apus nodes label`
struct NodesLabel: Command {
  static let configuration = CommandConfiguration(
    commandName: "label",
    abstract: "Put labels on a node, or take them off.",
    examples: [
      .init("apus nodes label attic room=attic gpu=yes", "two labels"),
      .init("apus nodes label attic --remove gpu", "one less"),
      .init("apus nodes --where label.room=attic", "find by label"),
    ])

  @Argument(help: "The node: its name, its id, or enough of the id's beginning.")
  var member: String
  @Argument(help: "Labels as key=value.") var labels: [String] = []
  @Option(help: .init("Take this label off.", valueName: "key")) var remove: [String] = []
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func validate() throws {
    if labels.isEmpty && remove.isEmpty {
      throw ValidationError("say a label, as key=value, or --remove key")
    }
    for label in labels where Self.parts(label) == nil {
      throw ValidationError("'\(label)' is no label; labels read key=value")
    }
  }

  static func parts(_ label: String) -> (key: String, value: String)? {
    guard let equals = label.firstIndex(of: "="), equals > label.startIndex else { return nil }
    return (String(label[..<equals]), String(label[label.index(after: equals)...]))
  }

  mutating func run() async throws {
    let changes =
      labels.compactMap(Self.parts).map { ($0.key, Optional($0.value)) } + remove.map { ($0, nil) }
    let requests = changes.map { key, value in
      NetworkV1.LabelRequest {
        $0.node = member
        $0.key = key
        $0.value = value
      }
    }
    try await NodeAccess.network(node) { client in
      for request in requests {
        _ = try await client.label(request, options: .within(.seconds(10)))
      }
    }
    let json = JSONObject(uniqueNames: changes.map { ($0.0, $0.1.json) })
    Output(output, environment: Surroundings.environment).show(
      json: ["node": .string(member), "labels": .object(json)]
    ) { [member] _ in "\(TextWidth.printable(member)) has new labels.\n" }
  }
}
