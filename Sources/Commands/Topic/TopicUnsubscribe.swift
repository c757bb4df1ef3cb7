import Calls
import Primitives

/// `apus topic unsubscribe`
struct TopicUnsubscribe: Command {
  static let configuration = CommandConfiguration(
    commandName: "unsubscribe",
    abstract: "Delete a named subscription of a topic.",
    discussion: """
      Nothing waits for it any more, and whoever reads under the name is cut off. The next reader \
      of that name starts with all that is still kept.
      """,
    examples: [.init("apus topic unsubscribe jobs desk", "see `apus topic subscriptions jobs`")])

  @Argument(help: "The topic.") var topic: String
  @Argument(help: "The name of the subscription.") var name: String
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let request = TopicsV1.UnsubscribeRequest {
      $0.topic = topic
      $0.name = name
    }
    _ = try await NodeAccess.connect(node) {
      try await TopicsV1.TopicsClient($0).unsubscribe(request, options: .within(.seconds(30)))
    }
    Output(output, environment: Surroundings.environment).show(
      json: ["topic": .string(topic), "deleted": .string(name)]) { _ in "" }
  }
}
