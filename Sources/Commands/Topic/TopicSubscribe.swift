import Calls
import Primitives

/// `apus topic subscribe`
struct TopicSubscribe: Command {
  static let configuration = CommandConfiguration(
    commandName: "subscribe",
    abstract: "Print the messages of a topic as they come.",
    discussion: """
      With a name the subscription outlives this command: the next one with that name goes on \
      behind the last message that was printed. Only kept messages wait (publish --keep).
      """,
    examples: [
      .init("apus topic subscribe builds", "until Ctrl-C"),
      .init("apus topic subscribe jobs --name desk -c 1", "one message, then the next one later"),
      .init("apus topic subscribe jobs --json", "a line of JSON each, with where it came from"),
    ])

  @Argument(help: "The topic.") var topic: String
  @Option(help: "A subscription that goes on where it stopped.") var name = ""
  @Option(name: .shortAndLong, help: "End after so many messages; 0 goes on.") var count = 0
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func validate() throws {
    if count < 0 { throw ValidationError("--count must not be negative") }
  }

  mutating func run() async throws {
    let (topic, name, count, isJSON) = (topic, name, count, output.json)
    let request = TopicsV1.SubscribeRequest {
      $0.topic = topic
      $0.name = name
    }
    let terminal = Terminal.detect(1, environment: Surroundings.environment)
    try await NodeAccess.connect(node) { caller in
      let client = TopicsV1.TopicsClient(caller)
      try await client.subscribe(request) { deliveries in
        var printed = 0
        while let delivery = try await deliveries.next() {
          // The first says that the subscription is in place.
          guard let position = delivery.position else { continue }
          let line = Self.line(delivery, topic: topic, isJSON: isJSON, terminal)
          // What nobody has read is not acknowledged.
          guard Output.print(line, to: 1) else { return }
          if !name.isEmpty {
            let request = TopicsV1.AcknowledgeRequest {
              $0.topic = topic
              $0.name = name
              $0.position = position
            }
            _ = try await client.acknowledge(request, options: .within(.seconds(30)))
          }
          printed += 1
          if printed == count { return }
        }
      }
    }
  }

  /// A message and a newline. On a terminal nothing in it moves the cursor.
  static func line(
    _ delivery: TopicsV1.Delivery, topic: String, isJSON: Bool, _ terminal: Terminal
  ) -> [UInt8] {
    if isJSON { return Array((json(delivery, topic: topic).text + "\n").utf8) }
    guard terminal.isTerminal else { return delivery.payload + [0x0A] }
    let text = String(decoding: delivery.payload, as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return Array(
      (lines.map { TextWidth.printable(String($0)) }.joined(separator: "\n") + "\n").utf8)
  }

  /// The payload as text where it is one.
  private static func json(_ delivery: TopicsV1.Delivery, topic: String) -> JSON {
    let text = String(validating: delivery.payload, as: UTF8.self)
    return [
      "topic": .string(topic), "payload": text.json,
      "payloadBase64": text == nil ? .string(Base64.encode(delivery.payload)) : .null,
      "isKept": .bool(delivery.isKept), "position": delivery.position.map(json) ?? .null,
    ]
  }

  static func json(_ position: TopicsV1.Position) -> JSON {
    [
      "publisher": .string(NodeID(position.publisher)?.description ?? ""),
      "boot": .string(String(position.boot)),
      "sequence": .integer(Int64(clamping: position.sequence)),
    ]
  }
}
