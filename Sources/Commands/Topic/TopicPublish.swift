import Calls
import Primitives

/// `apus topic publish`
struct TopicPublish: Command {
  static let configuration = CommandConfiguration(
    commandName: "publish",
    abstract: "Publish a message, or all that comes on standard input.",
    examples: [
      .init("apus topic publish builds 'done'", "a text"),
      .init("apus topic publish pictures < a.png", "standard input as one message"),
      .init("journalctl -f | apus topic publish log --lines", "each line as one"),
      .init("apus topic publish jobs work --keep", "for subscriptions with a name too"),
    ])

  private static let mostBytes = 16 << 20

  @Argument(help: "The topic.") var topic: String
  @Argument(help: "The message; without it standard input is read.") var message: String?
  @Flag(help: "Keep it for subscriptions with a name; returns once it is safe.") var keep = false
  @Flag(help: "Publish each line of standard input when it comes.") var lines = false
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func validate() throws {
    if lines && message != nil { throw ValidationError("--lines reads standard input only") }
  }

  mutating func run() async throws {
    let output = Output(self.output, environment: Surroundings.environment)
    if lines {
      let count = try await publishLines()
      output.show(json: ["published": .integer(Int64(count))]) { _ in "" }
      return
    }
    let payload: [UInt8]
    if let message {
      payload = Array(message.utf8)
    } else {
      payload = try await StandardInput.readAll(limit: Self.mostBytes)
    }
    let request = request(payload)
    let reply = try await NodeAccess.connect(node) {
      try await TopicsV1.TopicsClient($0).publish(request, options: .within(.seconds(30)))
    }
    let json = reply.position.map(TopicSubscribe.json) ?? .null
    output.show(json: json) { _ in "" }
  }

  private func request(_ payload: [UInt8]) -> TopicsV1.PublishRequest {
    TopicsV1.PublishRequest {
      $0.topic = topic
      $0.payload = payload
      $0.isKept = keep
    }
  }

  /// How many there were.
  private func publishLines() async throws -> Int {
    let template = request([])
    return try await NodeAccess.connect(node) { caller in
      let client = TopicsV1.TopicsClient(caller)
      var splitter = LineSplitter(limit: Self.mostBytes)
      var count = 0
      while true {
        let piece = try await StandardInput.read()
        for line in try piece.isEmpty ? splitter.end() : splitter.feed(piece) {
          var request = template
          request.payload = line
          _ = try await client.publish(request, options: .within(.seconds(30)))
          count += 1
        }
        if piece.isEmpty { return count }
      }
    }
  }
}

/// Lines of a stream that comes in pieces, without their ends.
struct LineSplitter {
  private let limit: Int
  private var rest: [UInt8] = []

  init(limit: Int) { self.limit = limit }

  mutating func feed(_ bytes: [UInt8]) throws(CommandError) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var start = bytes.startIndex
    while let end = bytes[start...].firstIndex(of: 0x0A) {
      lines.append(rest + bytes[start..<end])
      rest = []
      start = end + 1
    }
    rest += bytes[start...]
    guard rest.count <= limit else {
      throw CommandError(
        "a line has more than \(ByteSize(Int64(limit)).rounded)", code: .validationFailure)
    }
    return lines
  }

  /// What has no end, when all is there.
  mutating func end() -> [[UInt8]] {
    defer { rest = [] }
    return rest.isEmpty ? [] : [rest]
  }
}
