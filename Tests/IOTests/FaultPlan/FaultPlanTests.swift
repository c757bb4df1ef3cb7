import Primitives
import Testing

@testable import IO

@Suite struct FaultPlanTests {
  private func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

  private let message = FaultPlan.Operation.message(from: "a", to: "b")

  @Test func `the text says everything a rule has`() throws {
    let plan = try FaultPlan.parse(
      """
      seed = 7
      [[fault]]
      effect = "delay"
      after = "10s"
      lasts = "1m"
      share = 0.25
      times = 3
      from = ["a"]
      to = ["b", "c"]
      delay = "200ms"
      [[fault]]
      effect = "partition"
      groups = [["a"], ["b", "c"]]
      [[fault]]
      effect = "disk-error"
      paths = ["/state/"]
      """)
    var delay = FaultPlan.Rule(.delay)
    (delay.after, delay.lasts, delay.share, delay.times) = (.seconds(10), .seconds(60), 0.25, 3)
    (delay.from, delay.to, delay.delay) = (["a"], ["b", "c"], .milliseconds(200))
    var partition = FaultPlan.Rule(.partition)
    partition.groups = [["a"], ["b", "c"]]
    var disk = FaultPlan.Rule(.diskError)
    disk.paths = ["/state/"]
    #expect(plan.seed == 7)
    #expect(plan.rules == [delay, partition, disk])
  }

  @Test(arguments: [
    ("", "seed"), ("seed = 1", "[[fault]]"), ("seed = \"x\"\n[[fault]]", "integer"),
    ("seed = 1\nsed = 2", "did you mean seed"), ("seed = 1\nfault = 3", "[[fault]]"),
    ("seed = 1\n[[fault]]", "no effect"),
    ("seed = 1\n[[fault]]\neffect = \"melt\"", "one of drop"),
    ("seed = 1\n[[fault]]\neffect = \"delay\"", "needs delay"),
    ("seed = 1\n[[fault]]\neffect = \"drop\"\ndelay = \"1s\"", "means nothing"),
    ("seed = 1\n[[fault]]\neffect = \"drop\"\nshare = 1.5", "up to 1"),
    ("seed = 1\n[[fault]]\neffect = \"drop\"\ntimes = 0", "above 0"),
    ("seed = 1\n[[fault]]\neffect = \"drop\"\nfrom = []", "one at least"),
    ("seed = 1\n[[fault]]\neffect = \"drop\"\nfrom = [1]", "texts alone"),
    ("seed = 1\n[[fault]]\neffect = \"delay\"\ndelay = \"2h\"", "longer than"),
    ("seed = 1\n[[fault]]\neffect = \"delay\"\ndelay = \"soon\"", "duration"),
    ("seed = 1\n[[fault]]\neffect = \"partition\"\ngroups = [[\"a\"]]", "two lists"),
    ("seed = 1\n[[fault]]\neffect = \"pause\"\nnodes = [\"a\"]", "needs lasts"),
  ])
  func `what means nothing is refused with a reason`(text: String, reason: String) {
    let error = #expect(throws: TextError.self) { try FaultPlan.parse(text) }
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
  }

  @Test func `a plan has bounds`() {
    var limits = FaultPlan.Limits()
    limits.rules = 2
    let rule = "[[fault]]\neffect = \"drop\"\n"
    let plan = "seed = 1\n" + String(repeating: rule, count: 3)
    #expect(throws: TextError.self) { try FaultPlan.parse(plan, limits: limits) }
    limits.rules = 3
    #expect(throws: Never.self) { try FaultPlan.parse(plan, limits: limits) }
    limits.textBytes = plan.utf8.count - 1
    #expect(throws: TextError.self) { try FaultPlan.parse(plan, limits: limits) }
  }

  @Test func `a rule strikes within its time, in its share and so many times`() {
    var rule = FaultPlan.Rule(.drop)
    (rule.after, rule.lasts, rule.share) = (.seconds(10), .seconds(20), 0.25)
    var plan = FaultPlan(seed: 3, [rule])
    plan.start(at: at(100))
    #expect(plan.decide(on: message, now: at(109)) == .pass)
    #expect(plan.decide(on: message, now: at(130)) == .pass)
    let dropped = (0..<4000).count { _ in plan.decide(on: message, now: at(115)) == .drop }
    #expect(dropped > 850 && dropped < 1150)
    rule.share = 1
    rule.times = 3
    var few = FaultPlan(seed: 3, [rule])
    #expect((0..<9).count { _ in few.decide(on: message, now: at(15)) == .drop } == 3)
    #expect(few.struck == [3] && plan.struck == [dropped])
  }

  @Test func `a seed repeats every decision`() {
    func decisions(_ seed: UInt64) -> [FaultPlan.Verdict] {
      var drop = FaultPlan.Rule(.drop)
      drop.share = 0.5
      var plan = FaultPlan(seed: seed, [drop])
      return (0..<200).map { _ in plan.decide(on: message, now: at(1)) }
    }
    #expect(decisions(1) == decisions(1))
    #expect(decisions(1) != decisions(2))
  }

  @Test func `messages across a partition are lost, streams wait for its end`() {
    var rule = FaultPlan.Rule(.partition)
    (rule.groups, rule.lasts) = ([["a"], ["b"]], .seconds(30))
    var plan = FaultPlan(seed: 1, [rule])
    #expect(plan.decide(on: message, now: at(10)) == .drop)
    #expect(plan.decide(on: .stream(from: "b", to: "a"), now: at(10)) == .delay(.seconds(20)))
    #expect(plan.decide(on: .message(from: "a", to: "c"), now: at(10)) == .pass)
  }

  @Test func `a pause holds everything of its node until it ends`() {
    var rule = FaultPlan.Rule(.pause)
    (rule.nodes, rule.after, rule.lasts) = (["b"], .seconds(5), .seconds(5))
    var plan = FaultPlan(seed: 1, [rule])
    #expect(plan.decide(on: message, now: at(7)) == .delay(.seconds(3)))
    #expect(plan.decide(on: .message(from: "a", to: "c"), now: at(7)) == .pass)
  }

  @Test func `a crash is named once, when its time has come`() {
    var rule = FaultPlan.Rule(.crash)
    (rule.nodes, rule.after) = (["a", "b"], .seconds(5))
    var plan = FaultPlan(seed: 1, [rule])
    #expect(plan.nextCrash == at(5))
    #expect(plan.crashes(now: at(4)).isEmpty)
    #expect(plan.crashes(now: at(6)) == ["a", "b"])
    #expect(plan.crashes(now: at(7)).isEmpty && plan.nextCrash == nil)
  }

  @Test func `streams are never doubled and disks fail by path`() {
    var disk = FaultPlan.Rule(.diskError)
    disk.paths = ["/state/"]
    var plan = FaultPlan(seed: 1, [FaultPlan.Rule(.duplicate), disk])
    #expect(plan.decide(on: message, now: at(1)) == .duplicate)
    #expect(plan.decide(on: .stream(from: "a", to: "b"), now: at(1)) == .pass)
    #expect(plan.decide(on: .disk(node: "a", path: "/state/db"), now: at(1)) == .fail)
    #expect(plan.decide(on: .disk(node: "a", path: "/tmp/db"), now: at(1)) == .pass)
  }
}
