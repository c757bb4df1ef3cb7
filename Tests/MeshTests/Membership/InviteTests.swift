import IO
import Primitives
import Security
import Testing

@testable import Mesh

@Suite struct InviteTests {
  let invite = Invite(
    network: NetworkKey().id, admin: SigningKey().id, secret: SecureRandom.bytes(16),
    expiresAt: TrustFixture.start,
    addresses: [Endpoint(host: "boot.example", port: 4747), Endpoint(host: "2001:db8::1", port: 9)])

  @Test func `an invite is one word that reads back in either case, with space around it`() throws {
    let text = invite.revealed
    #expect(text.hasPrefix("apus1-") && !text.contains { $0.isWhitespace })
    #expect(text.utf8.count < 256)
    #expect(try Invite(text) == invite)
    #expect(try Invite("\n \(text.uppercased()) \n") == invite)
  }

  @Test func `every single typo and every cut is told as one`() throws {
    let text = Array(invite.revealed.utf8)
    for index in text.indices.dropFirst(6) {
      var changed = text
      changed[index] = changed[index] == UInt8(ascii: "q") ? UInt8(ascii: "p") : UInt8(ascii: "q")
      let code = refusal { _ = try Invite(String(decoding: changed, as: UTF8.self)) }
      #expect(code == .violation, "character \(index)")
      let cut = refusal { _ = try Invite(String(decoding: text[..<index], as: UTF8.self)) }
      #expect(cut == .violation)
    }
  }

  @Test(arguments: ["", "apus1-", "apus2-aaaa", "hello there", String(repeating: "a", count: 5000)])
  func `what is no invite is refused with what to do`(text: String) {
    let error = #expect(throws: NetworkError.self) { try Invite(text) }
    #expect(error?.code == .violation)
    #expect(error?.message.contains("invite") == true)
  }

  @Test func `an invite never shows its secret but when asked`() {
    var dumped = ""
    dump(invite, to: &dumped)
    #expect(!invite.description.contains(invite.revealed))
    #expect(!dumped.contains("secret"))
  }
}

@Suite struct InviteBookTests {
  let admin = SigningKey().id
  let network = NetworkKey().id
  let start = TrustFixture.start

  private func book(limits: InviteBook.Limits = .init()) -> InviteBook {
    InviteBook(network: network, admin: admin, limits: limits)
  }

  private func create(
    _ book: inout InviteBook, uses: Int = 1, secret: [UInt8] = SecureRandom.bytes(16)
  ) throws -> Invite {
    try book.create(
      InviteBook.Terms(roles: [.worker], uses: uses), secret: secret, addresses: [], at: start
    ).invite
  }

  private func redeem(
    _ book: inout InviteBook, _ digest: Digest, node: NodeID = SigningKey().id,
    network: NetworkID? = nil, source: String = "s", after: Duration = .zero
  ) -> NetworkError.Code? {
    refusal {
      _ = try book.redeem(
        digest, for: node, network: network ?? self.network, source: source, at: start + after)
    }
  }

  @Test func `each way in which an invite fails has its own error`() throws {
    var book = book()
    let invite = try create(&book)
    let withdrawn = try create(&book)
    _ = try book.withdraw(withdrawn.digest.description)
    let made = Invite.digest(ofSecret: SecureRandom.bytes(16))
    #expect(redeem(&book, made) == .forged)
    #expect(redeem(&book, invite.digest, network: NetworkKey().id) == .wrongNetwork)
    #expect(redeem(&book, invite.digest, after: Validity.days(1)) == .expired)
    #expect(redeem(&book, withdrawn.digest) == .revoked)
    #expect(redeem(&book, invite.digest) == nil)
    #expect(redeem(&book, invite.digest) == .used)
  }

  @Test func `a node that asks twice uses an invite once`() throws {
    var book = book()
    let invite = try create(&book, uses: 2)
    let node = SigningKey().id
    for _ in 0..<5 { #expect(redeem(&book, invite.digest, node: node) == nil) }
    #expect(book.list.first?.usedBy == [node])
    #expect(redeem(&book, invite.digest) == nil)
    #expect(redeem(&book, invite.digest) == .used)
  }

  @Test func `an invite expires to the nanosecond, at the admin's clock`() throws {
    var book = book()
    let invite = try create(&book, uses: 9)
    let life = Validity.days(1)
    #expect(redeem(&book, invite.digest, after: life - .nanoseconds(1)) == nil)
    #expect(redeem(&book, invite.digest, after: life) == .expired)
  }

  @Test func `a source that tries too often is shut out for a while and alone`() throws {
    var book = book()
    let invite = try create(&book, uses: 9)
    let wrong = Invite.digest(ofSecret: [])
    for _ in 0..<10 { #expect(redeem(&book, wrong, source: "bad") == .forged) }
    #expect(redeem(&book, invite.digest, source: "bad") == .busy)
    #expect(redeem(&book, invite.digest, source: "good") == nil)
    #expect(redeem(&book, invite.digest, source: "bad", after: .seconds(600)) == nil)
  }

  @Test func `tries from ever new sources take no more memory than the bound`() throws {
    var limits = InviteBook.Limits()
    limits.sources = 8
    var book = book(limits: limits)
    let wrong = Invite.digest(ofSecret: [])
    for source in 0..<100 { #expect(redeem(&book, wrong, source: "\(source)") == .forged) }
    #expect(
      Mirror(reflecting: book).children.first { $0.label == "tries" }
        .map { Mirror(reflecting: $0.value).children.count <= 8 } == true)
  }

  @Test func `an invite is withdrawn by a beginning that fits it alone`() throws {
    var book = book()
    let invites = try (0..<40).map { _ in try create(&book) }
    let ids = invites.map(\.digest.description)
    let ambiguous = ids.first { id in ids.count { $0.first == id.first } > 1 }
    #expect(refusal { _ = try book.withdraw("zz") } == .notFound)
    #expect(refusal { _ = try book.withdraw("") } == .notFound)
    #expect(refusal { _ = try book.withdraw(String(ambiguous?.prefix(1) ?? "")) } == .ambiguous)
    #expect(try book.withdraw(String(ids[3].prefix(12))).digest == invites[3].digest)
  }

  @Test func `invites that ended long ago make room and are unknown then`() throws {
    var limits = InviteBook.Limits()
    limits.invites = 2
    var book = book(limits: limits)
    let first = try create(&book)
    _ = try create(&book)
    #expect(refusal { _ = try create(&book) } == .busy)
    #expect(book.forget(at: start + Validity.days(30)).isEmpty)
    #expect(book.forget(at: start + Validity.days(32)).count == 2)
    #expect(redeem(&book, first.digest) == .forged)
  }

  @Test(arguments: [0, -1, 10_001])
  func `an invite has a sensible number of uses`(uses: Int) {
    var book = book()
    #expect(refusal { _ = try create(&book, uses: uses) } == .violation)
  }

  @Test func `many nodes at once never use an invite more often than it allows`() async throws {
    var book = book()
    let invite = try create(&book, uses: 7)
    let shared = Shared(book)
    let (digest, network, start) = (invite.digest, network, start)
    let admitted = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<64 {
        let node = SigningKey().id
        group.addTask {
          shared.change { book in
            refusal {
              _ = try book.redeem(
                digest, for: node, network: network, source: node.short, at: start)
            } == nil
          }
        }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(admitted == 7)
  }
}
