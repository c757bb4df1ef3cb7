import Calls
import HTTP
import IO
import Primitives
import Security
import Store
import Testing

@testable import Mesh

/// A network with one admin, at a fixed time.
struct TrustFixture {
  static let start = WallTime(nanoseconds: 1_800_000_000_000_000_000)

  let networkKey = NetworkKey()
  let adminKey = SigningKey()
  let admin: AdminCertificate

  init() {
    admin = AdminCertificate(
      of: adminKey.id, name: "first", serial: 1, at: Self.start, signedBy: networkKey)
  }

  var network: NetworkID { networkKey.id }
  var nothing: RevocationSet { RevocationSet(network: network) }

  func certificate(
    of member: NodeID = SigningKey().id, name: String = "member", serial: UInt64 = 2,
    at time: WallTime = TrustFixture.start, life: Duration = MembershipCertificate.life
  ) -> MembershipCertificate {
    let grant = MembershipCertificate.Grant(
      name: name, roles: [.worker, .store], permissions: [Permission("call"), Permission("run")])
    return MembershipCertificate(
      of: member, grant, serial: serial, at: time, by: admin, signedBy: adminKey, life: life)
  }

  func revocation(
    of node: NodeID, as subject: Revocation.Subject = .member, number: UInt64 = 1,
    at time: WallTime = TrustFixture.start, byNetwork: Bool = false
  ) -> Revocation {
    Revocation(
      of: node, as: subject, reason: "test", number: number, at: time,
      signedBy: byNetwork ? .network(networkKey) : .admin(admin, adminKey))
  }

  /// A second admin.
  func other(_ name: String = "second") -> (key: SigningKey, certificate: AdminCertificate) {
    let key = SigningKey()
    let certificate = AdminCertificate(
      of: key.id, name: name, serial: 9, at: Self.start, signedBy: networkKey)
    return (key, certificate)
  }
}

/// A lock that closures of several tasks can hold.
final class Shared<Value: Sendable>: Sendable {
  private let value: Locked<Value>

  init(_ value: Value) { self.value = Locked(value) }

  var now: Value { value.withLock { $0 } }

  func change<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
    value.withLock { body(&$0) }
  }
}

extension WallTime {
  static func + (time: WallTime, duration: Duration) -> WallTime {
    time.advanced(by: duration)
  }
}

/// The code that `body` fails with; nil when it does not.
func refusal(_ body: () throws -> Void) -> NetworkError.Code? {
  do {
    try body()
    return nil
  } catch let error as NetworkError {
    return error.code
  } catch {
    Issue.record("\(error) is no NetworkError")
    return nil
  }
}

func refusal(_ body: () async throws -> Void) async -> NetworkError.Code? {
  do {
    try await body()
    return nil
  } catch let error as NetworkError {
    return error.code
  } catch {
    Issue.record("\(error) is no NetworkError")
    return nil
  }
}

/// Calls a node's membership service on behalf of another, without a connection between.
struct DirectCaller: Caller {
  let membership: Membership
  let node: NodeID

  func unary(
    _ method: MethodDescription, _ frame: [UInt8], _ options: CallOptions
  ) async throws -> [UInt8] {
    let context = CallContext(
      method: method, principal: .node(node), head: RequestHead(target: "/"), deadline: nil)
    for handler in MembershipService(membership, introducing: nobodyIsIntroduced).handlers
    where handler.description.method == method.method {
      if case .unary(let answer) = handler.body {
        return Array(try await answer(Array(frame.dropFirst(5)), context).dropFirst(5))
      }
    }
    throw Status(.unimplemented, "\(method)")
  }

  func call<Answer: Sendable>(
    _ method: MethodDescription, _ options: CallOptions,
    _ body: (any MessageStream) async throws -> Answer
  ) async throws -> Answer { throw Status(.unimplemented, "no streams here") }
}

/// A node with its membership on a database of its own.
struct Member {
  let key: SigningKey
  let database: any Driver
  let membership: Membership

  init(
    _ name: String, key: SigningKey = SigningKey(), database: (any Driver)? = nil,
    policy: Membership.Policy = .init(), surroundings: Membership.Surroundings = .init(),
    now: WallTime = TrustFixture.start
  ) async throws {
    self.key = key
    self.database = try database ?? MemoryDatabase()
    try await self.database.migrate([MembershipSchema.schema], at: now)
    var limits = Membership.Limits()
    // What ends before is not ended by the time.
    limits.holdTime = .seconds(3_600)
    membership = try await Membership.open(
      key: key, name: name, store: MembershipStore(self.database), policy: policy,
      surroundings: surroundings, limits: limits, now: now)
  }

  var id: NodeID { key.id }

  /// As after the end of the process.
  func restarted(now: WallTime = TrustFixture.start) async throws -> Member {
    try await Member("restarted", key: key, database: database, now: now)
  }

  func invite(
    uses: Int = 1, life: Duration = Validity.days(1), now: WallTime = TrustFixture.start
  ) async throws -> Invite {
    try await membership.invite(
      InviteBook.Terms(roles: [.worker], permissions: [Permission("call")], life: life, uses: uses),
      addresses: [Endpoint(host: "boot.example", port: 4747)], now: now)
  }

  @discardableResult
  func join(
    _ admin: Member, _ invite: Invite, name: String? = nil, now: WallTime = TrustFixture.start
  ) async throws -> JoinOutcome {
    // The service reads the machine's clock; tests have their own.
    let request = try membership.joinRequest(for: invite, name: name, now: now)
    let reply = try await admin.membership.answer(request, from: id, source: "here", now: now)
    return try await membership.acceptJoin(reply, to: invite, name: request.name, now: now)
  }
}

/// For tests in which every node reaches its admin itself.
let nobodyIsIntroduced: MembershipService.Introducing = { _, _, _ in
  Issue.record("somebody was introduced")
}
