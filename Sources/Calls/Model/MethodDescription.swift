/// What is known of a method before it is called; the generator writes one for each.
package struct MethodDescription: Hashable, Sendable, CustomStringConvertible {
  package enum Kind: Sendable {
    case unary, clientStream, serverStream, bidirectional
  }

  /// The service's full name: `apus.probe.v1.Probe`.
  package let service: String
  package let method: String
  package let kind: Kind
  /// Nil denies everybody but the local owner.
  package let permission: Permission?

  package init(_ service: String, _ method: String, _ kind: Kind, permission: String? = nil) {
    self.service = service
    self.method = method
    self.kind = kind
    self.permission = permission.map(Permission.init)
  }

  /// The HTTP path.
  package var path: String { "/\(service)/\(method)" }
  package var description: String { "\(service)/\(method)" }
}
