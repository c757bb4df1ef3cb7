import Calls
import Primitives

/// `apus topic subscriptions`
struct TopicSubscriptions: Command {
  static let configuration = CommandConfiguration(
    commandName: "subscriptions",
    abstract: "List the named subscriptions of a topic.",
    discussion: "Whichever nodes hold the topic; `apus topic unsubscribe` deletes one.",
    examples: [.init("apus topic subscriptions jobs", "and how many messages wait for each")])

  @Argument(help: "The topic.") var topic: String
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let request = TopicsV1.SubscriptionsRequest { $0.topic = topic }
    let reply = try await NodeAccess.connect(node) {
      try await TopicsV1.TopicsClient($0).subscriptions(request, options: .within(.seconds(20)))
    }
    Output(output, environment: Surroundings.environment).show(
      SubscriptionsReport(topic: topic, subscriptions: reply.subscriptions))
  }
}

struct SubscriptionsReport: Presentable {
  let topic: String
  let subscriptions: [TopicsV1.SubscriptionState]

  var json: JSON {
    .array(
      subscriptions.map {
        [
          "topic": .string(topic), "name": .string($0.name),
          "waiting": .integer(Int64(clamping: $0.waiting)),
          "reader": (NodeID($0.readAt)?.description).json,
        ]
      })
  }

  func text(for terminal: Terminal) -> String {
    guard !subscriptions.isEmpty else {
      return "The topic \(TextWidth.printable(topic)) has no named subscriptions.\n"
    }
    var table = Table([.init("name"), .init("waiting", .right), .init("read at")])
    for subscription in subscriptions {
      table.append(
        subscription.name, String(subscription.waiting),
        NodeID(subscription.readAt)?.short ?? "-")
    }
    return table.text(for: terminal)
  }
}
