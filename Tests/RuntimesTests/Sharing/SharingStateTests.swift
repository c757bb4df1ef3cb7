import Primitives
import Testing

@testable import Runtimes

struct SharingStateTests {
  typealias Ask = SharingState.Ask
  var state = SharingState()
  var rules = SharingRules()

  /// Seconds of Monday.
  private func at(_ seconds: Int64) -> LocalMoment {
    LocalMoment(WallTime(nanoseconds: (20_773 * 86_400 + seconds) * 1_000_000_000))
  }

  private func ask(_ creator: String = "alice", memory: Int64 = 100, disk: Int64 = 10) -> Ask {
    var ask = Ask(creator, .wasm)
    ask.memory = memory
    ask.disk = disk
    return ask
  }

  @Test mutating func `without rules everybody may begin`() throws {
    let first = try state.begin(ask(), at: at(0))
    let second = try state.begin(ask("bob"), at: at(0))
    #expect(first != second && state.count == 2 && state.memory == 200)
    state.finish(first)
    #expect(state.count == 1)
    #expect(state.event(.clock, at: at(10)) == [])
  }

  @Test mutating func `creators, runtimes and the network are named`() throws {
    rules.creators = ["alice", "bob"]
    rules.runtimes = [.wasm]
    rules.network = ["bob"]
    #expect(state.event(.rules(rules), at: at(0)) == [])
    let eve = #expect(throws: SharingState.Refusal.self) { try state.begin(ask("eve"), at: at(0)) }
    #expect(eve?.reason.contains("eve") == true && eve?.passes == false)
    #expect(throws: SharingState.Refusal.self) { try state.begin(Ask("bob", .process), at: at(0)) }
    var networked = ask("alice")
    networked.wantsNetwork = true
    #expect(throws: SharingState.Refusal.self) { try state.begin(networked, at: at(0)) }
    networked.creator = "bob"
    #expect(throws: Never.self) { try state.begin(networked, at: at(0)) }
  }

  @Test mutating func `what was seen before nobody looked counts no more`() throws {
    let seen = SharingState.Surroundings(idle: .seconds(100), hasMains: true)
    rules.idle = .seconds(10)
    _ = state.event(.rules(rules), at: at(0))
    _ = state.event(.surroundings(seen), at: at(0))
    rules.needsMains = true
    _ = state.event(.rules(rules), at: at(1))
    #expect(state.surroundings == seen, "it was looked at all the time")
    #expect(state.obstacle(at: at(1)) == nil)
    _ = state.event(.rules(SharingRules()), at: at(2))
    rules.needsMains = false
    _ = state.event(.rules(rules), at: at(3))
    #expect(throws: SharingState.Refusal.self) { try state.begin(ask(), at: at(3)) }
  }

  @Test mutating func `the owner needs nobody's leave`() throws {
    rules.creators = []
    rules.memory = 8 << 20
    _ = state.event(.rules(rules), at: at(0))
    _ = state.event(.pause(SharingPause(since: at(0).wall)), at: at(0))
    _ = try state.begin(ask(SharingState.owner, memory: 1 << 40), at: at(0))
    #expect(state.count == 0 && state.event(.clock, at: at(1)) == [])
  }

  @Test mutating func `a pause ends what runs and begins nothing until it is over`() throws {
    let number = try state.begin(ask(), at: at(0))
    let actions = state.event(
      .pause(SharingPause(since: at(1).wall, until: at(60).wall)), at: at(1))
    #expect(actions == [.end(number, reason: "the owner of the machine has paused sharing")])
    // It is told once.
    #expect(state.event(.clock, at: at(2)) == [])
    state.finish(number)
    let refusal = #expect(throws: SharingState.Refusal.self) { try state.begin(ask(), at: at(59)) }
    #expect(refusal?.until == at(60).wall && refusal?.passes == true)
    #expect(throws: Never.self) { try state.begin(ask(), at: at(60)) }
    #expect(state.event(.clock, at: at(61)) == [] && state.pause == nil)
  }

  @Test mutating func `a pause may let what runs finish, but not what else forbids it`() throws {
    let number = try state.begin(ask(), at: at(0))
    let pause = SharingPause(since: at(1).wall, letsFinish: true)
    #expect(state.event(.pause(pause), at: at(1)) == [])
    #expect(throws: SharingState.Refusal.self) { try state.begin(ask(), at: at(2)) }
    rules.creators = []
    let actions = state.event(.rules(rules), at: at(3))
    #expect(actions == [.end(number, reason: "the machine is not shared with alice")])
  }

  @Test mutating func `the hour ends what runs and says when there is another`() throws {
    rules.schedule = try SharingSchedule("mon 01:00-02:00")
    _ = state.event(.rules(rules), at: at(0))
    let early = #expect(throws: SharingState.Refusal.self) { try state.begin(ask(), at: at(30)) }
    #expect(early?.until == at(3600).wall)
    let number = try state.begin(ask(), at: at(3600))
    #expect(state.event(.clock, at: at(7199)) == [])
    let actions = state.event(.clock, at: at(7200))
    #expect(state.obstacle(at: at(7200))?.until == at(3600 + 7 * 86_400).wall)
    let reason = "the machine is shared at other hours (mon 01:00-02:00)"
    #expect(actions == [.end(number, reason: reason)])
  }

  @Test mutating func `use of the machine ends what needs it idle`() throws {
    rules.idle = .seconds(600)
    _ = state.event(.rules(rules), at: at(0))
    #expect(state.watches && state.obstacle(at: at(0)) != nil, "nobody has looked yet")
    _ = state.event(.surroundings(.init(idle: .seconds(400))), at: at(1))
    #expect(state.obstacle(at: at(1))?.until == at(201).wall)
    _ = state.event(.surroundings(.init(idle: .seconds(600))), at: at(2))
    let number = try state.begin(ask(), at: at(2))
    let actions = state.event(.surroundings(.init(idle: .zero)), at: at(3))
    #expect(
      actions == [.end(number, reason: "the machine is shared only when nobody uses it")])
  }

  @Test mutating func `a battery, or not to know, is no mains power`() throws {
    rules.needsMains = true
    #expect(state.event(.rules(rules), at: at(0)) == [])
    _ = state.event(.surroundings(.init(hasMains: true)), at: at(0))
    let number = try state.begin(ask(), at: at(0))
    let actions = state.event(.surroundings(.init(hasMains: false)), at: at(1))
    let reason = "the machine is shared on mains power only, and it runs on its battery"
    #expect(actions == [.end(number, reason: reason)])
    _ = state.event(.surroundings(.init(hasMains: nil)), at: at(2))
    #expect(state.obstacle(at: at(2))?.reason.contains("nobody can tell") == true)
  }

  @Test mutating func `what all have together is bounded, and a lower bound ends the latest`()
    throws
  {
    rules.memory = 250
    rules.disk = 1000
    _ = state.event(.rules(rules), at: at(0))
    let numbers = try (0..<2).map { _ in try state.begin(ask(), at: at(0)) }
    let full = #expect(throws: SharingState.Refusal.self) { try state.begin(ask(), at: at(1)) }
    #expect(full?.passes == true)
    let huge = #expect(throws: SharingState.Refusal.self) {
      try state.begin(ask(memory: 251), at: at(1))
    }
    #expect(huge?.passes == false)
    let third = try state.begin(ask(memory: 50), at: at(1))
    rules.memory = 150
    let actions = state.event(.rules(rules), at: at(2))
    #expect(
      actions == [
        .end(
          numbers[1], reason: "the owner of the machine lowered the memory that others may use")
      ])
    // What ends holds its part until it is gone.
    #expect(throws: SharingState.Refusal.self) { try state.begin(ask(memory: 1), at: at(3)) }
    state.finish(numbers[1])
    rules.disk = 15
    #expect(state.event(.rules(rules), at: at(4)).count == 1)
    state.finish(third)
    #expect(state.count == 1)
  }

  @Test mutating func `fewer cores hold at once, and once`() {
    rules.cores = 1
    #expect(state.event(.rules(rules), at: at(0)) == [.processors(1)])
    #expect(state.event(.rules(rules), at: at(1)) == [])
    rules.cores = nil
    #expect(state.event(.rules(rules), at: at(2)) == [.processors(nil)])
  }

  @Test func `rules out of bounds say so`() {
    let wrong: [(inout SharingRules) -> Void] = [
      { $0.cores = 0 }, { $0.memory = 1 }, { $0.disk = 1 }, { $0.gpus = -1 },
      { $0.idle = .seconds(1) }, { $0.creators = [""] },
      { $0.network = [String(repeating: "x", count: 257)] },
      { $0.creators = ["alice", "owner"] }, { $0.creators = ["all"] }, { $0.network = ["none"] },
    ]
    for change in wrong {
      var rules = SharingRules()
      change(&rules)
      #expect(throws: RuntimeError.self) { try rules.check() }
    }
    #expect(throws: Never.self) { try SharingRules().check() }
  }

  /// Whatever happens: what goes on is allowed, fits, and was not told to end.
  @Test(arguments: 0..<50) func `what runs is what may run`(_ seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    var state = SharingState()
    var alive: [SharingState.Number: Ask] = [:]
    var rules = SharingRules()
    for step in 0..<400 {
      let now = at(Int64(step) * 600)
      var event = SharingState.Event.clock
      switch random.next() % 8 {
      case 0:
        rules.memory = random.next() % 3 == 0 ? nil : Int64(random.next() % 1000)
        rules.creators = random.next() % 3 == 0 ? nil : ["c0", "c1"]
        rules.needsMains = random.next() % 4 == 0
        rules.schedule = random.next() % 4 == 0 ? try SharingSchedule("06:00-05:00") : .always
        event = .rules(rules)
      case 1:
        let isOn = random.next() % 3 == 0
        event = .pause(
          isOn ? SharingPause(since: now.wall, until: at(Int64(step + 3) * 600).wall) : nil)
      case 2: event = .surroundings(.init(hasMains: random.next() % 2 == 0))
      case 3:
        if let some = alive.keys.min() {
          state.finish(some)
          alive[some] = nil
        }
      default:
        let wanted = ask("c\(random.next() % 3)", memory: Int64(random.next() % 400))
        if let number = try? state.begin(wanted, at: now) { alive[number] = wanted }
      }
      for action in state.event(event, at: now) {
        guard case .end(let number, _) = action else { continue }
        #expect(alive.removeValue(forKey: number) != nil, "told twice, or never began")
        state.finish(number)
      }
      #expect(alive.isEmpty || state.obstacle(at: now) == nil)
      #expect(alive.values.allSatisfy { rules.creators?.contains($0.creator) ?? true })
      #expect(alive.values.reduce(0) { $0 + $1.memory } <= rules.memory ?? .max)
      #expect(state.count == alive.count)
    }
  }
}
