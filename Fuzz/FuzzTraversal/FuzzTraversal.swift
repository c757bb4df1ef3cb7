import IO
import Mesh
import Primitives

/// What strangers and peers send while ways are looked for. The first byte picks a reader; there
/// is one way to write each thing, no answer is larger than its question, and a punch ends.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTraversal(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let kind = input.first else { return 0 }
  let bytes = Array(input.dropFirst())
  switch kind % 4 {
  case 0: readEcho(bytes)
  case 1: readAnnouncement(bytes)
  case 2: punch(bytes, leads: true)
  default: punch(bytes, leads: false)
  }
  return 0
}

private let start = Instant(nanoseconds: 1_000_000_000)

private func readEcho(_ bytes: [UInt8]) {
  if let echo = EchoDatagram(decoding: bytes) {
    precondition(echo.encoded == bytes, "a datagram has two forms")
  }
  var responder = EchoResponder()
  let sender = SocketAddress(.v4([192, 0, 2, 1], port: 9))
  if let answer = responder.answer(bytes, from: sender, now: start) {
    precondition(answer.count <= bytes.count, "an answer is larger than its question")
    precondition(EchoDatagram(decoding: answer)?.seen == sender, "an answer cannot be read")
  }
}

private func readAnnouncement(_ bytes: [UInt8]) {
  guard let announcement = LocalAnnouncement(decoding: bytes) else { return }
  precondition(announcement.port != 0 && bytes.count == LocalAnnouncement.size)
  // Only the seed is signed; whatever was changed in it is not.
  _ = announcement.isSigned(in: bytes)
}

/// Messages, each behind a byte of length; a zero is an event of this side instead.
private func punch(_ bytes: [UInt8], leads: Bool) {
  guard let low = NodeID([UInt8](repeating: 1, count: 32)),
    let high = NodeID([UInt8](repeating: 2, count: 32))
  else { preconditionFailure("32 bytes") }
  var core = PunchCore(own: leads ? low : high, peer: leads ? high : low)
  var now = start
  var rest = bytes[...], learning: UInt32 = 1
  note(core.handle(.begin, now: now), &learning)
  while let length = rest.popFirst() {
    now = now.advanced(by: .milliseconds(10))
    guard length > 0 else {
      let seen = [SocketAddress(.v4([192, 0, 2, length], port: 7))]
      note(core.handle(.learnt(round: learning, seen), now: now), &learning)
      continue
    }
    let part = Array(rest.prefix(Int(length)))
    rest = rest.dropFirst(Int(length))
    // What is refused ends the exchange.
    guard let signal = try? PunchSignal(decoding: part) else { break }
    let again = try? PunchSignal(decoding: signal.encoded)  // nil is the failure looked for
    precondition(again == signal, "a signal is not what was read")
    note(core.handle(.received(signal), now: now), &learning)
  }
  for _ in 0..<100 where !core.isOver {
    guard let wake = core.nextWake else { break }
    now = max(now, wake)
    note(core.handle(.wake, now: now), &learning)
  }
  precondition(core.isOver, "a punch goes on for ever")
}

private func note(_ actions: [PunchCore.Action], _ learning: inout UInt32) {
  for case .learn(let round) in actions { learning = round }
}
