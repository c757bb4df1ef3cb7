import IO
import Primitives

/// Programs of this node that wait for deliveries.
struct TopicClients: Sendable {
  /// One open subscription.
  struct Client: Sendable {
    var topic: String
    var name: String
    var queue: [TopicDeliveries.News] = []
    var bytes = 0
    var isAttached = false
    /// Why no more comes.
    var end: String?
    let change = Broadcast()
  }

  struct Taken: Sendable {
    var news: [TopicDeliveries.News]
    var end: String?
    /// Opens when there is more.
    var gate: Gate
  }

  private var clients: [UInt64: Client] = [:]
  private var lastNumber: UInt64 = 0
  private let limit: Int
  private let byteLimit: Int

  init(limit: Int, byteLimit: Int) {
    self.limit = limit
    self.byteLimit = byteLimit
  }

  var count: Int { clients.count }

  mutating func add(_ topic: String, _ name: String) -> UInt64 {
    lastNumber += 1
    clients[lastNumber] = Client(topic: topic, name: name)
    return lastNumber
  }

  /// Returns true when nobody of this node listens any more.
  mutating func remove(_ number: UInt64) -> Bool {
    guard let client = clients.removeValue(forKey: number) else { return false }
    return !has(client.topic, client.name)
  }

  func has(_ topic: String, _ name: String) -> Bool { !numbers(topic, name).isEmpty }

  /// Those that have not ended.
  private func numbers(_ topic: String, _ name: String) -> [UInt64] {
    clients.filter { $0.value.topic == topic && $0.value.name == name && $0.value.end == nil }
      .map(\.key)
  }

  /// What has come, and why nothing else will.
  mutating func take(_ number: UInt64) -> Taken {
    guard let client = clients[number] else {
      return Taken(news: [], end: "the subscription has ended", gate: Gate())
    }
    clients[number]?.queue = []
    clients[number]?.bytes = 0
    return Taken(news: client.queue, end: client.end, gate: client.change.next())
  }

  mutating func attached(_ topic: String, _ name: String) {
    for number in numbers(topic, name) where clients[number]?.isAttached == false {
      clients[number]?.isAttached = true
      clients[number]?.queue.append(.attached)
      clients[number]?.change.announce()
    }
  }

  /// A program that does not keep up is cut off; the others go on.
  mutating func deliver(_ topic: String, _ delivery: TopicMessage.Delivery) {
    for number in numbers(topic, delivery.name) {
      guard var client = clients[number] else { continue }
      if client.queue.count < limit, client.bytes + delivery.payload.count <= byteLimit {
        client.queue.append(.delivery(delivery))
        client.bytes += delivery.payload.count
      } else {
        client.end =
          "\(client.queue.count) messages were not read: read faster, or give the subscription a "
          + "name and acknowledge sooner"
      }
      clients[number] = client
      client.change.announce()
    }
  }

  mutating func end(_ topic: String, _ name: String, _ reason: String) {
    for number in numbers(topic, name) {
      clients[number]?.end = reason
      clients[number]?.change.announce()
    }
  }

  mutating func endAll(_ reason: String) {
    for (number, client) in clients where client.end == nil {
      clients[number]?.end = reason
      client.change.announce()
    }
  }
}
