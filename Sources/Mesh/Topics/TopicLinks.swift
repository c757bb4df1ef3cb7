package import Primitives

/// Ways to other nodes, as the assembly has them.
package protocol TopicLinks: Sendable {
  /// Sends `apus.topics.v1.TopicMessage` bytes without waiting. False when the link's queue is
  /// full or there is no link: the message is lost, which topics can live with.
  func send(_ message: [UInt8], to peer: NodeID) -> Bool
}
