import IO
import Mesh
public import Primitives

/// The network, for programs that are nodes.
extension Node {
  /// A node of the network, as this one sees it.
  public struct Member: Sendable, Hashable {
    public let id: NodeID
    public let name: String
    /// It answers, as far as the network knows.
    public let isThere: Bool
    /// There and back, measured or estimated.
    public let latency: Duration?
  }

  /// A message of a topic.
  public struct Message: Sendable, Hashable {
    public let payload: [UInt8]
    /// Who published it.
    public let publisher: NodeID
    /// It was kept for subscribers with a name.
    public let isKept: Bool
  }

  /// Everybody in the network, this node among them, by name.
  public var members: [Member] {
    guard let rows = try? mesh().rows() else { return [] }  // nobody, once it has stopped
    return rows.map { row in
      Member(
        id: row.id, name: row.name, isThere: row.isSelf || row.state.isLive,
        latency: row.latencyMs.map { .nanoseconds(Int64($0 * 1_000_000)) })
    }.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
  }

  /// An invite for other nodes, to be given to `join` there.
  public func invite(
    uses: Int = 1, lasting life: Duration = .seconds(86_400)
  ) async throws(NodeError) -> String {
    try await explaining {
      let network = try mesh()
      let terms = InviteBook.Terms(roles: Set(Role.allCases), life: life, uses: uses)
      return try await network.membership.invite(
        terms, addresses: Array(network.addresses.prefix(Invite.Limits().addresses))
      ).revealed
    }
  }

  /// Goes to the network of an invite. Returns this node's name there; nil while an admin has to
  /// approve.
  @discardableResult
  public func join(_ invite: String, name: String? = nil) async throws(NodeError) -> String? {
    try await explaining {
      let outcome = try await mesh().join(try Invite(invite), name: name)
      return outcome.isPending ? nil : outcome.name
    }
  }

  /// Returns when a kept message is on disk at its holders, else when it is on its way.
  public func publish(
    _ payload: [UInt8], to topic: String, isKept: Bool = false
  ) async throws(NodeError) {
    try await explaining {
      _ = try await mesh().session().topics.publish(payload, to: topic, isKept: isKept)
    }
  }

  /// Calls `body` with each message until it returns false or throws. With a name, a message counts
  /// as read once `body` has returned; what was not read comes again, after a restart too.
  public func subscribe(
    to topic: String, name: String = "", _ body: (Message) async throws -> Bool
  ) async throws(NodeError) {
    try await explaining {
      let topics = try mesh().session().topics
      try await topics.subscribe(to: topic, name: name) { deliveries in
        while true {
          for case .delivery(let delivery) in try await deliveries.next() {
            let message = Message(
              payload: delivery.payload, publisher: delivery.position.stream.publisher,
              isKept: delivery.isKept)
            let goesOn = try await body(message)
            if !name.isEmpty {
              try topics.acknowledge(delivery.position, of: topic, name: name)
            }
            if !goesOn { return }
          }
        }
      }
    }
  }

  /// A subscription with a name, which outlives its readers.
  public struct Subscription: Sendable, Hashable {
    public let name: String
    /// Kept messages that wait for it.
    public let waiting: Int
    /// The node where somebody reads now.
    public let reader: NodeID?
  }

  /// The subscriptions with a name of a topic, wherever they are kept.
  public func subscriptions(to topic: String) async throws(NodeError) -> [Subscription] {
    try await explaining {
      try await mesh().session().topics.subscriptions(of: topic).map {
        Subscription(name: $0.name, waiting: $0.waiting, reader: $0.reader)
      }
    }
  }

  /// Deletes a subscription with a name: nothing waits for it any more, and who reads under it is
  /// cut off.
  public func unsubscribe(_ name: String, from topic: String) async throws(NodeError) {
    try await explaining {
      try await mesh().session().topics.unsubscribe(name, from: topic)
    }
  }

  // MARK: - Helpers

  private func mesh() throws(NodeError) -> Network {
    guard let network = network.withLock({ $0 }) else {
      throw NodeError(.notRunning, "the node has stopped")
    }
    return network
  }

  func explaining<Result>(
    _ body: () async throws -> Result
  ) async throws(NodeError) -> Result {
    do { return try await body() } catch { throw NodeError(explaining: error) }
  }
}
