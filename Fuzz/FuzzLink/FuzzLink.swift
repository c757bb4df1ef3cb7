import Mesh
import Primitives

/// What a peer with a valid key sends on a carrier, to both roles: it must end alike at any
/// split, never trap, and never deliver more than its window.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzLink(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let seed = bytes.first else { return 0 }
  let body = Array(bytes.dropFirst())
  let piece = Int(seed >> 1) % 40 + 1
  let isSmaller = seed & 1 == 0
  let whole = outcome(of: body, in: max(1, body.count), isSmaller: isSmaller)
  let split = outcome(of: body, in: piece, isSmaller: isSmaller)
  precondition(whole.isSame(as: split), "a link depends on splits")
  return 0
}

private struct Outcome: Equatable {
  var lanes: [[UInt8]] = [[], []]
  var ends = [0, 0]
  var endings: [String] = []
  var attachments = 0

  /// How much was lent of a piece that broke a rule is of no account.
  func isSame(as other: Outcome) -> Bool {
    if endings.isEmpty { return self == other }
    return endings == other.endings && attachments == other.attachments
  }
}

private let limit = 600

private func outcome(of body: [UInt8], in piece: Int, isSmaller: Bool) -> Outcome {
  guard let low = NodeID([UInt8](repeating: 1, count: 32)),
    let high = NodeID([UInt8](repeating: 2, count: 32))
  else { preconditionFailure("32 bytes") }
  var limits = LinkLimits()
  limits.laneBytes = limit
  let now = Instant(nanoseconds: 7)
  var core = LinkCore(
    own: isSmaller ? low : high, peer: isSmaller ? high : low, limits: limits)
  var outcome = Outcome()
  for lane in 0..<2 { _ = core.offer([UInt8](repeating: 3, count: 100), on: lane) }
  let greeting = LinkCore.Greeting(boot: BootID(1))
  note(
    core.handle(.carrier(1, greeting, isDialled: isSmaller, path: .direct), now: now), &outcome)
  _ = core.output(on: 1, now: now)
  var start = 0
  while start < body.count {
    let end = min(body.count, start + piece)
    let actions = core.receive(body[start..<end], on: 1, now: now) { lane, fresh in
      if let fresh { outcome.lanes[lane] += fresh } else { outcome.ends[lane] += 1 }
    }
    note(actions, &outcome)
    start = end
  }
  // Nobody reads: whatever links came and went, the last one stays within its window.
  precondition(
    outcome.lanes.allSatisfy { $0.count <= limit * (outcome.endings.count + 1) },
    "more came than the window")
  _ = core.output(on: 1, now: now)
  _ = core.nextWake
  return outcome
}

private func note(_ actions: [LinkCore.Action], _ outcome: inout Outcome) {
  for action in actions {
    switch action {
    case .attached: outcome.attachments += 1
    case .ended(let why): outcome.endings.append("\(why)")
    case .closeCarrier, .suspected, .detached: break
    }
  }
}
