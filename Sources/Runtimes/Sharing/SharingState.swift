package import Primitives

// # Sharing
//
// Decides whether an attempt of somebody else may begin, and what becomes of those that run when
// something changes: the owner's rules, a pause, the hour, the use of the machine, its power. What
// no longer may run is ended at once and told why; of what is too much for all together the latest
// goes first.

package struct SharingState: Sendable {
  package typealias Number = UInt64

  /// What an attempt wants.
  package struct Ask: Sendable, Equatable {
    package var creator: String
    package var runtime: Runtime
    package var memory: Int64 = 0
    package var disk: Int64 = 0
    /// Hundredths of GPUs.
    package var gpuPercent = 0
    package var wantsNetwork = false

    package init(_ creator: String, _ runtime: Runtime) {
      self.creator = creator
      self.runtime = runtime
    }
  }

  /// What the machine is like; nil is what nobody can tell.
  package struct Surroundings: Sendable, Equatable {
    /// How long nobody has used it.
    package var idle: Duration?
    package var hasMains: Bool?

    package init(idle: Duration? = nil, hasMains: Bool? = nil) {
      self.idle = idle
      self.hasMains = hasMains
    }
  }

  package enum Event: Sendable {
    case rules(SharingRules)
    case pause(SharingPause?)
    case surroundings(Surroundings)
    /// Time has passed.
    case clock
  }

  package enum Action: Sendable, Equatable {
    case end(Number, reason: String)
    /// What runs for others is to use so many processors; nil is all.
    case processors(Int?)
  }

  /// Why an attempt may not begin.
  package struct Refusal: Error, Sendable, Equatable {
    package var reason: String
    /// When it is worth asking again; nil when nobody knows, or never.
    package var until: WallTime?
    /// False when only another decision of the owner changes it.
    package var passes: Bool
  }

  private struct Running {
    var ask: Ask
    var isEnding = false
  }

  /// Whoever owns the machine needs nobody's leave.
  package static let owner = "owner"

  package private(set) var rules: SharingRules
  package private(set) var pause: SharingPause?
  package private(set) var surroundings = Surroundings()
  /// Of others.
  private var running: [Number: Running] = [:]
  private var last: Number = 0

  package init(_ rules: SharingRules = SharingRules(), pause: SharingPause? = nil) {
    self.rules = rules
    self.pause = pause
  }

  package var count: Int { running.count }
  package var memory: Int64 { running.values.reduce(0) { $0 &+ $1.ask.memory } }
  package var disk: Int64 { running.values.reduce(0) { $0 &+ $1.ask.disk } }
  private var gpus: Int { running.values.reduce(0) { $0 + $1.ask.gpuPercent } }

  /// Whether it matters how the machine is used and powered.
  package var watches: Bool { rules.idle != nil || rules.needsMains }

  // MARK: - Attempts

  /// It may begin, and runs from now on; `finish` comes at its end, whatever that is.
  package mutating func begin(_ ask: Ask, at moment: LocalMoment) throws(Refusal) -> Number {
    if ask.creator != Self.owner {
      if let refusal = obstacle(at: moment) ?? obstacle(for: ask) ?? shortage(for: ask) {
        throw refusal
      }
    }
    last += 1
    if ask.creator != Self.owner { running[last] = Running(ask: ask) }
    return last
  }

  package mutating func finish(_ number: Number) { running[number] = nil }

  // MARK: - Events

  package mutating func event(_ event: Event, at moment: LocalMoment) -> [Action] {
    var actions: [Action] = []
    switch event {
    case .rules(let rules):
      if rules.cores != self.rules.cores { actions.append(.processors(rules.cores)) }
      let hasWatched = watches
      self.rules = rules
      // What was known before nobody looked is not known now.
      if !hasWatched && watches { surroundings = Surroundings() }
    case .pause(let pause): self.pause = pause
    case .surroundings(let surroundings): self.surroundings = surroundings
    case .clock: break
    }
    if let pause, !pause.holds(at: moment) { self.pause = nil }
    return actions + endWhatMayNot(at: moment)
  }

  private mutating func endWhatMayNot(at moment: LocalMoment) -> [Action] {
    var actions: [Action] = []
    let everybody = pause?.letsFinish == true ? closure(at: moment) : obstacle(at: moment)
    for number in running.keys.sorted() {
      guard let entry = running[number], !entry.isEnding,
        let refusal = everybody ?? obstacle(for: entry.ask)
      else { continue }
      running[number]?.isEnding = true
      actions.append(.end(number, reason: refusal.reason))
    }
    return actions + endTheLatest()
  }

  /// Until what goes on fits.
  private mutating func endTheLatest() -> [Action] {
    var actions: [Action] = []
    var (memory, disk, gpus): (Int64, Int64, Int) = (0, 0, 0)
    for number in running.keys.sorted() {
      guard let entry = running[number], !entry.isEnding else { continue }
      memory += entry.ask.memory
      disk += entry.ask.disk
      gpus += entry.ask.gpuPercent
      guard let reason = Self.excess(memory, disk, gpus, rules) else { continue }
      memory -= entry.ask.memory
      disk -= entry.ask.disk
      gpus -= entry.ask.gpuPercent
      running[number]?.isEnding = true
      actions.append(
        .end(number, reason: "the owner of the machine lowered the \(reason) that others may use"))
    }
    return actions
  }

  // MARK: - Why not

  /// Why nobody may begin anything now.
  package func obstacle(at moment: LocalMoment) -> Refusal? {
    if let pause, pause.holds(at: moment) {
      return Refusal(
        reason: "the owner of the machine has paused sharing", until: pause.until, passes: true)
    }
    return closure(at: moment)
  }

  /// The same, but for a pause.
  private func closure(at moment: LocalMoment) -> Refusal? {
    if !rules.schedule.isOpen(at: moment) {
      let until = rules.schedule.minutesUntilChange(at: moment).map(moment.startOfMinute)
      return Refusal(
        reason: "the machine is shared at other hours (\(rules.schedule))", until: until,
        passes: true)
    }
    if rules.needsMains, surroundings.hasMains != true {
      let what =
        surroundings.hasMains == nil
        ? "nobody can tell whether it has that" : "it runs on its battery"
      return Refusal(
        reason: "the machine is shared on mains power only, and \(what)", until: nil, passes: true)
    }
    guard let least = rules.idle, surroundings.idle.map({ $0 < least }) ?? true else { return nil }
    return Refusal(
      reason: "the machine is shared only when nobody uses it",
      until: surroundings.idle.map { moment.wall.advanced(by: least - $0) }, passes: true)
  }

  private func obstacle(for ask: Ask) -> Refusal? {
    let reason: String? =
      if let creators = rules.creators, !creators.contains(ask.creator) {
        "the machine is not shared with \(ask.creator)"
      } else if let runtimes = rules.runtimes, !runtimes.contains(ask.runtime) {
        "\(ask.runtime.name) is not shared on this machine"
      } else if ask.wantsNetwork, !rules.network.contains(ask.creator) {
        "the machine gives \(ask.creator) no network"
      } else {
        nil
      }
    return reason.map { Refusal(reason: $0, until: nil, passes: false) }
  }

  /// Too much for all together.
  private func shortage(for ask: Ask) -> Refusal? {
    if let what = Self.excess(ask.memory, ask.disk, ask.gpuPercent, rules) {
      return Refusal(
        reason: "the attempt asks for more than the \(what) that others may use", until: nil,
        passes: false)
    }
    guard
      let what = Self.excess(memory + ask.memory, disk + ask.disk, gpus + ask.gpuPercent, rules)
    else { return nil }
    return Refusal(
      reason: "nothing is left for now of the \(what) that others may use", until: nil, passes: true
    )
  }

  /// The first thing of which that is more than is shared.
  private static func excess(
    _ memory: Int64, _ disk: Int64, _ gpus: Int, _ rules: SharingRules
  ) -> String? {
    if let most = rules.memory, memory > most { return "memory" }
    if let most = rules.disk, disk > most { return "room for files" }
    if let most = rules.gpus, gpus > most * 100 { return "number of GPUs" }
    return nil
  }
}
