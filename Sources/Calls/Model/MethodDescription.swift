/// What is known of a method before it is called; the generator writes one for each.
package final class MethodDescription: Sendable {
  package enum Kind: Sendable {
    case unary, clientStream, serverStream, bidirectional
  }

  /// The service's full name: `apus.probe.v1.Probe`.
  package let service: String
  package let method: String
  package let kind: Kind
  /// Nil denies everybody but the local owner.
  package let permission: Permission?
  /// The HTTP path.
  package let path: String

  package init(_ service: String, _ method: String, _ kind: Kind, permission: String? = nil) {
    self.service = service
    self.method = method
    self.kind = kind
    self.permission = permission.map(Permission.init)
    path = "/\(service)/\(method)"
  }
}

extension MethodDescription: CustomStringConvertible {
  package var description: String { "\(service)/\(method)" }
}

extension MethodDescription: Hashable {
  package static func == (left: MethodDescription, right: MethodDescription) -> Bool {
    left === right
      || left.path == right.path && left.kind == right.kind && left.permission == right.permission
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(path) }
}
