import Mesh
import Primitives

/// The first byte picks a reader. What reads is written as something that reads alike; nothing a
/// neighbour says stops the membership core or makes it believe an unsigned record.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTable(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let kind = input.first else { return 0 }
  let bytes = Array(input.dropFirst())
  do throws(NetworkError) {
    switch kind % 4 {
    case 0: try converse(bytes)
    case 1: try readRecord(bytes)
    case 2: try readLegacy(bytes)
    default:
      let words = String(decoding: bytes, as: UTF8.self).split(separator: "\n", maxSplits: 1)
      _ = try Selection(
        sort: words.first.map(String.init), filter: words.dropFirst().first.map(String.init))
    }
  } catch {
    precondition(!error.message.isEmpty, "an error says nothing")
  }
  return 0
}

private let wall = WallTime(nanoseconds: 1_800_000_000_000_000_000)

/// Believes nothing: nobody here has signed anything.
private struct NobodySigned: RecordChecking {
  func refusal(of record: SignedRecord, at time: WallTime) -> RecordVerdict? {
    record.record.refusal(at: time) ?? .forged
  }
}

private func id(_ number: UInt8) -> NodeID {
  guard let id = NodeID([UInt8](repeating: number, count: 32)) else {
    preconditionFailure("32 bytes")
  }
  return id
}

private func record(of number: UInt8) -> SignedRecord {
  let record = NodeRecord(
    id: id(number), sequence: 5, name: "node\(number)", issuedAt: wall, lease: .seconds(1800))
  return SignedRecord(simulating: record, payloadBytes: 10, signature: [])
}

/// Messages, each behind two bytes of length, from two neighbours.
private func converse(_ bytes: [UInt8]) throws(NetworkError) {
  var directory = PeerDirectory()
  let peers = (0..<4).map { directory.number(of: id($0)) }
  var core = Gossip(me: peers[0], checker: NobodySigned(), seed: 1)
  var now = Instant(nanoseconds: 1_000_000_000)
  let known = peers.indices.dropFirst().map { (peers[$0], record(of: UInt8($0))) }
  _ = core.handle(.start(own: record(of: 0), contacts: [], known: known), now: now, wall: wall)
  for peer in peers[1...2] { _ = core.handle(.linkUp(peer), now: now, wall: wall) }
  var rest = bytes[...], turn = 1
  let codec = GossipCodec()
  while rest.count > 2 {
    let length = Int(rest.removeFirst()) << 8 | Int(rest.removeFirst())
    let part = Array(rest.prefix(length))
    rest = rest.dropFirst(length)
    if let message = try codec.decode(part, &directory) {
      let written = codec.encode(message, directory)
      guard let again = try codec.decode(written, &directory) else {
        preconditionFailure("what was written says nothing")
      }
      precondition(codec.encode(again, directory) == written, "a message has two forms")
      _ = core.handle(.received(message, from: peers[turn]), now: now, wall: wall)
      precondition(core.neighbourPeers.count <= 16, "a peer made the core open links")
    }
    now = now.advanced(by: .milliseconds(300))
    _ = core.handle(.wake, now: now, wall: wall)
    turn = 3 - turn
  }
  precondition(core.record(of: peers[3])?.sequence ?? 5 == 5, "a made-up record was believed")
}

private func readRecord(_ bytes: [UInt8]) throws(NetworkError) {
  let record = try NodeRecord(decoding: bytes)
  let written = record.encoded
  let again = try NodeRecord(decoding: written)
  precondition(again.encoded == written, "a record is not what was read")
}

private func readLegacy(_ bytes: [UInt8]) throws(NetworkError) {
  for entry in try LegacyTable.read(bytes) { _ = entry.addresses }
}
