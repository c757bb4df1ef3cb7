package import Primitives

/// On whose behalf a call is made, as proven by how it arrived.
package enum Principal: Hashable, Sendable, CustomStringConvertible {
  /// Nothing is proven. A loopback address alone grants only what the settings say.
  case anonymous(isLoopback: Bool)
  /// A peer whose key was proven by the handshake and whose membership was checked.
  case node(NodeID)
  /// A peer whose key was proven and that is no member: it may ask to become one.
  case stranger(NodeID)
  case user(String)
  /// The Unix socket, with the peer credentials of the node's own user.
  case localOwner

  package var description: String {
    switch self {
    case .anonymous(let isLoopback): isLoopback ? "anonymous (loopback)" : "anonymous"
    case .stranger(let id): "stranger \(id.short)"
    case .node(let id): "node \(id.short)"
    case .user(let name): "user \(name)"
    case .localOwner: "local owner"
    }
  }
}
