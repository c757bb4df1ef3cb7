package import Primitives

/// Who may do what: the one check that every call passes. What is not granted is denied.
package struct Permissions: Equatable, Sendable {
  /// What an unproven caller on the loopback interface may do, from the settings.
  package var loopback: Set<Permission> = [.metrics, .reflection]
  /// What every member of the network may do.
  package var members: Set<Permission> = []
  package var nodes: [NodeID: Set<Permission>] = [:]
  package var users: [String: Set<Permission>] = [:]

  package init() {}

  /// A method that names no permission is open to the local owner alone.
  package func allows(_ principal: Principal, _ permission: Permission?) -> Bool {
    if case .localOwner = principal { return true }
    guard let permission else { return false }
    switch principal {
    case .localOwner: return true
    case .anonymous(let isLoopback): return isLoopback && loopback.contains(permission)
    case .node(let id):
      return members.contains(permission) || nodes[id]?.contains(permission) == true
    case .user(let name): return users[name]?.contains(permission) == true
    }
  }
}
