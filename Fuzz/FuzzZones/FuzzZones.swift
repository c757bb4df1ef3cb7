import Mesh
import Primitives

/// What members say of zones: a message reads back as it was written, and nothing stops the core.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzZones(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let seed = input.first else { return 0 }
  let peers = (1...8).map { id(UInt8($0)) }
  var now = Instant(nanoseconds: 1_000_000_000)
  // Signatures cannot be made up here: one entry in eight counts as forged.
  var core = ZoneCore(
    own: id(0), seed: UInt64(seed), now: now, isGenuine: { $0.version % 8 < 7 })
  _ = core.handle(.membersChanged(joined: peers, left: []), now: now, wall: wall)
  var rest = input.dropFirst(), turn = 0
  while rest.count > 2 {
    let length = Int(rest.removeFirst()) << 8 | Int(rest.removeFirst())
    let part = Array(rest.prefix(length))
    rest = rest.dropFirst(length)
    // What cannot be read never reaches the core.
    guard let message = try? ZoneMessage(decoding: part) else { continue }
    let written = message.encoded
    let again = try? ZoneMessage(decoding: written)  // nil is the failure looked for
    precondition(again?.encoded == written, "a message has two forms")
    _ = core.handle(.received(message, from: peers[turn]), now: now, wall: wall)
    turn = (turn + 1) % peers.count
    now = now.advanced(by: .milliseconds(400))
    _ = core.handle(.wake, now: now, wall: wall)
    let isClean = core.shelf.entries.values.allSatisfy { $0.version % 8 < 7 }
    precondition(isClean, "a forged entry is kept")
  }
  return 0
}

private let wall = WallTime(nanoseconds: 1_800_000_000_000_000_000)

private func id(_ number: UInt8) -> NodeID {
  guard let id = NodeID([UInt8](repeating: number &* 29, count: 32)) else {
    preconditionFailure("32 bytes")
  }
  return id
}
