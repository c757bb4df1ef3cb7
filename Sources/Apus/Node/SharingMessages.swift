import Calls
import Primitives
import Runtimes

// Rules of sharing as the node's service says and keeps them.

extension BoxesV1.SharingRules {
  /// Throws when they are none, or out of their bounds.
  func checked() throws(RuntimeError) -> SharingRules {
    var rules = SharingRules()
    rules.cores = cores.map { Int($0) }
    rules.memory = memoryBytes
    rules.disk = diskBytes
    rules.gpus = gpus.map { Int($0) }
    if let runtimes { rules.runtimes = Set(try runtimes.words.map(Self.runtime)) }
    rules.creators = creators.map { Set($0.words) }
    rules.network = Set(network)
    rules.schedule = try SharingSchedule(hours)
    rules.idle = idleNanoseconds.map { .nanoseconds($0) }
    rules.needsMains = mainsOnly
    try rules.check()
    return rules
  }

  private static func runtime(_ word: String) throws(RuntimeError) -> Runtime {
    guard let runtime = Runtime(name: word) else {
      throw RuntimeError(.refused, "there is no runtime \(word): wasm, js, process, container")
    }
    return runtime
  }
}

extension SharingPause {
  init(_ message: BoxesV1.SharingPause) {
    self.init(
      since: WallTime(nanoseconds: message.sinceNanoseconds),
      until: message.untilNanoseconds.map { WallTime(nanoseconds: $0) },
      letsFinish: message.letsFinish)
  }
}

extension BoxesV1.SharingReport {
  init(_ decision: BoxesV1.SharingDecision, _ view: Boxes.SharingView, ended: Int) {
    self.init()
    self.decision = decision
    // One that is over by itself is none.
    if view.pause == nil { self.decision?.pause = nil }
    obstacle = view.obstacle?.reason ?? ""
    untilNanoseconds = view.obstacle?.until?.nanoseconds
    attempts = UInt32(clamping: view.attempts)
    memoryBytes = view.memory
    diskBytes = view.disk
    idleNanoseconds = view.surroundings.idle?.nanoseconds
    hasMains = view.surroundings.hasMains
    self.ended = UInt32(clamping: ended)
  }
}

extension BoxesV1.LogRecord {
  init(_ record: AuditRecord) {
    self.init()
    creator = record.creator
    runtime = record.runtime
    program = record.program
    beganNanoseconds = record.began.nanoseconds
    ending = record.ending
    status = record.status
    text = record.text
    attempts = record.attempts
    nanoseconds = record.time.nanoseconds
    processorNanoseconds = record.processorTime.nanoseconds
    peakMemoryBytes = record.peakMemory
    outputBytes = record.outputBytes
  }
}
