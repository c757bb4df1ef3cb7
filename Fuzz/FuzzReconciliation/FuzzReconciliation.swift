import Mesh
import Primitives

/// What a peer says of sets: there is one way to write a message, and nothing that it says may
/// stop the process, be answered beyond the limits or go on without end.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzReconciliation(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let seed = bytes.first else { return 0 }
  var messages: [[UInt8]] = []
  var rest = bytes.dropFirst()
  while let length = rest.first {
    messages.append(Array(rest.dropFirst().prefix(Int(length))))
    rest = rest.dropFirst(1 + Int(length))
  }
  for message in messages {
    // What is refused is fine: there is nothing to check then.
    guard let read = try? ReconciliationMessage(decoding: message) else { continue }
    precondition(read.encoded == message, "a message has two forms")
  }
  converse(messages, seed: seed)
  return 0
}

private func converse(_ messages: [[UInt8]], seed: UInt8) {
  var limits = Reconciler.Limits()
  limits.frameBytes = 4_096
  limits.items = 64
  limits.compared = 32
  limits.waiting = 40
  var reconciler = Reconciler(sample(seed), limits: limits)
  if seed & 1 == 0 { _ = reconciler.begin() }
  for message in messages {
    // A violation ends the exchange.
    guard let step = try? reconciler.receive(message) else { return }
    if let reply = step.reply {
      precondition(reply.count <= limits.frameBytes, "a reply is larger than a frame")
      let read = try? ReconciliationMessage(decoding: reply)  // nil is the failure looked for
      precondition(read != nil, "a reply cannot be read")
    }
  }
}

/// Keys that differ in their first byte alone, so that inputs can name ranges between them.
private func sample(_ seed: UInt8) -> ReconciliationSet {
  var set = ReconciliationSet(isVersioned: seed & 2 != 0)
  for index in 0..<UInt64(seed >> 2) * 4 {
    let key = Bytes32(words: (index << 56 | index, 0, 0, 0))
    let digest = Bytes32(words: (index &* 0x9E37_79B9_7F4A_7C15, index, 0, 0))
    set.insert(ReconciliationItem(key: key, digest: digest))
  }
  return set
}
