import Primitives

/// What topic cores of two nodes say to each other about one topic.
package enum TopicMessage: Sendable, Equatable {
  /// From the publisher to a holder. Up to `floor` every holder has had everything.
  case publish(TopicPosition, isKept: Bool, payload: [UInt8], floor: UInt64)
  /// On disk, with all before it.
  case accepted(TopicPosition)
  /// "This is the last I have": to a publisher, which sends what follows, or to another holder,
  /// which copies what it has.
  case behind(TopicPosition)
  /// A subscriber is there; renewed. An empty name is one that leaves nothing behind.
  case attach(name: String)
  case attached(name: String)
  case detach(name: String)
  case deliver(Delivery)
  case acknowledge(name: String, TopicPosition)
  case copy(Copy)
  case copied(request: UInt64)
  /// From one holder to another: "this topic is held", answered with `behind` by one who knows
  /// nothing of it.
  case check
  case cutOff(name: String, reason: String)
  /// The subscription is deleted; asked again until it is answered.
  case forget(request: UInt64, name: String)
  case forgotten(request: UInt64, wasThere: Bool)

  package struct Delivery: Sendable, Equatable {
    package var name: String
    package var position: TopicPosition
    package var isKept: Bool
    package var payload: [UInt8]
    /// The one before that was sent or acknowledged: who lacks it waits for it.
    package var after: UInt64 = 0
    package var acknowledged: UInt64 = 0
    /// Of the subscription's name; 0 without one.
    package var era: UInt64 = 0

    package init(name: String, position: TopicPosition, isKept: Bool, payload: [UInt8]) {
      self.name = name
      self.position = position
      self.isKept = isKept
      self.payload = payload
    }
  }

  package struct Kept: Sendable, Equatable {
    package var position: TopicPosition
    package var payload: [UInt8]

    package init(_ position: TopicPosition, _ payload: [UInt8]) {
      self.position = position
      self.payload = payload
    }
  }

  package struct Acknowledged: Sendable, Equatable {
    package var name: String
    package var position: TopicPosition

    package init(_ name: String, _ position: TopicPosition) {
      self.name = name
      self.position = position
    }
  }

  /// A name and how often it was taken up and deleted: odd while it is there.
  package struct Naming: Sendable, Equatable {
    package var name: String
    package var era: UInt64

    package init(_ name: String, era: UInt64) {
      self.name = name
      self.era = era
    }
  }

  /// A part of what a holder has.
  package struct Copy: Sendable, Equatable {
    package var request: UInt64
    package var messages: [Kept] = []
    /// The last of each stream, with the last part.
    package var lasts: [TopicPosition] = []
    package var names: [Naming] = []
    package var acknowledged: [Acknowledged] = []
    package var isLast = false

    package init(request: UInt64) { self.request = request }
  }
}
