import IO
import Primitives

/// A plan is read or refused with a line; one that is read decides without stopping the process,
/// and a rule strikes no more often than it may.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFaults(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  do throws(TextError) {
    var plan = try FaultPlan.parse(String(decoding: bytes, as: UTF8.self))
    var now = Instant(nanoseconds: 1_000_000_000)
    plan.start(at: now)
    for step in 0..<40 {
      _ = plan.decide(on: .stream(from: "a", to: "b"), now: now)
      _ = plan.decide(on: .message(from: "b", to: "a"), now: now)
      _ = plan.decide(on: .disk(node: "a", path: "/state/x"), now: now)
      _ = plan.crashes(now: now)
      now = now.advanced(by: .milliseconds(Int64(1) << Int64(step % 30)))
    }
    for (rule, struck) in zip(plan.rules, plan.struck) {
      precondition(struck <= rule.times ?? .max, "a rule struck too often")
    }
  } catch {
    precondition(!error.message.isEmpty && error.line >= 1, "an error says nothing")
  }
  return 0
}
