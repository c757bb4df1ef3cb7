import Calls
import HTTP
import IO
import Primitives
import Security
import Testing

@testable import Mesh

/// Links of a test: one other node, reached at once.
private struct DirectReach: MembershipReach {
  let membership: Membership
  var admin: Member?
  var told = Shared(0)
  var isHandedOver = true
  var certificates: [[UInt8]] = []

  var addresses: [Endpoint] { [Endpoint(host: "192.0.2.1", port: 4747)] }

  func node(named name: String) throws(NetworkError) -> NodeID {
    throw NetworkError(.notFound, "there is no node \(name)")
  }

  func name(of node: NodeID) -> String? { nil }

  func join(_ invite: Invite, name: String?) async throws -> JoinOutcome {
    guard let admin else { throw NetworkError(.unreachable, "no address answers") }
    return try await membership.join(
      invite, name: name,
      over: DirectCaller(membership: admin.membership, node: membership.node), peer: admin.id)
  }

  func handOver(
    force: Bool, patience: Duration, progress: (HandingOver) async throws -> Void
  ) async throws {
    for left in [4, 4, 1] { try await progress(HandingOver(total: 4, left: left)) }
    guard isHandedOver || force else { throw NetworkError(.busy, "a share has no other holder") }
  }

  func knowledgeChanged() { told.change { $0 += 1 } }
  func networkChanged() { told.change { $0 += 100 } }
}

@Suite struct NetworkAdminServiceTests {
  private let context = CallContext(
    method: NetworkV1.NetworkAdminMethods.show, principal: .localOwner,
    head: RequestHead(target: "/"),
    deadline: nil)

  /// The status's code that `body` fails with.
  private func status(_ body: () async throws -> Void) async -> Status.Code? {
    do {
      try await body()
      return nil
    } catch {
      return (error as? Status)?.code
    }
  }

  @Test func `an owner invites on one node and joins on the other`() async throws {
    let admin = try await Member("admin", now: .now())
    let joiner = try await Member("joiner", now: .now())
    let here = NetworkAdminService(
      admin.membership, reach: DirectReach(membership: admin.membership))
    let there = NetworkAdminService(
      joiner.membership, reach: DirectReach(membership: joiner.membership, admin: admin))
    let made = try await here.createInvite(
      NetworkV1.CreateInviteRequest { $0.roles = ["relay"] }, context)
    #expect(try Invite(made.invite).addresses == [Endpoint(host: "192.0.2.1", port: 4747)])
    let joined = try await there.joinNetwork(
      NetworkV1.JoinNetworkRequest {
        $0.invite = made.invite
        $0.name = "attic"
      }, context)
    #expect(joined.name == "attic" && joined.network == admin.membership.network.description)
    let listed = try await here.listInvites(NetworkV1.ListInvitesRequest(), context)
    #expect(listed.invites.map(\.usedBy) == [[joiner.id.description]])
    #expect(listed.invites.first?.id == made.id)
    let shown = try await there.show(NetworkV1.ShowRequest(), context)
    #expect(shown.roles == ["relay"] && !shown.isAdmin && shown.health == "ok")
    #expect(shown.admins.map(\.name) == ["admin"])
  }

  @Test func `bad requests are answered with what is wrong`() async throws {
    let node = try await Member("node", now: .now())
    let service = NetworkAdminService(
      node.membership, reach: DirectReach(membership: node.membership))
    var request = NetworkV1.CreateInviteRequest { $0.roles = ["king"] }
    #expect(
      await status { _ = try await service.createInvite(request, context) } == .invalidArgument)
    request = NetworkV1.CreateInviteRequest { $0.permissions = ["a,b"] }
    #expect(
      await status { _ = try await service.createInvite(request, context) } == .invalidArgument)
    request = NetworkV1.CreateInviteRequest { $0.addresses = ["nowhere"] }
    #expect(
      await status { _ = try await service.createInvite(request, context) } == .invalidArgument)
    let unknown = NetworkV1.RevokeRequest { $0.node = "nobody" }
    #expect(await status { _ = try await service.revoke(unknown, context) } == .notFound)
    let typo = NetworkV1.JoinNetworkRequest { $0.invite = "apus1-abc" }
    #expect(await status { _ = try await service.joinNetwork(typo, context) } == .invalidArgument)
  }

  @Test func `decisions are told on, and leaving asks for the handing over first`() async throws {
    let node = try await Member("node", now: .now())
    var reach = DirectReach(membership: node.membership)
    reach.isHandedOver = false
    let service = NetworkAdminService(node.membership, reach: reach)
    let other = SigningKey().id.description
    _ = try await service.label(
      NetworkV1.LabelRequest {
        $0.node = other
        $0.key = "place"
        $0.value = "attic"
      }, context)
    _ = try await service.revoke(
      NetworkV1.RevokeRequest {
        $0.node = other
        $0.reason = "sold"
      }, context)
    let shown = try await service.show(NetworkV1.ShowRequest(), context)
    #expect(shown.revocations.map(\.reason) == ["sold"] && reach.told.now == 2)
    let before = node.membership.network
    #expect(
      await status { _ = try await service.leave(NetworkV1.LeaveRequest()) { _ in } }
        == .resourceExhausted)
    #expect(node.membership.network == before)
    var told: [UInt64] = []
    let left = try await service.leave(NetworkV1.LeaveRequest { $0.force = true }) {
      told.append($0.filesLeft)
    }
    #expect(left.network != before.description && reach.told.now == 102)
    #expect(told == [4, 1] && left.files == 4)
    #expect(node.membership.revocations.count == 0)
  }

  @Test func `the network key is forgotten only with a backup that opens`() async throws {
    let node = try await Member("node", now: .now())
    let service = NetworkAdminService(
      node.membership, reach: DirectReach(membership: node.membership))
    let backup = try await service.backup(
      NetworkV1.BackupRequest { $0.password = "long enough" }, context
    ).backup
    var request = NetworkV1.RestoreRequest {
      $0.backup = backup
      $0.password = "long enougg"
      $0.forget = true
    }
    #expect(await status { _ = try await service.restore(request, context) } == .permissionDenied)
    #expect(node.membership.holdsNetworkKey)
    request.password = "long enough"
    _ = try await service.restore(request, context)
    #expect(!node.membership.holdsNetworkKey)
    let add = NetworkV1.AddAdminRequest {
      $0.node = SigningKey().id.description
      $0.name = "second"
    }
    #expect(await status { _ = try await service.addAdmin(add, context) } == .permissionDenied)
  }
}
