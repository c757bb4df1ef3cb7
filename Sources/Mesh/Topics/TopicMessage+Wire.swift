import Calls
import Primitives

extension TopicMessage {
  package struct WireLimits: Sendable {
    package var bytes = 4 << 20
    package var elements = 65_536
    package init() {}
  }

  /// `apus.topics.v1.TopicMessage`.
  package func encoded(topic: String) -> [UInt8] { wire(topic: topic).encoded() }

  func wire(topic: String) -> TopicsV1.TopicMessage {
    TopicsV1.TopicMessage {
      $0.topic = topic
      $0.message = choice
    }
  }

  /// Near what the wire form takes.
  var roughSize: Int {
    switch self {
    case .publish(_, _, let payload, _): payload.count + 96
    case .deliver(let delivery): delivery.payload.count + 128
    case .copy(let copy):
      copy.messages.reduce(64) { $0 + $1.payload.count + 64 }
        + 64 * (copy.lasts.count + copy.names.count + copy.acknowledged.count)
    case .accepted, .behind, .attach, .attached, .detach, .acknowledge, .copied, .check, .cutOff,
      .forget, .forgotten:
      128
    }
  }

  package static func decode(
    _ bytes: [UInt8], limits: WireLimits = WireLimits()
  ) throws(NetworkError) -> (TopicMessage, topic: String) {
    var reading = WireReader.Limits()
    reading.size = limits.bytes
    reading.elements = limits.elements
    reading.depth = 6
    let wire: TopicsV1.TopicMessage
    do {
      wire = try TopicsV1.TopicMessage(decoding: bytes, limits: reading)
    } catch {
      throw NetworkError(.violation, "a message about topics cannot be read", cause: error)
    }
    return try decode(wire)
  }

  static func decode(
    _ wire: TopicsV1.TopicMessage
  ) throws(NetworkError) -> (TopicMessage, topic: String) {
    guard let choice = wire.message else {
      throw NetworkError(
        .violation, "a message about topics says nothing: the peer may have a newer program")
    }
    return (try TopicMessage(choice), wire.topic)
  }

  private init(_ choice: TopicsV1.TopicMessage.MessageChoice) throws(NetworkError) {
    switch choice {
    case .publish(let wire):
      self = .publish(
        try TopicPosition(ofMessage: wire.position), isKept: wire.isKept, payload: wire.payload,
        floor: try TopicPosition.sequence(wire.floor))
    case .accepted(let wire): self = .accepted(try TopicPosition(wire))
    case .behind(let wire): self = .behind(try TopicPosition(wire))
    case .attach(let wire): self = .attach(name: wire.name)
    case .attached(let wire): self = .attached(name: wire.name)
    case .detach(let wire): self = .detach(name: wire.name)
    case .deliver(let wire):
      var delivery = Delivery(
        name: wire.name, position: try TopicPosition(ofMessage: wire.position),
        isKept: wire.isKept, payload: wire.payload)
      delivery.after = try TopicPosition.sequence(wire.after)
      delivery.acknowledged = try TopicPosition.sequence(wire.acknowledged)
      delivery.era = wire.era
      self = .deliver(delivery)
    case .acknowledge(let wire):
      self = .acknowledge(name: wire.name, try TopicPosition(wire.position))
    case .copy(let wire): self = .copy(try Copy(wire))
    case .copied(let wire): self = .copied(request: wire.request)
    case .check: self = .check
    case .cutOff(let wire): self = .cutOff(name: wire.name, reason: wire.reason)
    case .forget(let wire): self = .forget(request: wire.request, name: wire.name)
    case .forgotten(let wire):
      self = .forgotten(request: wire.request, wasThere: wire.wasThere)
    }
  }

  private var choice: TopicsV1.TopicMessage.MessageChoice {
    switch self {
    case .publish(let position, let isKept, let payload, let floor):
      .publish(
        TopicsV1.Publication {
          $0.position = position.wire
          $0.isKept = isKept
          $0.payload = payload
          $0.floor = floor
        })
    case .accepted(let position): .accepted(position.wire)
    case .behind(let position): .behind(position.wire)
    case .attach(let name): .attach(TopicsV1.Attachment { $0.name = name })
    case .attached(let name): .attached(TopicsV1.Attachment { $0.name = name })
    case .detach(let name): .detach(TopicsV1.Detachment { $0.name = name })
    case .deliver(let delivery): .deliver(delivery.wire)
    case .acknowledge(let name, let position): .acknowledge(Acknowledged(name, position).wire)
    case .copy(let copy): .copy(copy.wire)
    case .copied(let request): .copied(TopicsV1.Copied { $0.request = request })
    case .check: .check(TopicsV1.Check())
    case .cutOff(let name, let reason):
      .cutOff(
        TopicsV1.CutOff {
          $0.name = name
          $0.reason = reason
        })
    case .forget(let request, let name):
      .forget(
        TopicsV1.Forget {
          $0.request = request
          $0.name = name
        })
    case .forgotten(let request, let wasThere):
      .forgotten(
        TopicsV1.Forgotten {
          $0.request = request
          $0.wasThere = wasThere
        })
    }
  }
}

extension TopicPosition {
  init(_ wire: TopicsV1.Position?) throws(NetworkError) {
    guard let wire, let publisher = NodeID(wire.publisher) else {
      throw NetworkError(.violation, "a message's position has no publisher of 32 bytes")
    }
    self.init(
      TopicStream(publisher: publisher, boot: wire.boot), try Self.sequence(wire.sequence))
  }

  /// Messages count from 1; only the place before the first is 0.
  fileprivate init(ofMessage wire: TopicsV1.Position?) throws(NetworkError) {
    try self.init(wire)
    if sequence == 0 {
      throw NetworkError(.violation, "a message is said to be the one before the first")
    }
  }

  /// Far more than anybody publishes, and so few that sums over all streams cannot overflow.
  static let highest: UInt64 = 1 << 48

  fileprivate static func sequence(_ number: UInt64) throws(NetworkError) -> UInt64 {
    guard number <= highest else {
      throw NetworkError(.violation, "nobody has published \(number) messages at one start")
    }
    return number
  }

  var wire: TopicsV1.Position {
    TopicsV1.Position {
      $0.publisher = stream.publisher.bytes
      $0.boot = stream.boot
      $0.sequence = sequence
    }
  }
}

extension TopicMessage.Delivery {
  fileprivate var wire: TopicsV1.HeldDelivery {
    TopicsV1.HeldDelivery {
      $0.name = name
      $0.position = position.wire
      $0.isKept = isKept
      $0.payload = payload
      $0.after = after
      $0.acknowledged = acknowledged
      $0.era = era
    }
  }
}

extension TopicMessage.Acknowledged {
  fileprivate var wire: TopicsV1.Acknowledgement {
    TopicsV1.Acknowledgement {
      $0.name = name
      $0.position = position.wire
    }
  }
}

extension TopicMessage.Copy {
  fileprivate init(_ wire: TopicsV1.Copy) throws(NetworkError) {
    self.init(request: wire.request)
    for message in wire.messages {
      messages.append(
        TopicMessage.Kept(try TopicPosition(ofMessage: message.position), message.payload))
    }
    for last in wire.streams { lasts.append(try TopicPosition(last)) }
    names = wire.names.map { TopicMessage.Naming($0.name, era: $0.era) }
    for place in wire.subscriptions {
      acknowledged.append(
        TopicMessage.Acknowledged(place.name, try TopicPosition(place.position)))
    }
    isLast = wire.isLast
  }

  fileprivate var wire: TopicsV1.Copy {
    TopicsV1.Copy {
      $0.request = request
      $0.messages = messages.map { kept in
        TopicsV1.Publication {
          $0.position = kept.position.wire
          $0.isKept = true
          $0.payload = kept.payload
        }
      }
      $0.streams = lasts.map(\.wire)
      $0.names = names.map { naming in
        TopicsV1.Naming {
          $0.name = naming.name
          $0.era = naming.era
        }
      }
      $0.subscriptions = acknowledged.map(\.wire)
      $0.isLast = isLast
    }
  }
}
