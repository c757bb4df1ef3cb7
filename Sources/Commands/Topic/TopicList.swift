import Calls
import Primitives

/// `apus topic list`
struct TopicList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the topics this node holds or reads.",
    examples: [.init("apus topic list", "and who subscribes here")])

  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let reply = try await NodeAccess.connect(node) {
      try await TopicsV1.TopicsClient($0).list(.init(), options: .within(.seconds(10)))
    }
    Output(output, environment: Surroundings.environment).show(TopicsReport(topics: reply.topics))
  }
}

struct TopicsReport: Presentable {
  let topics: [TopicsV1.TopicState]

  var json: JSON {
    .array(
      topics.map {
        [
          "topic": .string($0.topic), "isHeld": .bool($0.isHeld),
          "messages": .integer(Int64(clamping: $0.messages)),
          "bytes": .integer(Int64(clamping: $0.bytes)), "names": $0.names.json,
          "subscribers": .integer(Int64($0.subscribers)),
        ]
      })
  }

  func text(for terminal: Terminal) -> String {
    guard !topics.isEmpty else { return "This node holds and reads no topics.\n" }
    var table = Table([
      .init("topic"), .init("kept here"), .init("messages", .right), .init("size", .right),
      .init("readers", .right), .init("names"),
    ])
    for topic in topics {
      table.append(
        topic.topic, topic.isHeld ? "yes" : "no", String(topic.messages),
        ByteSize(Int64(clamping: topic.bytes)).rounded, String(topic.subscribers),
        topic.names.joined(separator: ", "))
    }
    return table.text(for: terminal)
  }
}
