import IO
import Primitives
import Simulation
import Testing

@testable import Mesh

@Suite struct RelayFloodTests {
  @Test func `openings are limited by rate and counted`() {
    let rig = BookRig()
    for number in 0..<100 { rig.open(UInt8(number), to: .numbered(99)) }
    #expect(rig.book.refusals[.noReservation] == 64)
    #expect(rig.book.refusals[.tooManyOpenings] == 36)
    _ = rig.pass(1)
    for number in 0..<20 { rig.open(UInt8(number), to: .numbered(99)) }
    #expect(rig.book.refusals[.noReservation] == 74)
  }

  @Test func `circuits are limited for one node and in total`() {
    var limits = RelayBook.Limits()
    limits.circuits = 5
    limits.circuitsPerNode = 3
    let rig = BookRig(limits)
    rig(.reserve(.numbered(3)))
    rig(.listen(.numbered(3), listener: 103))
    for number in 0..<4 { rig.open(UInt8(number)) }
    #expect(rig.book.refusals[.tooManyCircuitsOfNode] == 1)
    for number in 10..<13 { rig.open(UInt8(number), from: .numbered(50), to: .numbered(3)) }
    #expect(rig.book.refusals[.tooManyCircuits] == 1)
    #expect(rig.book.circuits.count == 5)
    // All lapse, and there is room again.
    _ = rig.pass(10)
    #expect(rig.book.circuits.isEmpty)
    #expect(rig.book.members[BookRig.hidden]?.circuits == 0)
  }

  @Test func `early connections are limited for one source and in total`() {
    var limits = RelayBook.Limits()
    limits.earlyConnections = 10
    limits.earlyConnectionsPerSource = 4
    let rig = BookRig(limits)
    for number in 0..<6 { _ = rig.arrive(UInt64(number), UInt8(number)) }
    #expect(rig.book.refusals[.tooManyEarlyConnections] == 2)
    for number in 10..<30 {
      let source = SocketAddress(.v4([10, 0, 0, UInt8(number)], port: 1))
      rig(.arrived(connection: UInt64(number), .numbered(UInt8(number)), from: source))
    }
    #expect(rig.book.early.count == 10)
    #expect(rig.book.refusals[.tooManyEarlyConnections] == 16)
    // One /64 of IPv6 is one source.
    _ = rig.pass(5)
    for number in 40..<50 {
      let host = [0x20, 1, 0xD, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, UInt8(number)]
      let source = SocketAddress(.v6(host.map { UInt8($0) }, port: 1, scope: 0))
      rig(.arrived(connection: UInt64(number), .numbered(UInt8(number)), from: source))
    }
    #expect(rig.book.early.count == 4)
  }

  @Test func `places and signals are limited`() {
    var limits = RelayBook.Limits()
    limits.reservations = 3
    let rig = BookRig(limits)
    for number in 10..<15 { rig(.reserve(.numbered(number))) }
    #expect(rig.book.refusals[.tooManyReservations] == 3)
    // A node that asks again keeps its one place.
    #expect(rig(.reserve(BookRig.hidden)).count == 1)
    #expect(rig.book.reservations == 3)
    for _ in 0..<50 { rig(.signal(from: BookRig.caller, to: BookRig.hidden, sealed: [0])) }
    #expect(rig.book.refusals[.tooManySignals] == 10)
    rig(.signal(from: BookRig.caller, to: BookRig.hidden, sealed: .init(repeating: 0, count: 1025)))
    #expect(rig.book.refusals[.signalTooLong] == 1)
  }

  @Test func `openings that make no sense are refused by name`() {
    let rig = BookRig()
    #expect(rig.open(1, from: BookRig.hidden) == [.refused(.malformedOpening)])
    let twice = RelayOpening(
      caller: BookRig.caller, target: BookRig.hidden, callerTicket: .numbered(5),
      targetTicket: .numbered(5))
    #expect(rig(.open(twice)) == [.refused(.malformedOpening)])
    rig.open(1)
    #expect(rig.open(1, from: .numbered(9)) == [.refused(.ticketTaken)])
  }

  @Test func `bytes are charged to both nodes and the relay, to the byte`() throws {
    var limits = RelayBook.Limits()
    limits.bytesPerNode = .init(perSecond: 1000, burst: 10_000)
    limits.bytes = .init(perSecond: 5000, burst: 15_000)
    limits.leastBytes = 500
    let rig = BookRig(limits)
    let circuit = try #require(rig.joined())
    #expect(rig.draw(8000, for: circuit) == .bytes(8000))
    rig.book.giveBack(1000, for: circuit, now: rig.now)
    #expect(rig.draw(8000, for: circuit) == .bytes(3000))
    #expect(rig.draw(8000, for: circuit) == .later(.at(0.5)))
    // Another caller of the same hidden node finds its quota used.
    let other = try #require(rig.joined(2, from: .numbered(9)))
    #expect(rig.draw(8000, for: other) == .later(.at(0.5)))
    #expect(rig.draw(8000, for: other, now: .at(0.5)) == .bytes(500))
    rig(.ended(circuit: circuit))
    #expect(rig.draw(1, for: circuit) == .none)
  }

  @Test func `the relay's own quota holds over all nodes`() throws {
    var limits = RelayBook.Limits()
    limits.bytesPerNode = .init(perSecond: 1000, burst: 10_000)
    limits.bytes = .init(perSecond: 100, burst: 12_000)
    limits.leastBytes = 100
    let rig = BookRig(limits)
    rig(.reserve(.numbered(3)))
    rig(.listen(.numbered(3), listener: 103))
    let first = try #require(rig.joined())
    rig.open(2, from: .numbered(4), to: .numbered(3))
    _ = rig.arrive(20, 2)
    guard case .join(let second, _, _)? = rig.arrive(21, 102).last else {
      Issue.record("the second circuit did not join")
      return
    }
    #expect(rig.draw(20_000, for: first) == .bytes(10_000))
    #expect(rig.draw(20_000, for: second) == .bytes(2000))
    #expect(rig.draw(20_000, for: second) == .later(.at(1)))
  }

  @Test func `five thousand idle places are cheap and cost no time`() {
    let rig = BookRig()
    for number in 100..<5100 {
      rig(.reserve(.numbered(number)))
      rig(.listen(.numbered(number), listener: UInt64(number)))
    }
    #expect(rig.book.reservations == 5001)
    #expect(rig.book.refusals.isEmpty)
    #expect(MemoryLayout<RelayBook.Member>.stride <= 256)
    // Nobody has to wake for them but the sweep.
    #expect(rig.book.nextWake == .at(60))
  }

  /// Whatever comes in whatever order: limits hold, and when all is over nothing is left.
  @Test(arguments: 0..<20) func `random events leave nothing behind`(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var limits = RelayBook.Limits()
    limits.circuits = 6
    limits.circuitsPerNode = 4
    limits.earlyConnections = 5
    limits.members = 12
    let rig = BookRig(limits)
    var joined: Set<UInt64> = []
    var open: Set<UInt64> = []
    for step in 0..<3000 {
      let node = NodeID.numbered(.random(in: 1...16, using: &random))
      let ticket = UInt8.random(in: 0...40, using: &random)
      let event: RelayEvent
      switch Int.random(in: 0..<10, using: &random) {
      case 0: event = .reserve(node)
      case 1: event = .release(node, reservation: .random(in: 1...40, using: &random))
      case 2: event = .listen(node, listener: .random(in: 1...9, using: &random))
      case 3: event = .unlisten(node, listener: .random(in: 1...9, using: &random))
      case 4, 5:
        let target = NodeID.numbered(.random(in: 1...16, using: &random))
        let opening = RelayOpening(
          caller: node, target: target, callerTicket: .numbered(ticket),
          targetTicket: .numbered(.random(in: 0...40, using: &random)))
        event = .open(opening)
      case 6, 7:
        open.insert(UInt64(step))
        event = .arrived(
          connection: UInt64(step), .numbered(ticket), from: .loopback(port: 1))
      case 8:
        guard let connection = open.sorted().randomElement(using: &random) else { continue }
        open.remove(connection)
        event = .left(connection: connection)
      default:
        guard let circuit = joined.sorted().randomElement(using: &random) else { continue }
        joined.remove(circuit)
        event = .ended(circuit: circuit)
      }
      rig.now = rig.now.advanced(by: .milliseconds(.random(in: 0...800, using: &random)))
      for action in rig(event) {
        switch action {
        case .join(let circuit, let caller, let target):
          #expect(open.remove(caller) != nil && open.remove(target) != nil && caller != target)
          joined.insert(circuit)
        case .drop(let connection, _): #expect(open.remove(connection) != nil, "step \(step)")
        default: break
        }
      }
      #expect(rig.book.circuits.count <= 6 && rig.book.early.count <= 5)
      #expect(rig.book.members.count <= 12)
    }
    for circuit in joined { rig(.ended(circuit: circuit)) }
    for action in rig.pass(30) {
      if case .drop(let connection, _) = action { open.remove(connection) }
    }
    _ = rig.pass(700)
    #expect(open.isEmpty)
    #expect(rig.book.circuits.isEmpty && rig.book.arrivals.isEmpty && rig.book.tickets.isEmpty)
    #expect(rig.book.early.isEmpty && rig.book.earlyPerSource.isEmpty)
    #expect(rig.book.members.values.allSatisfy { $0.circuits == 0 && $0.reservation == nil })
  }
}
