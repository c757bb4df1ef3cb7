import IO
import Primitives

/// Programs of this node that wait for deliveries.
struct TopicClients: Sendable {
  /// One open `Subscribe` call.
  struct Client: Sendable {
    var topic: String
    var name: String
    var queue: [TopicMessage.Delivery] = []
    /// Why no more comes.
    var end: String?
    let change = Broadcast()
  }

  private(set) var clients: [UInt64: Client] = [:]
  private var lastNumber: UInt64 = 0
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  mutating func add(_ topic: String, _ name: String) -> UInt64 {
    lastNumber += 1
    clients[lastNumber] = Client(topic: topic, name: name)
    return lastNumber
  }

  /// Returns true when nobody of this node listens any more.
  mutating func remove(_ number: UInt64) -> Bool {
    guard let client = clients.removeValue(forKey: number), client.end == nil else { return false }
    return !has(client.topic, client.name)
  }

  func has(_ topic: String, _ name: String) -> Bool {
    clients.values.contains { $0.topic == topic && $0.name == name && $0.end == nil }
  }

  /// What has come, and why nothing else will.
  mutating func take(_ number: UInt64) -> (deliveries: [TopicMessage.Delivery], end: String?) {
    guard let client = clients[number] else { return ([], "the subscription has ended") }
    clients[number]?.queue = []
    return (client.queue, client.end)
  }

  /// A program that does not keep up is cut off; the others go on.
  mutating func deliver(_ topic: String, _ delivery: TopicMessage.Delivery) {
    for (number, client) in clients where client.topic == topic && client.name == delivery.name {
      if client.end != nil { continue }
      if client.queue.count < limit {
        clients[number]?.queue.append(delivery)
      } else {
        clients[number]?.end =
          "\(limit) messages were not read: read faster, or give the subscription a name"
      }
      client.change.announce()
    }
  }

  mutating func end(_ topic: String, _ name: String, _ reason: String) {
    for (number, client) in clients where client.topic == topic && client.name == name {
      clients[number]?.end = client.end ?? reason
      client.change.announce()
    }
  }

  /// Of a name there is one reader: the newest.
  mutating func endOthers(_ topic: String, _ name: String) {
    if !name.isEmpty { end(topic, name, "another subscriber took over") }
  }
}
