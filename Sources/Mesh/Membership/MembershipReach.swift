package import IO
package import Primitives

/// What membership needs of the links and the node table; the assembly supplies it.
package protocol MembershipReach: Sendable {
  /// Where others may find this node, best first: for invites.
  var addresses: [Endpoint] { get }

  /// The one node of this name, or of an id that begins so.
  func node(named name: String) throws(NetworkError) -> NodeID

  /// As the node table has it.
  func name(of node: NodeID) -> String?

  /// Of all members that the node table knows.
  var certificates: [[UInt8]] { get }

  /// Reaches the invite's admin through any of its addresses, with its key proven, and calls
  /// `Membership.join` over that connection; then links up with the network.
  func join(_ invite: Invite, name: String?) async throws -> JoinOutcome

  /// Gives what others rely on to them, and says how far it is. Throws when something is left
  /// after `patience`; the node then stays as it was. Forced, it only says goodbye.
  func handOver(
    force: Bool, patience: Duration, progress: (HandingOver) async throws -> Void
  ) async throws

  /// There is something new to tell all peers.
  func knowledgeChanged()

  /// Every link belongs to a network that is left. Returns once the node is in the other one.
  func networkChanged() async throws
}
