import Primitives
import Security
import Simulation
import Testing

@testable import Mesh

/// Who may put, replace and remove a line of the index: its publisher, by anybody's hand.
@Suite struct ZoneEntryTests {
  private let wall = WallTime(nanoseconds: 1_790_000_000_000_000_000)
  private let peer = NodeID.numbered(2)
  private let owner = SigningKey()
  private let term = Digest.sha256(of: [1]).value
  private let subject = Digest.sha256(of: [2]).value

  private func core() -> ZoneCore {
    var core = ZoneCore(own: .numbered(1), seed: 1, now: .at(0))
    _ = core.handle(.membersChanged(joined: [peer], left: []), now: .at(0), wall: wall)
    return core
  }

  private func line(
    _ version: UInt64 = 5, _ payload: [UInt8] = [1], isRemoved: Bool = false,
    by signer: SigningKey? = nil, lease: Duration = .seconds(100)
  ) -> ZoneEntry {
    ZoneEntry(
      term: term, subject: subject, version: version, expiresAt: wall.advanced(by: lease),
      payload: payload, isRemoved: isRemoved, by: signer ?? owner)
  }

  /// Whether the peer is blamed.
  private func give(_ entry: ZoneEntry, to core: inout ZoneCore) -> Bool {
    let actions = core.handle(
      .received(.put(request: 1, entries: [entry]), from: peer), now: .at(1), wall: wall)
    return actions.contains { if case .violated = $0 { true } else { false } }
  }

  /// What a member might do to hide the line of another.
  private enum Lie: CaseIterable {
    case otherPayload, removal, laterVersion, soonerEnd, strangerInItsPlace, strangerAsPublisher
    case ofAnotherSubject
  }

  private func forged(_ lie: Lie, _ good: ZoneEntry) -> ZoneEntry {
    var entry = good
    entry.version += 1
    switch lie {
    case .otherPayload: entry.payload = [9]
    case .removal: (entry.payload, entry.isRemoved) = ([], true)
    case .laterVersion: break
    case .soonerEnd: entry.expiresAt = wall.advanced(by: .seconds(1))
    case .strangerInItsPlace:
      entry = line(6, [9], by: SigningKey())
      entry.key = good.key
    case .strangerAsPublisher:
      let signed = line(6, [9], by: SigningKey())
      entry = ZoneEntry(
        key: good.key, version: 6, expiresAt: signed.expiresAt, payload: [9],
        publisher: good.publisher, signature: signed.signature)
    case .ofAnotherSubject:
      entry = ZoneEntry(
        term: term, subject: Digest.sha256(of: [3]).value, version: 6, expiresAt: good.expiresAt,
        payload: [], isRemoved: true, by: owner)
      entry.key = good.key
    }
    return entry
  }

  @Test(arguments: Lie.allCases.indices)
  func `nobody else changes, renews or removes a line`(lie: Int) {
    var core = core()
    let good = line()
    let isBlamed = give(good, to: &core)
    #expect(!isBlamed && core.shelf.entries[good.key] == good)
    let wrong = forged(Lie.allCases[lie], good)
    #expect(!wrong.isGenuine && wrong.key == good.key && wrong.version > good.version)
    let isCaught = give(wrong, to: &core)
    #expect(isCaught && core.shelf.entries[good.key] == good)
  }

  @Test func `its publisher does, by whomever the word comes`() {
    var core = core()
    let last = line(7, [], isRemoved: true)
    let newer = line(6, [2])
    for entry in [line(), newer, last] {
      let isBlamed = give(entry, to: &core)
      #expect(!isBlamed && core.shelf.entries[entry.key] == entry)
    }
    // An old word comes late.
    let isBlamed = give(newer, to: &core)
    #expect(!isBlamed && core.shelf.entries[last.key] == last && core.shelf.count == 1)
  }

  @Test func `two publishers have a place each, beside each other`() throws {
    var core = core()
    let (own, others) = (line(), line(9, [3], by: SigningKey()))
    let isBlamed = give(own, to: &core) || give(others, to: &core)
    #expect(!isBlamed && core.shelf.count == 2)
    #expect(ZoneKey.lastOfSubject(own.key) == ZoneKey.lastOfSubject(others.key))
    let keys = ZoneKey.keys(of: term)
    #expect(keys.contains(own.key) && keys.contains(others.key))
    #expect(core.shelf.entries(in: keys, limit: 9).count == 2)
  }

  @Test func `a line under another term takes nobody's place`() {
    var core = core()
    let good = line()
    let elsewhere = Digest.sha256(of: [7]).value
    let moved = line(6, [2]).under(term: elsewhere)
    let isBlamed = give(good, to: &core) || give(moved, to: &core)
    #expect(moved.isGenuine && !isBlamed && core.shelf.entries[good.key] == good)
    #expect(ZoneKey.keys(of: elsewhere).contains(moved.key))
    #expect(!ZoneKey.keys(of: term).contains(moved.key))
  }

  @Test func `nothing is kept for ever`() {
    var core = core()
    let endless = line(5, lease: .seconds(31 * 86_400))
    let over = line(5, lease: .seconds(-1))
    for entry in [endless, over] {
      let isBlamed = give(entry, to: &core)
      #expect(!isBlamed && core.shelf.count == 0)
    }
  }

  @Test func `a key has three parts, whatever is in them`() {
    var random = SeededRandom(seed: 3)
    let ones = Bytes32(words: (.max, .max, .max, .max))
    for _ in 0..<100 {
      let (term, subject, node) = (random.bytes32(), random.bytes32(), NodeID(random.bytes32()))
      for (term, subject) in [(term, subject), (ones, subject), (term, ones), (.zero, .zero)] {
        let key = ZoneKey.key(term: term, subject: subject, publisher: node)
        #expect(
          key.bytes == Array(term.bytes[..<12] + subject.bytes[..<10] + node.bytes[..<10]))
        #expect(ZoneKey.isPlace(key, of: node) && !ZoneKey.isPlace(key, of: .numbered(1)))
        #expect(ZoneKey.keys(of: term).contains(key))
        #expect(ZoneKey.lastOfSubject(key).bytes[22...].allSatisfy { $0 == 255 })
      }
    }
  }
}
