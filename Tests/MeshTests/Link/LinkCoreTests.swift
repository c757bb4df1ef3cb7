import Primitives
import Simulation
import Testing

@testable import Mesh

@Suite struct LinkCoreTests {
  @Test(arguments: [0, 1])
  func `bytes written before any carrier arrive on both lanes`(dialler: Int) {
    var pair = CorePair()
    for side in 0..<2 {
      for lane in 0..<2 {
        #expect(pair.cores[side].offer([UInt8(side), UInt8(lane)], on: lane) == 2)
      }
    }
    pair.connect(1, dialledBy: dialler)
    pair.settle()
    #expect(pair.arrived[0] == [[1, 0], [1, 1]])
    #expect(pair.arrived[1] == [[0, 0], [0, 1]])
    #expect(pair.attached == [[1], [1]])
  }

  @Test(arguments: [1, 2, 3, 11, 12, 13, 24, 25, 36, 37])
  func `bytes arrive whole at any split`(split: Int) {
    var pair = CorePair()
    pair.splits = split
    let bytes = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
    pair.connect(1)
    #expect(pair.cores[0].offer(bytes, on: 0) == bytes.count)
    pair.settle()
    #expect(pair.arrived[1][0] == bytes)
    pair.pass(.milliseconds(30))
    pair.settle()
    #expect(pair.cores[0].isQuiet)
  }

  @Test(arguments: [0, 1, 11, 12, 13, 500, 1_011, 1_012, 1_500])
  func `what a carrier lost goes again on the next, and nothing twice`(passed: Int) {
    var pair = CorePair()
    pair.connect(1)
    pair.settle()
    let bytes = (0..<3_000).map { UInt8(truncatingIfNeeded: $0) }
    for part in [bytes[..<1_000], bytes[1_000...]] {
      _ = pair.cores[1].offer(Array(part), on: 0)
      pair.send(from: 1)
    }
    pair.deliver(to: 0, count: passed)
    pair.cut(1)
    #expect(pair.detachments == [1, 1])
    pair.connect(2, dialledBy: 1)
    pair.settle()
    #expect(pair.arrived[0][0] == bytes)
    #expect(!pair.hasEnded)
  }

  @Test func `a lane's end arrives once, behind its bytes, also over a break`() {
    var pair = CorePair()
    pair.connect(1)
    pair.settle()
    _ = pair.cores[0].offer([1, 2], on: 1)
    pair.cores[0].finish(1)
    pair.send(from: 0)
    pair.deliver(to: 1, count: 20)
    #expect(!pair.ends[1][1])
    pair.cut(1)
    pair.connect(2)
    pair.settle()
    #expect(pair.ends[1] == [false, true])
    #expect(pair.arrived[1][1] == [1, 2])
    pair.pass(.milliseconds(30))
    pair.settle()
    #expect(pair.cores[0].isQuiet)
  }

  @Test func `nobody sends more than the other side said it takes`() {
    var pair = CorePair()
    #expect(pair.cores[0].offer([UInt8](repeating: 1, count: 200_000), on: 0) == 65_536)
    var greeting = pair.greeting(1)
    greeting.laneBytes = 70_000
    pair.enter(1, greeting, at: 0, dialledBy: 0)
    pair.enter(1, pair.greeting(0), at: 1, dialledBy: 0)
    #expect(pair.cores[0].offer([UInt8](repeating: 1, count: 200_000), on: 0) == 4_464)
  }

  @Test func `a full lane does not hold up the other`() {
    var limits = LinkLimits()
    limits.laneBytes = 1_000
    var pair = CorePair(limits: limits)
    let bytes = [UInt8](repeating: 1, count: 2_000)
    #expect(pair.cores[0].offer(bytes, on: 0) == 1_000)
    #expect(!pair.cores[0].hasRoom(0))
    #expect(pair.cores[0].offer(bytes, on: 1) == 1_000)
    pair.connect(1)
    pair.settle()
    pair.pass(.milliseconds(30))
    pair.settle()
    #expect(pair.cores[0].hasRoom(0), "what was read there is free here")
  }

  @Test(arguments: [0, 1])
  func `of two carriers dialled at once the smaller node's stays`(first: Int) {
    var pair = CorePair()
    let greetings = [pair.greeting(0), pair.greeting(1)]
    for dialler in [first, 1 - first] {
      for side in 0..<2 {
        pair.enter(10 + dialler, greetings[1 - side], at: side, dialledBy: dialler)
      }
    }
    _ = pair.cores[1].offer([7], on: 1)
    pair.settle()
    pair.pass(.milliseconds(1))
    pair.settle()
    #expect(pair.cores.map { $0.attached?.carrier } == [10, 10])
    #expect(pair.cores.map(\.carrierNumbers) == [[10], [10]])
    #expect(pair.arrived[0][1] == [7])
  }

  @Test func `of two carriers dialled at once a relay gives way`() {
    var pair = CorePair()
    let greetings = [pair.greeting(0), pair.greeting(1)]
    for side in 0..<2 {
      pair.enter(1, greetings[1 - side], at: side, dialledBy: 0, path: .relayed)
      pair.enter(2, greetings[1 - side], at: side, dialledBy: 1, path: .punched)
    }
    pair.settle()
    #expect(pair.cores.map { $0.attached?.carrier } == [2, 2])
  }

  @Test(arguments: [(PathKind.direct, PathKind.relayed), (.relayed, .direct)], [0, 1])
  func `a carrier dialled on purpose replaces the present one`(
    paths: (PathKind, PathKind), dialler: Int
  ) {
    var pair = CorePair()
    pair.connect(1, dialledBy: 1 - dialler, path: paths.0)
    pair.settle()
    pair.connect(2, dialledBy: dialler, path: paths.1)
    pair.settle()
    #expect(pair.cores.map { $0.attached?.carrier } == [2, 2])
    #expect(pair.cores.map(\.carrierNumbers) == [[2], [2]])
  }

  @Test func `a carrier that does not agree gives way to the one before`() {
    var pair = CorePair()
    pair.connect(1)
    pair.settle()
    // Side 1 never hears of the second carrier.
    pair.enter(2, pair.greeting(1), at: 0, dialledBy: 0)
    pair.send(from: 0)
    pair.wires[1][2] = nil
    _ = pair.cores[0].offer([3], on: 0)
    pair.pass(.milliseconds(600))
    pair.settle()
    #expect(pair.cores[0].attached?.carrier == 1)
    #expect(pair.arrived[1][0] == [3])
  }

  @Test func `another boot id fails what was open and begins a new link`() {
    var pair = CorePair()
    pair.connect(1)
    pair.settle()
    pair.boots[1] = 23
    var fresh = CorePair()
    fresh.boots = pair.boots
    pair.cores[1] = fresh.cores[1]
    pair.connect(2)
    pair.settle()
    guard case .restarted = pair.endings[0].last else {
      Issue.record("\(pair.endings[0])")
      return
    }
    _ = pair.cores[0].offer([8], on: 0)
    pair.settle()
    #expect(pair.arrived[1][0] == [8])
    #expect(pair.closed[0].contains(1))
  }

  @Test func `a link that only one side still holds begins anew`() {
    var pair = CorePair()
    pair.connect(1)
    pair.settle()
    _ = pair.cores[0].offer([1], on: 0)
    pair.settle()
    pair.cut(1)
    pair.now = pair.now.advanced(by: .seconds(61))
    // Only the larger node gives up in time.
    pair.handle(.wake, at: 1)
    #expect(pair.endings[1].count == 1)
    pair.connect(2)
    pair.settle()
    guard case .forgotten = pair.endings[0].last else {
      Issue.record("\(pair.endings[0])")
      return
    }
    _ = pair.cores[1].offer([2], on: 0)
    pair.settle()
    #expect(pair.arrived[0][0] == [2])
    #expect(pair.violation(at: 1) == nil)
  }

  @Test func `without a carrier a link lives its time and no longer`() {
    var pair = CorePair()
    pair.connect(1)
    pair.settle()
    pair.cut(1)
    pair.pass(.seconds(59))
    #expect(!pair.hasEnded)
    pair.pass(.seconds(1))
    #expect(pair.endings.map(\.count) == [1, 1])
  }

  @Test func `a silent carrier is asked, then given up`() {
    var pair = CorePair()
    pair.connect(1)
    pair.settle()
    pair.pass(.seconds(5))
    pair.settle()
    #expect(pair.cores[0].roundTrip == .zero)
    pair.pass(.seconds(14))
    #expect(pair.closed == [[], []])
    pair.wires = [[:], [:]]
    pair.pass(.seconds(1))
    #expect(pair.closed == [[1], [1]])
    #expect(pair.detachments == [1, 1])
  }

  @Test func `a carrier that owes an answer is suspected, again and again, and kept`() {
    var pair = CorePair()
    pair.connect(1)
    pair.settle()
    for _ in 0..<100 {
      _ = pair.cores[0].offer([7], on: 0)
      pair.settle()
      pair.pass(.milliseconds(50))
      pair.settle()
    }
    #expect(pair.suspected == [[], []], "it answers")
    _ = pair.cores[0].offer([7], on: 0)
    pair.send(from: 0)
    pair.passInSteps(.milliseconds(640))
    #expect(pair.suspected == [[], []])
    pair.passInSteps(.milliseconds(20))
    #expect(pair.suspected == [[1], []])
    pair.passInSteps(.seconds(2))
    #expect(pair.suspected == [[1, 1, 1], []])
    #expect(pair.closed == [[], []])
    pair.settle()
    pair.passInSteps(.seconds(2))
    #expect(pair.suspected == [[1, 1, 1], []], "it answered after all")
    #expect(pair.arrived[1][0].count == 101)
  }

  @Test func `after a change of network a carrier is suspected sooner`() {
    var pair = CorePair()
    pair.connect(1)
    pair.settle()
    pair.handle(.networkChanged, at: 1)
    pair.passInSteps(.milliseconds(140))
    #expect(pair.suspected == [[], []])
    pair.passInSteps(.milliseconds(20))
    #expect(pair.suspected == [[], [1]])
  }

  @Test func `a long way has longer to answer`() {
    var pair = CorePair()
    pair.connect(1)
    pair.settle()
    _ = pair.cores[0].offer([7], on: 0)
    pair.send(from: 0)
    pair.passInSteps(.milliseconds(260))
    pair.send(from: 0)
    pair.passInSteps(.milliseconds(350))
    pair.settle()
    #expect(pair.cores[0].roundTrip.map { $0 >= .milliseconds(350) } == true)
    _ = pair.cores[0].offer([7], on: 0)
    pair.send(from: 0)
    pair.passInSteps(.milliseconds(1_250))
    #expect(pair.suspected == [[], []])
    pair.passInSteps(.milliseconds(200))
    #expect(pair.suspected == [[1], []])
  }

  @Test func `whoever was busy itself looks once more before it suspects anybody`() {
    var pair = CorePair()
    pair.connect(1)
    pair.settle()
    _ = pair.cores[0].offer([7], on: 0)
    pair.send(from: 0)
    pair.passInSteps(.milliseconds(260))
    pair.pass(.seconds(1))
    #expect(pair.suspected == [[], []])
    pair.settle()
    pair.passInSteps(.milliseconds(500))
    #expect(pair.suspected == [[], []])
  }

  @Test func `after a change of network no carrier is trusted for long`() {
    var pair = CorePair()
    pair.connect(1)
    pair.settle()
    pair.handle(.networkChanged, at: 1)
    pair.settle()
    pair.pass(.seconds(2))
    #expect(pair.closed[1].isEmpty, "it answered")
    pair.handle(.networkChanged, at: 1)
    pair.pass(.seconds(2))
    #expect(pair.closed[1] == [1])
  }

  @Test func `closing tells the other side why`() {
    var pair = CorePair()
    pair.connect(1)
    pair.settle()
    pair.handle(.close(.init(.stopping)), at: 0)
    pair.deliver(to: 1)
    guard case .closedThere(.init(.stopping)) = pair.endings[1].last else {
      Issue.record("\(pair.endings[1])")
      return
    }
    #expect(pair.cores.map(\.number) == [0, 0])
    #expect(pair.cores.map(\.carrierNumbers) == [[], []])
  }

  @Test func `an idle link asks for no wake but its next sign of life`() {
    var pair = CorePair()
    #expect(pair.cores[0].nextWake == nil)
    pair.connect(1)
    pair.settle()
    #expect(pair.cores[0].nextWake == pair.now.advanced(by: .seconds(5)))
    pair.cut(1)
    #expect(pair.cores[0].nextWake == pair.now.advanced(by: .seconds(60)))
  }
}
