import Primitives
import Security
import Simulation
import Testing

@testable import Mesh

@Suite struct ZoneCoreTests {
  private let wall = WallTime(nanoseconds: 1_790_000_000_000_000_000)
  private let peer = NodeID.numbered(2)
  private let publisher = SigningKey()

  private func core() -> ZoneCore {
    var core = ZoneCore(own: .numbered(1), seed: 1, now: .at(0))
    _ = core.handle(.membersChanged(joined: [peer], left: []), now: .at(0), wall: wall)
    return core
  }

  private func entry(_ version: UInt64, _ payload: [UInt8] = [1], key: UInt64 = 7) -> ZoneEntry {
    ZoneEntry(
      term: Bytes32(words: (key, 0, 0, 0)), subject: .zero, version: version,
      expiresAt: wall.advanced(by: .seconds(100)), payload: payload, by: publisher)
  }

  @Test func `maps that heard the same decisions are equal, whatever the order`() throws {
    var random = SeededRandom(seed: 4)
    let (low, high) = ZonePrefix.root.halves
    var decisions: [ZoneMap.Decision] = []
    for prefix in [ZonePrefix.root, low, high, low.halves.0] {
      for number in 1...4 as ClosedRange<UInt32> {
        decisions.append(
          ZoneMap.Decision(prefix: prefix, number: number, isSplit: number % 2 == 1))
      }
    }
    var first = ZoneMap()
    _ = try first.merge(decisions)
    for _ in 0..<20 {
      var other = ZoneMap()
      for decision in (decisions + decisions).shuffled(using: &random) {
        _ = try other.merge([decision])
      }
      #expect(other == first && other.fingerprint == first.fingerprint)
    }
    #expect(first.zones == [.root])
  }

  @Test func `zones own every key once`() throws {
    var map = ZoneMap()
    let (low, high) = ZonePrefix.root.halves
    for prefix in [.root, low, high.halves.1] as [ZonePrefix] {
      _ = try map.merge([ZoneMap.Decision(prefix: prefix, number: 1, isSplit: true)])
    }
    // A split below a prefix that is not split itself changes nothing yet.
    #expect(map.zones.count == 3)
    var random = SeededRandom(seed: 8)
    for _ in 0..<200 {
      let key = random.bytes32()
      #expect(map.zones.filter { $0.contains(key) } == [map.zone(of: key)])
    }
  }

  @Test(arguments: [0, ZoneMap.largestLeap + 2, .max])
  func `a decision that cannot be genuine is blamed on the sender`(number: UInt32) {
    var core = core()
    let decision = ZoneMap.Decision(prefix: .root, number: number, isSplit: true)
    let actions = core.handle(
      .received(.decisions([decision]), from: peer), now: .at(1), wall: wall)
    #expect(actions.contains { if case .violated(by: peer, _) = $0 { true } else { false } })
    #expect(core.map.fingerprint == 0)
  }

  @Test func `of two versions the newer stays, in either order`() {
    for versions in [[1, 2, 3], [3, 2, 1], [2, 3, 1]] as [[UInt64]] {
      var core = core()
      for version in versions {
        let put = ZoneMessage.put(request: version, entries: [entry(version, [UInt8(version)])])
        _ = core.handle(.received(put, from: peer), now: .at(1), wall: wall)
      }
      #expect(core.shelf.entries.values.map(\.payload) == [[3]])
    }
  }

  @Test func `what has expired is not taken, and goes when its time comes`() {
    var core = core()
    var old = entry(1, key: 8)
    old.expiresAt = wall
    let put = ZoneMessage.put(request: 1, entries: [entry(1), old])
    _ = core.handle(.received(put, from: peer), now: .at(1), wall: wall)
    #expect(core.shelf.count == 1)
    _ = core.handle(.wake, now: .at(200), wall: wall.advanced(by: .seconds(200)))
    #expect(core.shelf.count == 0)
  }

  /// Sixteen nodes in two zones, as the first of the lower one sees them when all has settled.
  private func settled() throws -> (core: ZoneCore, upper: [NodeID]) {
    let map = ZoneWrite.decision(ZoneMap.Decision(prefix: .root, number: 1, isSplit: true))
    let ids = (0..<16 as Range<UInt64>).map { number in
      NodeID(Bytes32(words: (number << 60 | 7, number, 0, 0)))
    }
    var core = ZoneCore(own: ids[0], restored: [map], seed: 1, now: .at(0))
    let joined = Array(ids.dropFirst())
    _ = core.handle(.membersChanged(joined: joined, left: []), now: .at(0), wall: wall)
    return (core, Array(ids[8...]))
  }

  private func asked(_ actions: [ZoneAction]) -> [NodeID] {
    actions.compactMap { if case .send(.find, let peer) = $0 { peer } else { nil } }
  }

  @Test func `silent nodes cost a search one time-out each, all at once`() throws {
    var (core, upper) = try settled()
    let keys = ZonePrefix.root.halves.1.keys
    let first = asked(
      core.handle(.find(token: 1, keys, limit: 9), now: .at(10), wall: wall))
    #expect(first.count == 1 && upper.contains(first[0]))
    let second = asked(
      core.handle(.wake, now: .at(10).advanced(by: .milliseconds(200)), wall: wall))
    #expect(second.count == 1 && second != first)
    let rest = asked(core.handle(.wake, now: .at(10).advanced(by: .milliseconds(500)), wall: wall))
    #expect(Set(rest + first + second) == Set(upper) && rest.count == 6)
    // Five of eight say that there is nothing; the others stay silent.
    for peer in rest.prefix(5) {
      let request = try #require(core.finds.keys.first)
      let nothing = ZoneMessage.found(request: request, entries: [], isSettled: true)
      _ = core.handle(
        .received(nothing, from: peer), now: .at(10).advanced(by: .milliseconds(600)), wall: wall)
    }
    let again = asked(core.handle(.wake, now: .at(11), wall: wall))
    #expect(Set(again) == Set(upper).subtracting(rest.prefix(5)))
    let end = core.handle(.wake, now: .at(11).advanced(by: .milliseconds(500)), wall: wall)
    #expect(
      end.contains { if case .found(1, [], 8, wentBeyond: false) = $0 { true } else { false } })
  }

  @Test func `too many entries in one message are refused`() {
    var core = core()
    let many = (0..<2_049).map { entry(1, key: UInt64($0)) }
    let actions = core.handle(
      .received(.put(request: 1, entries: many), from: peer), now: .at(1), wall: wall)
    #expect(actions.contains { if case .violated(by: peer, _) = $0 { true } else { false } })
    #expect(core.shelf.count == 0)
  }

  @Test func `readers of messages stand every cut and every change`() throws {
    let turn = ZoneMessage.Comparison(
      session: 3, number: 1, prefix: ZonePrefix.root.halves.1, isHandover: true,
      message: [0x10], entries: [entry(4)])
    let decisions = [ZoneMap.Decision(prefix: .root.halves.0, number: 2, isSplit: true)]
    let find = ZoneMessage.find(
      request: 1, keys: ZonePrefix.root.halves.0.keys, limit: 12)
    var random = SeededRandom(seed: 3)
    var refused = 0
    for message in [.compare(turn), .decisions(decisions), find] as [ZoneMessage] {
      let bytes = message.encoded
      #expect(try ZoneMessage(decoding: bytes) == message)
      for count in 0..<bytes.count { refused += isRefused(Array(bytes.prefix(count))) ? 1 : 0 }
      for _ in 0..<2_000 {
        var changed = bytes
        changed[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(
          in: 1...255, using: &random)
        refused += isRefused(changed) ? 1 : 0
      }
    }
    #expect(refused > 1_000)
  }

  private func isRefused(_ bytes: [UInt8]) -> Bool {
    do throws(NetworkError) {
      _ = try ZoneMessage(decoding: bytes)
      return false
    } catch { return error.code == .violation }
  }
}
