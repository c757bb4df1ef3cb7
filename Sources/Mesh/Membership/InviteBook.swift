package import Calls
package import IO
package import Primitives
import Security

/// The invites an admin has given out. It keeps digests of their secrets alone.
package struct InviteBook: Sendable {
  package struct Limits: Sendable {
    package var invites = 10_000
    package var uses = 10_000
    package var life = Validity.days(366)
    /// Invites that are over are remembered so long, to be told from made-up ones.
    package var memory = Validity.days(30)
    /// Failed tries of one source, and within what time.
    package var tries = 10
    package var triesWindow = Duration.seconds(600)
    package var sources = 4096
    package init() {}
  }

  /// What an admin grants with an invite.
  package struct Terms: Hashable, Sendable {
    package var roles: Set<Role>
    package var permissions: Set<Permission>
    package var life: Duration
    package var uses: Int

    package init(
      roles: Set<Role>, permissions: Set<Permission> = [], life: Duration = Validity.days(1),
      uses: Int = 1
    ) {
      self.roles = roles
      self.permissions = permissions
      self.life = life
      self.uses = uses
    }
  }

  package struct Entry: Hashable, Sendable {
    /// Of the secret.
    package let digest: Digest
    package let terms: Terms
    package let createdAt: WallTime
    package var usedBy: [NodeID] = []
    package var isWithdrawn = false

    package var expiresAt: WallTime { createdAt.advanced(by: terms.life) }
    /// By which people name it.
    package var id: String { String(digest.description.prefix(12)) }
  }

  private struct Tries {
    var count: Int
    var since: WallTime
  }

  private let limits: Limits
  private let network: NetworkID
  private let admin: NodeID
  private var entries: [Digest: Entry] = [:]
  private var tries: [String: Tries] = [:]

  package init(network: NetworkID, admin: NodeID, limits: Limits = Limits()) {
    self.network = network
    self.admin = admin
    self.limits = limits
  }

  /// Newest first.
  package var list: [Entry] {
    entries.values.sorted { ($0.createdAt, $0.digest) > ($1.createdAt, $1.digest) }
  }

  /// As it was stored.
  mutating func restore(_ entry: Entry) { entries[entry.digest] = entry }

  /// `secret` is sixteen bytes nobody can guess. Returns the invite, and what to store of it.
  package mutating func create(
    _ terms: Terms, secret: [UInt8], addresses: [Endpoint], at time: WallTime
  ) throws(NetworkError) -> (invite: Invite, entry: Entry) {
    guard (1...limits.uses).contains(terms.uses) else {
      throw NetworkError(.violation, "an invite has 1 to \(limits.uses) uses, not \(terms.uses)")
    }
    guard terms.life > .zero, terms.life <= limits.life else {
      throw NetworkError(.violation, "an invite holds for more than no time and at most 366 days")
    }
    try checkWords(terms)
    let bounds = Invite.Limits()
    guard addresses.count <= bounds.addresses,
      addresses.allSatisfy({ $0.description.utf8.count <= bounds.addressBytes })
    else {
      throw NetworkError(
        .violation,
        "an invite holds at most \(bounds.addresses) addresses of \(bounds.addressBytes) bytes")
    }
    _ = forget(at: time)
    guard entries.count < limits.invites else {
      throw NetworkError(
        .busy,
        "there are \(entries.count) invites already; withdraw some, they are kept "
          + "for 30 days after their end")
    }
    let invite = Invite(
      network: network, admin: admin, secret: secret, expiresAt: time.advanced(by: terms.life),
      addresses: addresses)
    let entry = Entry(digest: invite.digest, terms: terms, createdAt: time)
    entries[entry.digest] = entry
    return (invite, entry)
  }

  private func checkWords(_ terms: Terms) throws(NetworkError) {
    let bounds = MembershipCertificate.Limits()
    let isFine = terms.permissions.allSatisfy { permission in
      (1...bounds.permissionBytes).contains(permission.name.utf8.count)
        && permission.name.utf8.allSatisfy { Self.wordBytes.contains($0) }
    }
    guard isFine, terms.permissions.count <= bounds.permissions else {
      throw NetworkError(
        .violation,
        "permissions are at most \(bounds.permissions) words of lower-case letters, digits, "
          + "dots and hyphens")
    }
  }

  private static let wordBytes = Set("abcdefghijklmnopqrstuvwxyz0123456789.-".utf8)

  /// Uses an invite up for a node, once however often the node asks. Returns what to store.
  package mutating func redeem(
    _ digest: Digest, for node: NodeID, network claimed: NetworkID, source: String,
    at time: WallTime
  ) throws(NetworkError) -> Entry {
    let tried = recentTries(of: source, at: time)
    guard tried < limits.tries else {
      throw NetworkError(
        .busy, "too many wrong invites from here; try again in ten minutes with a right one")
    }
    do throws(NetworkError) {
      var entry = try check(digest, network: claimed, at: time)
      if entry.usedBy.contains(node) { return entry }
      guard entry.usedBy.count < entry.terms.uses else {
        throw NetworkError(
          .used,
          "the invite was used \(entry.terms.uses == 1 ? "already" : "up"); ask for a new one")
      }
      entry.usedBy.append(node)
      entries[digest] = entry
      return entry
    } catch {
      count(source, tried + 1, at: time)
      throw error
    }
  }

  private func check(
    _ digest: Digest, network claimed: NetworkID, at time: WallTime
  ) throws(NetworkError) -> Entry {
    guard claimed == network else {
      throw NetworkError(
        .wrongNetwork,
        "the invite is one to the network \(claimed.short), and this admin's is \(network.short); "
          + "ask for a new one")
    }
    guard let entry = entries[digest] else {
      throw NetworkError(
        .forged, "this admin has never made such an invite, or forgot it; ask for a new one")
    }
    if entry.isWithdrawn {
      throw NetworkError(.revoked, "the invite was withdrawn; ask for a new one")
    }
    guard time < entry.expiresAt else {
      throw NetworkError(.expired, "the invite expired at \(entry.expiresAt); ask for a new one")
    }
    return entry
  }

  /// When what a use led to could not be stored.
  mutating func giveBack(_ digest: Digest, by node: NodeID) {
    entries[digest]?.usedBy.removeAll { $0 == node }
  }

  /// By its id, or enough of its beginning.
  package mutating func withdraw(_ id: String) throws(NetworkError) -> Entry {
    let found = entries.values.filter { !id.isEmpty && $0.digest.description.hasPrefix(id) }
    guard var entry = found.first else {
      throw NetworkError(.notFound, "there is no invite \(id.prefix(64)); see `apus invite list`")
    }
    guard found.count == 1 else {
      throw NetworkError(.ambiguous, "\(found.count) invites begin with \(id); write more of it")
    }
    entry.isWithdrawn = true
    entries[entry.digest] = entry
    return entry
  }

  /// Drops what ended long ago. Returns what to delete from the store.
  package mutating func forget(at time: WallTime) -> [Digest] {
    let over = entries.values.filter { $0.expiresAt.advanced(by: limits.memory) < time }
    for entry in over { entries[entry.digest] = nil }
    return over.map(\.digest)
  }

  // MARK: - Tries

  private func recentTries(of source: String, at time: WallTime) -> Int {
    guard let seen = tries[source], isRecent(seen, at: time) else { return 0 }
    return seen.count
  }

  private func isRecent(_ seen: Tries, at time: WallTime) -> Bool {
    // A clock that was set back must not lock anybody out.
    seen.since <= time && seen.since.duration(to: time) < limits.triesWindow
  }

  private mutating func count(_ source: String, _ count: Int, at time: WallTime) {
    if tries.count >= limits.sources, tries[source] == nil {
      tries = tries.filter { isRecent($0.value, at: time) }
      // Guessing 128 bits is hopeless anyway: forgetting all is better than growing.
      if tries.count >= limits.sources { tries.removeAll() }
    }
    tries[source] = Tries(count: count, since: count == 1 ? time : tries[source]?.since ?? time)
  }
}
