import Calls
package import Primitives

/// A join that waits for an admin; kept from start to start.
package struct PendingJoin: Hashable, Sendable {
  package var invite: Invite
  /// As it was asked for.
  package var name: String
  package var since: WallTime

  init(invite: Invite, name: String, since: WallTime) {
    self.invite = invite
    self.name = name
    self.since = since
  }

  var encoded: [UInt8] {
    NetworkV1.PendingJoin {
      $0.invite = invite.revealed
      $0.name = name
      $0.sinceNanoseconds = since.nanoseconds
    }.encoded()
  }

  init(decoding bytes: [UInt8]) throws(NetworkError) {
    let message: NetworkV1.PendingJoin = try Envelope.decode(bytes, as: "a pending join")
    invite = try Invite(message.invite)
    name = message.name
    since = WallTime(nanoseconds: message.sinceNanoseconds)
  }
}
