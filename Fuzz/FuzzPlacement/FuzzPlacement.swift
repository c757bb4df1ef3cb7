import Blobs
import Calls
import Primitives

/// What members say of copies: a message reads back as it was written, no share comes in that its
/// owner did not sign, and nothing stops the core or makes it hold more than it may. Messages
/// follow, each behind two bytes of length.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPlacement(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let seed = input.first else { return 0 }
  let peers = (1...4).map { id(UInt8($0)) }
  var limits = PlacementLimits()
  limits.shares = 8
  limits.start = .zero
  limits.grace = .seconds(2)
  limits.settling = .seconds(1)
  var now = Instant(nanoseconds: 1_000_000_000)
  var core = PlacementCore(own: id(0), limits: limits, seed: UInt64(seed), now: now)
  let members = ([id(0)] + peers).map { PlacementCandidate(id: $0, address: "\($0.short)") }
  _ = core.handle(.members(changed: members, left: []), now: now, wall: wall)
  var rest = input.dropFirst(), turn = 0
  while rest.count > 2 {
    let length = Int(rest.removeFirst()) << 8 | Int(rest.removeFirst())
    let part = Array(rest.prefix(length))
    rest = rest.dropFirst(length)
    // What cannot be read never reaches the core.
    guard let wire = try? FilesV1.PlacementMessage(decoding: part),
      let message = try? PlacementMessage(wire)
    else { continue }
    if case .keep(let signed, _) = message {
      precondition(signed.isGenuine, "a share came in that its owner did not sign")
    }
    let again = try? PlacementMessage(message.wire)  // nil is the failure looked for
    precondition(
      again?.wire.encoded() == message.wire.encoded(), "a message has two forms")
    settle(core.handle(.received(message, from: peers[turn]), now: now, wall: wall), &core, now)
    turn = (turn + 1) % peers.count
    now = now.advanced(by: .milliseconds(700))
    if seed & 1 == 1, turn == 2 {
      settle(core.handle(.members(changed: [], left: [peers[3]]), now: now, wall: wall), &core, now)
    }
    settle(core.handle(.wake, now: now, wall: wall), &core, now)
    precondition(core.copies <= limits.shares, "more copies are here than there may be shares")
  }
  return 0
}

private let wall = WallTime(nanoseconds: 1_790_000_000_000_000_000)

private func id(_ number: UInt8) -> NodeID {
  guard let id = NodeID([UInt8](repeating: number &* 29, count: 32)) else {
    preconditionFailure("32 bytes")
  }
  return id
}

/// As sources and an index that are at once done would.
private func settle(_ actions: [PlacementAction], _ core: inout PlacementCore, _ now: Instant) {
  var open = actions[...]
  var steps = 0
  while let action = open.popFirst(), steps < 64 {
    steps += 1
    switch action {
    case .fetch(let signed, _):
      let event: PlacementEvent =
        signed.share.size % 5 == 0
        ? .fetchFailed(signed.key, version: signed.version, isFull: signed.share.size % 2 == 0)
        : .fetched(signed.key, version: signed.version)
      open += core.handle(event, now: now, wall: wall)
    case .list(let signed, _):
      let until = wall.advanced(by: .seconds(86_400))
      open += core.handle(.listed(signed.key, until: until), now: now, wall: wall)
    case .save, .send, .cancel, .drop, .mark, .unmark, .left, .violated: break
    }
  }
}
