package import Primitives

/// One run of one publisher: what the order of messages refers to.
package struct TopicStream: Hashable, Sendable, Comparable {
  package var publisher: NodeID
  /// Drawn at each start of the publisher.
  package var boot: UInt64

  package init(publisher: NodeID, boot: UInt64) {
    self.publisher = publisher
    self.boot = boot
  }

  package static func < (left: Self, right: Self) -> Bool {
    (left.publisher, left.boot) < (right.publisher, right.boot)
  }
}

/// A message's place: sequences count from 1 without gaps, kept messages and others apart.
package struct TopicPosition: Hashable, Sendable {
  package var stream: TopicStream
  package var sequence: UInt64

  package init(_ stream: TopicStream, _ sequence: UInt64) {
    self.stream = stream
    self.sequence = sequence
  }
}
