import Mesh
import Primitives

/// What members say of topics: a message reads back as it was written, and nothing stops the core
/// or makes it hold more than it may.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTopics(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let seed = input.first else { return 0 }
  let peers = (1...3).map { id(UInt8($0)) }
  var core = TopicCore(own: id(0), boot: 7)
  var now = Instant(nanoseconds: 1_000_000_000)
  _ = core.handle(.membersChanged(joined: peers, left: []), now: now, wall: wall)
  _ = core.handle(
    .subscribe(topic: "t", name: seed & 1 == 0 ? "" : "s"), now: now, wall: wall)
  for token in 0..<UInt64(seed >> 1 & 3) {
    settle(
      core.handle(
        .publish(token: token, topic: "t", payload: [1], isKept: token != 1), now: now, wall: wall),
      &core, now)
  }
  var rest = input.dropFirst(), turn = 0
  while rest.count > 2 {
    let length = Int(rest.removeFirst()) << 8 | Int(rest.removeFirst())
    let part = Array(rest.prefix(length))
    rest = rest.dropFirst(length)
    // What cannot be read never reaches the core.
    guard let (message, topic) = try? TopicMessage.decode(part) else { continue }
    let written = message.encoded(topic: topic)
    let again = try? TopicMessage.decode(written)  // nil is the failure looked for
    precondition(
      again?.topic == topic && again?.0.encoded(topic: topic) == written, "a message has two forms")
    settle(
      core.handle(.received(message, topic: topic, from: peers[turn]), now: now, wall: wall),
      &core, now)
    turn = (turn + 1) % 3
    now = now.advanced(by: .milliseconds(400))
    settle(core.handle(.wake, now: now, wall: wall), &core, now)
  }
  return 0
}

private let wall = WallTime(nanoseconds: 1_800_000_000_000_000_000)

private func id(_ number: UInt8) -> NodeID {
  guard let id = NodeID([UInt8](repeating: number, count: 32)) else {
    preconditionFailure("32 bytes")
  }
  return id
}

/// As a disk that is at once done would.
private func settle(_ actions: [TopicAction], _ core: inout TopicCore, _ now: Instant) {
  for case .save(let token, _) in actions {
    _ = core.handle(.saved(token: token), now: now, wall: wall)
  }
}
