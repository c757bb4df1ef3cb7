package import Primitives

/// A node's place in its network, as `apus status` tells it.
package struct NodeMembership: Sendable {
  package var network: String
  package var roles: [String]
  package var zone: String
  package var isAdmin: Bool
  /// Live members other than this node.
  package var peers: Int
  package var expiresAt: WallTime
  /// `ok`, `renew`, `warn`, `expired` or `revoked`.
  package var health: String
  /// What to do; empty when that is nothing.
  package var remedy: String
  /// The network that the node waits to be let into.
  package var joining: Joining?

  package struct Joining: Sendable {
    package var network: String
    package var name: String
    package var since: WallTime
  }

  package init(
    network: String, roles: [String], zone: String = "", isAdmin: Bool = false, peers: Int = 0,
    expiresAt: WallTime, health: String, remedy: String = ""
  ) {
    self.network = network
    self.roles = roles
    self.zone = zone
    self.isAdmin = isAdmin
    self.peers = peers
    self.expiresAt = expiresAt
    self.health = health
    self.remedy = remedy
  }
}
