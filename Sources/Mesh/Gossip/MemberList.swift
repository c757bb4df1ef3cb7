import Primitives

/// All nodes this one has heard of, by number. Sixteen bytes each beside the shared record.
struct MemberList: Sendable {
  struct Member: Sendable {
    var record: SignedRecord?
    var state = MemberState.unknown
  }

  private var members: [Member] = []
  private(set) var live = 0
  /// Dead and left ones that are remembered.
  private(set) var gone = 0
  private(set) var dead = 0
  /// Sum of the fingerprints of all live records: equal tables have equal sums.
  private(set) var digest: UInt64 = 0

  /// Numbers run from 0 to here.
  var capacity: Int { members.count }

  mutating func reserve(_ count: Int) { members.reserveCapacity(count) }

  subscript(_ peer: PeerNumber) -> Member {
    peer.index < members.count ? members[peer.index] : Member()
  }

  func state(of peer: PeerNumber) -> MemberState {
    peer.index < members.count ? members[peer.index].state : .unknown
  }

  func record(of peer: PeerNumber) -> SignedRecord? {
    peer.index < members.count ? members[peer.index].record : nil
  }

  mutating func set(_ peer: PeerNumber, record: SignedRecord?, state: MemberState) {
    if peer.index >= members.count {
      members.append(
        contentsOf: repeatElement(Member(), count: peer.index + 1 - members.count))
    }
    let old = members[peer.index]
    count(old, adding: false)
    members[peer.index] = Member(record: record, state: state)
    count(members[peer.index], adding: true)
  }

  mutating func set(_ peer: PeerNumber, state: MemberState) {
    set(peer, record: record(of: peer), state: state)
  }

  private mutating func count(_ member: Member, adding: Bool) {
    switch member.state {
    case .alive, .suspect, .unreachable:
      live += adding ? 1 : -1
      let fingerprint = member.record?.fingerprint ?? 0
      digest = adding ? digest &+ fingerprint : digest &- fingerprint
    case .dead:
      gone += adding ? 1 : -1
      dead += adding ? 1 : -1
    case .left: gone += adding ? 1 : -1
    case .unknown: break
    }
  }

  /// A random member in one of the states that `isWanted` names; nil when luck fails.
  func random(
    using random: inout SplitMix, where isWanted: (PeerNumber, MemberState) -> Bool
  ) -> PeerNumber? {
    if members.isEmpty { return nil }
    for _ in 0..<24 {
      let index = random.below(members.count)
      if isWanted(PeerNumber(index), members[index].state) { return PeerNumber(index) }
    }
    return nil
  }

  /// Everybody in the table with a record, in order of their numbers.
  func all() -> [(PeerNumber, SignedRecord, MemberState)] {
    members.indices.compactMap { index in
      members[index].record.map { (PeerNumber(index), $0, members[index].state) }
    }
  }
}
