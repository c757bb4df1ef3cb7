import IO
import Primitives
import Simulation
import Testing

@Suite struct MessageNetworkTests {
  private let start = Instant(nanoseconds: 0)

  private func conditions(
    _ body: (inout MessageNetwork.Conditions) -> Void
  ) -> MessageNetwork.Conditions {
    var conditions = MessageNetwork.Conditions()
    body(&conditions)
    return conditions
  }

  @Test func `a seed repeats every arrival`() {
    func arrivals(seed: UInt64) -> [Arrivals] {
      let conditions = conditions {
        $0.loss = 0.2
        $0.duplication = 0.1
        $0.reordering = 0.1
      }
      var network = MessageNetwork(nodes: 20, conditions: conditions, seed: seed)
      return (0..<500).map { index in
        network.route(from: index % 20, to: (index * 7 + 1) % 20, size: 100, now: start)
      }
    }
    #expect(arrivals(seed: 5) == arrivals(seed: 5))
    #expect(arrivals(seed: 5) != arrivals(seed: 6))
  }

  @Test func `shares of lost and doubled messages are those asked for`() {
    let conditions = conditions {
      $0.loss = 0.25
      $0.duplication = 0.1
    }
    var network = MessageNetwork(nodes: 2, conditions: conditions, seed: 1)
    let all = (0..<20_000).map { _ in network.route(from: 0, to: 1, size: 1, now: start) }
    let lost = Double(all.count(where: \.isEmpty)) / 20_000
    let doubled = Double(all.count { $0.count == 2 }) / 20_000
    #expect(abs(lost - 0.25) < 0.015)
    #expect(abs(doubled - 0.075) < 0.01)
  }

  @Test func `a message takes the way's latency and some jitter`() {
    var network = MessageNetwork(nodes: 10, seed: 2)
    let way = network.latency(from: 3, to: 4)
    #expect(way == network.latency(from: 4, to: 3))
    for _ in 0..<100 {
      let arrival = network.route(from: 3, to: 4, size: 1, now: start).first
      let extra = arrival.map { start.duration(to: $0) - way }
      #expect(extra.map { $0 >= .zero && $0 <= network.conditions.jitter } == true)
    }
  }

  @Test func `a partition stops what crosses it until it heals`() {
    var network = MessageNetwork(nodes: 4, seed: 1)
    network.partition([[0, 1], [2]])
    #expect(!network.route(from: 0, to: 1, size: 1, now: start).isEmpty)
    #expect(network.route(from: 0, to: 2, size: 1, now: start).isEmpty)
    #expect(network.route(from: 3, to: 2, size: 1, now: start).isEmpty)
    network.heal()
    #expect(!network.route(from: 0, to: 2, size: 1, now: start).isEmpty)
  }

  @Test func `a cut of one way leaves the other open`() {
    var network = MessageNetwork(nodes: 3, seed: 1)
    network.cut(0, 1, oneWay: true)
    #expect(network.route(from: 0, to: 1, size: 1, now: start).isEmpty)
    #expect(!network.route(from: 1, to: 0, size: 1, now: start).isEmpty)
    network.heal(0, 1)
    #expect(!network.route(from: 0, to: 1, size: 1, now: start).isEmpty)
  }

  @Test func `a node that came back does not hear what was sent to the one before`() {
    var network = MessageNetwork(nodes: 2, seed: 1)
    let sent = Instant(nanoseconds: 10), back = Instant(nanoseconds: 20)
    network.crash(1)
    #expect(!network.hears(1, sentAt: sent))
    #expect(network.route(from: 1, to: 0, size: 1, now: sent).isEmpty)
    network.restart(1, now: back)
    #expect(!network.hears(1, sentAt: sent))
    #expect(network.hears(1, sentAt: back))
  }

  @Test func `slow nodes stand still now and then, and never for longer than a stall`() {
    let conditions = conditions { $0.slowNodes = 0.1 }
    let network = MessageNetwork(nodes: 100, conditions: conditions, seed: 9)
    let slow = (0..<100).filter(network.isSlow)
    #expect(slow.count == 10)
    var waits: [Duration] = []
    for milliseconds in stride(from: Int64(0), to: 60_000, by: 50) {
      let now = Instant(nanoseconds: milliseconds * 1_000_000)
      waits += slow.map { now.duration(to: network.attends($0, at: now)) }
    }
    let longest = waits.max() ?? .zero
    #expect(longest > .seconds(1) && longest <= conditions.slowStall)
    let still = Double(waits.count { $0 > .zero }) / Double(waits.count)
    #expect(still > 0.15 && still < 0.35)
  }

  @Test func `bytes are those of the network card`() {
    var network = MessageNetwork(nodes: 2, seed: 1)
    _ = network.route(from: 0, to: 1, size: 100, now: start)
    #expect(network.traffic(of: 0).sentBytes == 100 + 22 + 52 + 52)
    #expect(network.traffic(of: 1).receivedBytes == 226)
    // 100,000 bytes: 7 records, 70 segments, 35 acknowledgements.
    #expect(MessageOverhead.bytes(ofMessage: 100_000) == 100_000 + 7 * 22 + 70 * 52 + 35 * 52)
  }

  @Test func `a fault plan decides about messages too`() {
    var network = MessageNetwork(nodes: 3, seed: 1)
    var rule = FaultPlan.Rule(.drop)
    rule.to = ["1"]
    network.inject(FaultPlan(seed: 1, [rule]))
    #expect(network.route(from: 0, to: 1, size: 1, now: start).isEmpty)
    #expect(!network.route(from: 0, to: 2, size: 1, now: start).isEmpty)
    network.inject(nil)
    #expect(!network.route(from: 0, to: 1, size: 1, now: start).isEmpty)
  }
}
