import Calls
import Glibc
import IO
import Primitives
import Security
import Store
import Testing

@testable import Mesh

/// Fails every write from a certain one on, as a full disk does.
final class FullDisk: Driver {
  private let driver: any Driver
  private let left: Locked<Int>
  let dialect = Dialect.sqlite

  init(_ driver: any Driver, after writes: Int) {
    self.driver = driver
    left = Locked(writes)
  }

  func write<Result: Sendable>(
    _ body: @escaping @Sendable (any Session) throws -> Result
  ) async throws -> Result {
    let isFull = left.withLock { left in
      left -= 1
      return left < 0
    }
    if isFull {
      // Everything is done and then undone, as when the commit fails.
      return try await driver.write { session in
        _ = try body(session)
        throw DatabaseError(.diskFull, "the disk is full")
      }
    }
    return try await driver.write(body)
  }

  func read<Result: Sendable>(
    _ body: @escaping @Sendable (any Session) throws -> Result
  ) async throws -> Result { try await driver.read(body) }

  func close() async { await driver.close() }
}

@Suite struct MembershipStoreTests {
  let start = TrustFixture.start

  @Test func `all that was stored is loaded, and clearing leaves nothing`() async throws {
    let database = try MemoryDatabase()
    try await database.migrate([MembershipSchema.schema], at: start)
    let store = MembershipStore(database)
    let (node, digest) = (SigningKey().id, Digest.sha256(of: [1]))
    var entry = InviteBook.Entry(
      digest: digest,
      terms: InviteBook.Terms(
        roles: [.relay, .store], permissions: [Permission("run")], life: .seconds(5), uses: 3),
      createdAt: start)
    let waiting = WaitingNode(
      grant: .init(name: "w, x", roles: [.worker], permissions: []), since: start)
    let changes: [MembershipChange] = [
      .value(.network, [1, 2]), .value(.certificate, [3]), .value(.certificate, [4]),
      .nextSerial(7), .nextSerial(5), .revocation([5]), .decision([6]), .admin([7]),
      .invite(entry), .redeemed(digest, node), .waiting(node, waiting),
    ]
    try await store.apply(changes)
    try await store.apply(changes)
    entry.usedBy = [node]
    let content = try await store.load()
    #expect(content.values == [.network: [1, 2], .certificate: [4]])
    #expect(content.nextSerial == 7)
    #expect([content.revocations, content.decisions, content.admins] == [[[5]], [[6]], [[7]]])
    #expect(content.invites == [entry] && content.waiting == [node: waiting])
    try await store.apply([.cleared])
    #expect(try await store.load() == MembershipStore.Content())
  }

  @Test func `a first start that fails to write begins anew the next time`() async throws {
    let database = try MemoryDatabase()
    try await database.migrate([MembershipSchema.schema], at: start)
    let key = SigningKey()
    let store = MembershipStore(FullDisk(database, after: 0))
    await #expect(throws: DatabaseError.self) {
      try await Membership.open(key: key, name: "n", store: store, now: start)
    }
    #expect(try await MembershipStore(database).load() == MembershipStore.Content())
    #expect(try await Member("n", key: key, database: database).membership.isAdmin)
  }

  @Test func `an answer that could not be stored is none, and the invite is still good`()
    async throws
  {
    let admin = try await Member("admin")
    let invite = try await admin.invite()
    let broken = try await Membership.open(
      key: admin.key, name: "admin",
      store: MembershipStore(FullDisk(admin.database, after: 0)), now: start)
    let joiner = try await Member("joiner")
    let request = try joiner.membership.joinRequest(for: invite, now: start)
    await #expect(throws: DatabaseError.self) {
      try await broken.answer(request, from: joiner.id, source: "", now: start)
    }
    #expect(broken.invites.first?.usedBy == [])
    let healthy = try await admin.restarted()
    #expect(try await Member("other").join(healthy, invite).name == "other")
  }

  @Test func `a join that could not be stored leaves the node where it was`() async throws {
    let admin = try await Member("admin")
    let joiner = try await Member("joiner")
    let invite = try await admin.invite()
    let broken = try await Membership.open(
      key: joiner.key, name: "joiner",
      store: MembershipStore(FullDisk(joiner.database, after: 0)), now: start)
    let request = try broken.joinRequest(for: invite, now: start)
    let reply = try await admin.membership.answer(
      request, from: joiner.id, source: "", now: start)
    await #expect(throws: DatabaseError.self) {
      try await broken.acceptJoin(reply, to: invite, name: "joiner", now: start)
    }
    #expect(broken.network == joiner.membership.network && broken.isAdmin)
    // The invite still works for the same node after a restart.
    let again = try await joiner.restarted()
    #expect(try await again.join(admin, invite).network == admin.membership.network)
  }

  @Test func `a key stays sealed in the database`() async throws {
    let node = try await Member("node")
    let stored = try await MembershipStore(node.database).load()
    let sealed = try #require(stored.values[.networkKey])
    let secret = node.key.deriveSecret(for: MembershipCore.sealUse)
    let opened = try NetworkKey(opening: sealed, of: node.membership.network, under: secret)
    #expect(opened.id == node.membership.network)
    try await node.membership.forgetNetworkKey()
    #expect(try await MembershipStore(node.database).load().values[.networkKey] == nil)
    #expect(try await !node.restarted().membership.holdsNetworkKey)
  }

  @Test func `the network key comes back from its backup`() async throws {
    let node = try await Member("node")
    let short = await refusal { _ = try await node.membership.backup(password: "short") }
    #expect(short == .violation)
    let text = try await node.membership.backup(password: "long enough")
    try await node.membership.forgetNetworkKey()
    let gone = await refusal { _ = try await node.membership.backup(password: "long enough") }
    #expect(gone == .denied)
    try await node.membership.restore(backup: text, password: "long enough")
    #expect(node.membership.holdsNetworkKey)
    let other = try await Member("other")
    let foreign = await refusal {
      try await other.membership.restore(backup: text, password: "long enough")
    }
    #expect(foreign == .wrongNetwork)
  }

  @Test(arguments: [1, 9, 40])
  func `a killed admin knows every certificate it handed out`(kills: Int) async throws {
    let folder = try TrustFolder()
    let (path, record) = (folder.file("db"), folder.file("serials"))
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [path = path as String, record = record as String, kills = kills as Int] in
      let admin = try await Member("admin", database: Database.open(path))
      let invite = try await admin.invite(uses: 200)
      let descriptor = open(record, O_WRONLY | O_CREAT | O_APPEND, 0o600)
      let count = Shared(0)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<100 {
          group.addTask {
            let request = NetworkV1.JoinRequest {
              $0.network = invite.network.bytes
              $0.secret = invite.secret
              $0.name = "joiner"
            }
            let reply = try await admin.membership.answer(
              request, from: SigningKey().id, source: "", now: TrustFixture.start)
            let issued = try MembershipCertificate(decoding: reply.certificate)
            let line = Array("\(issued.serial) \(issued.member)\n".utf8)
            write(descriptor, line, line.count)
            let done = count.change { count in
              count += 1
              return count
            }
            if done >= kills { kill(getpid(), SIGKILL) }
          }
        }
        try await group.waitForAll()
      }
    }
    let text = String(decoding: try await RealDisk().read(record, limit: 1 << 20), as: UTF8.self)
    let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(lines.count >= kills)
    let content = try await MembershipStore(Database.open(path)).load()
    let used = Set(content.invites.flatMap(\.usedBy).map(\.description))
    #expect(lines.allSatisfy { used.contains(String($0[1])) })
    #expect(lines.allSatisfy { UInt64($0[0]).map { $0 < content.nextSerial } == true })
    #expect(Set(lines.map { $0[0] }).count == lines.count)
  }
}

/// A folder of the test's own.
final class TrustFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/apus-trust-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer {
      $0.baseAddress.flatMap { mkdtemp($0) } != nil
    }
    guard made else { throw SystemError("making a folder for a test") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for name in ["db", "db-wal", "db-shm", "serials"] { unlink(file(name)) }
    rmdir(path)
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }
}
