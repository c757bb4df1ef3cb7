package import Calls
import IO
import Primitives

/// What the owner of a node asks and decides about its network.
package struct NetworkAdminService: NetworkV1.NetworkAdminService {
  private let membership: Membership
  private let reach: any MembershipReach

  package init(_ membership: Membership, reach: any MembershipReach) {
    self.membership = membership
    self.reach = reach
  }

  // MARK: - Invites

  package func createInvite(
    _ request: NetworkV1.CreateInviteRequest, _ context: CallContext
  ) async throws -> NetworkV1.CreateInviteReply {
    try await refusing {
      let terms = try terms(request)
      let addresses =
        request.addresses.isEmpty ? reach.addresses : try endpoints(request.addresses)
      let limit = Invite.Limits().addresses
      let invite = try await membership.invite(terms, addresses: Array(addresses.prefix(limit)))
      return NetworkV1.CreateInviteReply {
        $0.invite = invite.revealed
        $0.id = String(invite.digest.description.prefix(12))
        $0.expiresNanoseconds = invite.expiresAt.nanoseconds
      }
    }
  }

  private func terms(
    _ request: NetworkV1.CreateInviteRequest
  ) throws(NetworkError) -> InviteBook.Terms {
    var terms = InviteBook.Terms(roles: Set(Role.allCases))
    if !request.roles.isEmpty {
      terms.roles = []
      for name in request.roles {
        guard let role = Role(rawValue: name) else {
          let known = Role.allCases.map(\.rawValue).joined(separator: ", ")
          throw NetworkError(.violation, "there is no role \(name.prefix(64)); there are \(known)")
        }
        terms.roles.insert(role)
      }
    }
    terms.permissions = Set(request.permissions.map { Permission($0) })
    if let seconds = request.expiresAfterSeconds {
      terms.life = .seconds(Int64(clamping: min(seconds, 1 << 40)))
    }
    terms.uses = Int(request.uses ?? 1)
    return terms
  }

  private func endpoints(_ texts: [String]) throws(NetworkError) -> [Endpoint] {
    var endpoints: [Endpoint] = []
    for text in texts {
      guard let endpoint = Endpoint(text) else {
        throw NetworkError(
          .violation, "\(text.prefix(255)) is no address; they read host:port or [v6]:port")
      }
      endpoints.append(endpoint)
    }
    return endpoints
  }

  package func listInvites(
    _ request: NetworkV1.ListInvitesRequest, _ context: CallContext
  ) async throws -> NetworkV1.ListInvitesReply {
    NetworkV1.ListInvitesReply { $0.invites = membership.invites.map(\.message) }
  }

  package func withdrawInvite(
    _ request: NetworkV1.WithdrawInviteRequest, _ context: CallContext
  ) async throws -> NetworkV1.WithdrawInviteReply {
    try await refusing {
      let entry = try await membership.withdrawInvite(request.id)
      return NetworkV1.WithdrawInviteReply { $0.id = entry.id }
    }
  }

  // MARK: - The network

  package func show(
    _ request: NetworkV1.ShowRequest, _ context: CallContext
  ) async throws -> NetworkV1.ShowReply { membership.shown() }

  package func backup(
    _ request: NetworkV1.BackupRequest, _ context: CallContext
  ) async throws -> NetworkV1.BackupReply {
    try await refusing {
      let text = try await membership.backup(password: request.password)
      return NetworkV1.BackupReply { $0.backup = text }
    }
  }

  package func restore(
    _ request: NetworkV1.RestoreRequest, _ context: CallContext
  ) async throws -> NetworkV1.RestoreReply {
    try await refusing {
      try await membership.restore(backup: request.backup, password: request.password)
      if request.forget { try await membership.forgetNetworkKey() }
      return NetworkV1.RestoreReply()
    }
  }

  package func addAdmin(
    _ request: NetworkV1.AddAdminRequest, _ context: CallContext
  ) async throws -> NetworkV1.AddAdminReply {
    try await refusing {
      let admin = try await membership.addAdmin(try node(request.node), name: request.name)
      reach.knowledgeChanged()
      return NetworkV1.AddAdminReply { $0.expiresNanoseconds = admin.expiresAt.nanoseconds }
    }
  }

  // MARK: - Members

  package func approve(
    _ request: NetworkV1.ApproveRequest, _ context: CallContext
  ) async throws -> NetworkV1.ApproveReply {
    try await refusing {
      let node = try waitingNode(request.node)
      let name = membership.waiting[node]?.grant.name ?? ""
      try await membership.approve(node)
      reach.knowledgeChanged()
      return NetworkV1.ApproveReply { $0.name = name }
    }
  }

  package func revoke(
    _ request: NetworkV1.RevokeRequest, _ context: CallContext
  ) async throws -> NetworkV1.RevokeReply {
    try await refusing {
      let node = try node(request.node)
      let name = { (node: NodeID) in reach.name(of: node) ?? "" }
      let signedMembers: Revocation.SignedMembers? =
        switch request.signedMembers {
        case .keep: .keep
        case .revoke: .revoke
        default: nil
        }
      let falling = try membership.falling(
        with: node, signedMembers: signedMembers, among: reach.certificates)
      if !request.preview {
        try await membership.revoke(node, signedMembers: signedMembers, reason: request.reason)
        reach.knowledgeChanged()
      }
      return NetworkV1.RevokeReply {
        // One that is merely no admin any more stays a member.
        $0.revoked = falling.isEmpty ? [node.description] : falling.map(\.description)
        $0.nodes = falling.map { id in
          NetworkV1.FallingNode {
            $0.id = id.description
            $0.name = name(id)
            $0.isNamed = id == node
          }
        }
      }
    }
  }

  package func label(
    _ request: NetworkV1.LabelRequest, _ context: CallContext
  ) async throws -> NetworkV1.LabelReply {
    try await refusing {
      try await membership.label(
        try node(request.node), key: request.key, value: request.value)
      reach.knowledgeChanged()
      return NetworkV1.LabelReply()
    }
  }

  package func rename(
    _ request: NetworkV1.RenameRequest, _ context: CallContext
  ) async throws -> NetworkV1.RenameReply {
    try await refusing {
      try await membership.rename(try node(request.node), to: request.name)
      reach.knowledgeChanged()
      return NetworkV1.RenameReply()
    }
  }

  /// An id, or what the node table makes of a name.
  private func node(_ text: String) throws(NetworkError) -> NodeID {
    if let id = NodeID(text) { return id }
    return try reach.node(named: text)
  }

  /// One that waits is in no table yet. One that never asked can be approved by its whole id.
  private func waitingNode(_ text: String) throws(NetworkError) -> NodeID {
    if let id = NodeID(text) { return id }
    let waiting = membership.waiting
    let found = waiting.keys.filter {
      waiting[$0]?.grant.name == text || $0.description.hasPrefix(text.lowercased())
    }
    switch found.count {
    case 1: return found[0]
    case 0:
      throw NetworkError(
        .notFound, "no node that waits is called \(text.prefix(64)); see `apus network`")
    default:
      throw NetworkError(
        .ambiguous,
        "\(found.count) nodes that wait may be meant by \(text.prefix(64)); say more "
          + "of the id")
    }
  }

  // MARK: - This node

  package func joinNetwork(
    _ request: NetworkV1.JoinNetworkRequest, _ context: CallContext
  ) async throws -> NetworkV1.JoinNetworkReply {
    try await refusing {
      let invite = try Invite(request.invite)
      let name = request.name.isEmpty ? nil : request.name
      // What needs no connection is checked first.
      _ = try membership.joinRequest(for: invite, name: name)
      let outcome = try await reach.join(invite, name: name)
      return NetworkV1.JoinNetworkReply {
        $0.network = outcome.network.description
        $0.name = outcome.name
        $0.pending = outcome.isPending
        $0.wasMember = outcome.wasMember
        $0.complete = outcome.isComplete
      }
    }
  }

  package func leave(
    _ request: NetworkV1.LeaveRequest, _ replies: MessageWriter<NetworkV1.LeaveReply>,
    _ context: CallContext
  ) async throws {
    let last = try await leave(request) { try await replies.write($0) }
    try await replies.write(last)
  }

  /// Returns the last reply.
  func leave(
    _ request: NetworkV1.LeaveRequest, tell: (NetworkV1.LeaveReply) async throws -> Void
  ) async throws -> NetworkV1.LeaveReply {
    let patience =
      request.patience > 0 ? Duration.nanoseconds(request.patience) : Self.handingOverTime
    var reply = NetworkV1.LeaveReply()
    return try await refusing {
      try await reach.handOver(force: request.force, patience: patience) { state in
        let (files, left) = (UInt64(clamping: state.total), UInt64(clamping: state.left))
        if reply.files == files, reply.filesLeft == left { return }
        (reply.files, reply.filesLeft) = (files, left)
        try await tell(reply)
      }
      let network = try await membership.leave()
      try await reach.networkChanged()
      reply.network = network.description
      return reply
    }
  }

  private static let handingOverTime = Duration.seconds(600)
}
