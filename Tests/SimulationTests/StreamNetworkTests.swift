import IO
import Primitives
import Simulation
import Testing

@Suite struct StreamNetworkTests {
  typealias Surroundings = StreamNetwork.Surroundings

  private let start = Instant(nanoseconds: 1_000_000_000)

  private func network(
    _ surroundings: [Surroundings], loss: Double = 0, seed: UInt64 = 1
  ) -> StreamNetwork {
    var conditions = StreamNetwork.Conditions()
    conditions.ways.loss = loss
    return StreamNetwork(surroundings, conditions: conditions, seed: seed)
  }

  private func stream(
    _ attempt: StreamNetwork.Attempt
  ) throws -> (StreamNetwork.StreamID, Instant) {
    guard case .connected(let id, let at, _) = attempt else { throw NotConnected() }
    return (id, at)
  }

  private struct NotConnected: Error {}

  private func isConnected(_ attempt: StreamNetwork.Attempt) -> Bool {
    if case .connected = attempt { true } else { false }
  }

  @Test(arguments: Surroundings.allCases, Surroundings.allCases)
  func `a call reaches open nodes alone`(caller: Surroundings, called: Surroundings) {
    var network = network([caller, called])
    let attempt = network.connect(from: 0, to: 1, now: start)
    #expect(isConnected(attempt) == (called == .open))
  }

  @Test(arguments: Surroundings.allCases, Surroundings.allCases)
  func `calling at once works where both keep their ports`(
    left: Surroundings, right: Surroundings
  ) {
    var network = network([left, right])
    let attempt = network.connectBoth(0, at: start, 1, at: start.advanced(by: .milliseconds(3)))
    let keepers: [Surroundings] = [.open, .easy]
    #expect(isConnected(attempt) == (keepers.contains(left) && keepers.contains(right)))
  }

  @Test func `calling at once is slow when one is late, and fails when it is too late`() throws {
    func connected(late: Duration) throws -> Duration? {
      var network = network([.easy, .easy])
      let other = start.advanced(by: late)
      guard case .connected(_, let at, _) = network.connectBoth(0, at: start, 1, at: other) else {
        return nil
      }
      return start.duration(to: at)
    }
    let together = try #require(try connected(late: .zero))
    let late = try #require(try connected(late: .seconds(2)))
    #expect(together < .milliseconds(400))
    #expect(late >= .seconds(2))
    #expect(try connected(late: .seconds(20)) == nil)
  }

  @Test func `a relay joins whom nothing else joins, at the price of two ways`() throws {
    var network = network([.hard, .blocked, .open])
    let attempt = network.connect(from: 0, to: 1, through: 2, now: start)
    let (id, at) = try stream(attempt)
    guard case .arrives(let arrival) = network.send(10, on: id, from: .caller, now: at) else {
      throw NotConnected()
    }
    let ways = network.ways.latency(from: 0, to: 2) + network.ways.latency(from: 2, to: 1)
    #expect(at.duration(to: arrival) >= ways)
    #expect(network.ways.traffic(of: 2).sentBytes == network.ways.traffic(of: 2).receivedBytes)
    #expect(network.kill(2, now: arrival).map(\.stream) == [id])
    #expect(network.isBroken(id))
  }

  @Test(arguments: [0, 0.25])
  func `bytes arrive in order, late when packets are lost`(loss: Double) throws {
    var network = network([.open, .open], loss: loss, seed: 3)
    let (id, begin) = try stream(network.connect(from: 0, to: 1, now: start))
    var now = begin, last = begin, worst = Duration.zero
    for _ in 0..<500 {
      now = now.advanced(by: .milliseconds(20))
      guard case .arrives(let arrival) = network.send(100, on: id, from: .called, now: now) else {
        throw NotConnected()
      }
      #expect(arrival >= last)
      last = arrival
      worst = max(worst, now.duration(to: arrival))
    }
    #expect(loss == 0 ? worst < .milliseconds(150) : worst > .milliseconds(250))
  }

  @Test func `a partition is silence, and what it held back comes when it heals`() throws {
    var network = network([.open, .open])
    let (id, at) = try stream(network.connect(from: 0, to: 1, now: start))
    network.partition([[0], [1]])
    #expect(network.send(10, on: id, from: .caller, token: 7, now: at) == .held)
    #expect(network.send(10, on: id, from: .caller, token: 8, now: at) == .held)
    let healed = at.advanced(by: .seconds(30))
    let released = network.heal(now: healed)
    #expect(released.map(\.token) == [7, 8])
    #expect(released.allSatisfy { $0.at > healed && $0.at < healed.advanced(by: .seconds(2)) })
    #expect(!network.isBroken(id))
  }

  @Test func `a machine that lost power is silent until it is back and knows nothing`() throws {
    var network = network([.open, .open])
    let (id, at) = try stream(network.connect(from: 0, to: 1, now: start))
    network.crash(1)
    #expect(network.send(10, on: id, from: .caller, now: at) == .held)
    #expect(!network.delivers(id, from: .caller))
    let back = at.advanced(by: .seconds(5))
    network.restart(1, now: back)
    guard case .broken(let heard) = network.send(10, on: id, from: .caller, now: back) else {
      throw NotConnected()
    }
    #expect(heard > back)
    #expect(isConnected(network.connect(from: 0, to: 1, now: back)))
  }

  @Test func `a killed process refuses, a silent machine does not answer`() {
    var network = network([.open, .open, .open])
    _ = network.kill(1, now: start)
    network.crash(2)
    guard case .refused(let heard) = network.connect(from: 0, to: 1, now: start) else {
      Issue.record("not refused")
      return
    }
    #expect(heard < start.advanced(by: .milliseconds(300)))
    let silent = network.connect(from: 0, to: 2, now: start)
    #expect(silent == .timedOut(at: start.advanced(by: .seconds(5))))
  }

  @Test func `a plan breaks and delays streams`() throws {
    var network = network([.open, .open])
    let (id, at) = try stream(network.connect(from: 0, to: 1, now: start))
    var delay = FaultPlan.Rule(.delay)
    delay.delay = .seconds(3)
    delay.times = 1
    network.inject(FaultPlan(seed: 1, [delay, FaultPlan.Rule(.drop)]))
    guard case .arrives(let late) = network.send(1, on: id, from: .caller, now: at) else {
      throw NotConnected()
    }
    #expect(at.duration(to: late) > .seconds(3))
    _ = network.send(1, on: id, from: .caller, now: at)
    #expect(network.isBroken(id))
  }
}
