package import Calls
import Primitives

/// What nodes ask of each other about membership. The connection has proven who asks.
package struct MembershipService: NetworkV1.MembershipService {
  private let membership: Membership
  package typealias Introducing =
    @Sendable (
      MessageReader<NetworkV1.Passage>, MessageWriter<NetworkV1.Passage>, CallContext
    ) async throws -> Void

  private let heard: @Sendable () -> Void
  private let introducing: Introducing

  /// `heard` is called when another node has told what it knows; `introducing` helps a stranger to
  /// an admin.
  package init(
    _ membership: Membership, heard: @escaping @Sendable () -> Void = {},
    introducing: @escaping Introducing
  ) {
    self.membership = membership
    self.heard = heard
    self.introducing = introducing
  }

  package func introduce(
    _ requests: MessageReader<NetworkV1.Passage>, _ replies: MessageWriter<NetworkV1.Passage>,
    _ context: CallContext
  ) async throws {
    try await refusing { try await introducing(requests, replies, context) }
  }

  package func join(
    _ request: NetworkV1.JoinRequest, _ context: CallContext
  ) async throws -> NetworkV1.JoinReply {
    let node = try asker(context)
    return try await refusing {
      try await membership.answerPatiently(request, from: node, source: node.description)
    }
  }

  package func renew(
    _ request: NetworkV1.RenewRequest, _ context: CallContext
  ) async throws -> NetworkV1.RenewReply {
    let node = try asker(context)
    return try await refusing { try await membership.answer(request, from: node) }
  }

  package func revocations(
    _ request: NetworkV1.RevocationsRequest, _ context: CallContext
  ) async throws -> NetworkV1.RevocationsReply {
    defer { heard() }
    return try await refusing { try await membership.answer(request) }
  }

  private func asker(_ context: CallContext) throws(Status) -> NodeID {
    switch context.principal {
    case .node(let id), .stranger(let id): return id
    case .anonymous, .user, .localOwner:
      throw Status(
        .unauthenticated, "Only a node can be a member: call over a link, with the node's key.")
    }
  }
}

/// Errors of the network as statuses; others stay what they are.
func refusing<Result>(_ body: () async throws -> Result) async throws -> Result {
  do {
    return try await body()
  } catch let error as NetworkError {
    throw Status(refusing: error)
  }
}
