package import Primitives

/// Who may do what: the one check that every call passes. What is not granted is denied.
package struct Permissions: Equatable, Sendable {
  /// What an unproven caller on the loopback interface may do, from the settings.
  package var loopback: Set<Permission> = [.metrics, .reflection]
  /// What every member of the network may do.
  package var members: Set<Permission> = []
  /// What a node may do that is no member yet.
  package var strangers: Set<Permission> = []
  package var nodes: [NodeID: Set<Permission>] = [:]
  package var users: [String: Set<Permission>] = [:]

  package init() {}

  /// A method that names no permission is open to the local owner alone.
  package func allows(_ principal: Principal, _ permission: Permission?) -> Bool {
    if everybody(with: permission).includes(principal) { return true }
    guard let permission else { return false }
    return switch principal {
    case .localOwner, .anonymous, .stranger: false
    case .node(let id): nodes[id]?.contains(permission) == true
    case .user(let name): users[name]?.contains(permission) == true
    }
  }

  /// Whom a permission is granted whoever they are.
  package func everybody(with permission: Permission?) -> Everybody {
    guard let permission else { return [] }
    var everybody: Everybody = []
    if loopback.contains(permission) { everybody.insert(.loopback) }
    if members.contains(permission) { everybody.insert(.members) }
    if strangers.contains(permission) { everybody.insert(.strangers) }
    return everybody
  }

  package struct Everybody: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let loopback = Everybody(rawValue: 1)
    package static let members = Everybody(rawValue: 2)
    package static let strangers = Everybody(rawValue: 4)

    /// The local owner always belongs.
    package func includes(_ principal: Principal) -> Bool {
      switch principal {
      case .localOwner: true
      case .anonymous(let isLoopback): isLoopback && contains(.loopback)
      case .node: contains(.members)
      case .stranger: contains(.strangers)
      case .user: false
      }
    }
  }
}
