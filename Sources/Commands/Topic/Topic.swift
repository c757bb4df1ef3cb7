/// `apus topic`
struct Topic: Command {
  static let configuration = CommandConfiguration(
    abstract: "Publish messages to a topic, and read those of others.",
    examples: [
      .init("apus topic publish builds 'done'", "to everybody who reads it now"),
      .init("apus topic subscribe builds", "until Ctrl-C"),
      .init("apus topic subscribe jobs --name desk", "from where this name stopped the last time"),
    ],
    subcommands: [
      TopicPublish.self, TopicSubscribe.self, TopicSubscriptions.self, TopicUnsubscribe.self,
      TopicList.self,
    ])
}
