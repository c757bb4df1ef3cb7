import IO
import Primitives
import Testing

@testable import Mesh

/// A book with a hidden node that holds a place and listens as number 100.
final class BookRig {
  var book: RelayBook
  var now = Instant.at(0)
  static let hidden = NodeID.numbered(1)
  static let caller = NodeID.numbered(2)
  static let address = SocketAddress.loopback(port: 9)

  init(_ limits: RelayBook.Limits = .init(), reserves: Bool = true, listens: Bool = true) {
    book = RelayBook(limits: limits, seed: 1, now: .at(0))
    if reserves { self(.reserve(BookRig.hidden)) }
    if listens { self(.listen(BookRig.hidden, listener: 100)) }
  }

  @discardableResult
  func callAsFunction(_ event: RelayEvent) -> [RelayAction] {
    book.handle(event, now: now)
  }

  /// Opens with tickets `number` and `number + 100`.
  @discardableResult
  func open(
    _ number: UInt8 = 1, from caller: NodeID = BookRig.caller, to target: NodeID = BookRig.hidden
  ) -> [RelayAction] {
    self(
      .open(
        RelayOpening(
          caller: caller, target: target, callerTicket: .numbered(number),
          targetTicket: .numbered(number + 100))))
  }

  func arrive(_ connection: UInt64, _ ticket: UInt8) -> [RelayAction] {
    self(.arrived(connection: connection, .numbered(ticket), from: BookRig.address))
  }

  func pass(_ seconds: Double) -> [RelayAction] {
    now = now.advanced(by: .nanoseconds(Int64(seconds * 1e9)))
    return self(.wake)
  }

  var load: RelayLoad { book.load(now: now) }

  func draw(_ wanted: Int, for circuit: UInt64, now: Instant? = nil) -> SpliceAllowance {
    book.draw(wanted, for: circuit, now: now ?? self.now)
  }

  /// Opens and joins a circuit; its number.
  func joined(_ number: UInt8 = 1, from caller: NodeID = BookRig.caller) -> UInt64? {
    open(number, from: caller)
    _ = arrive(UInt64(number) * 10, number)
    guard case .join(let circuit, _, _)? = arrive(UInt64(number) * 10 + 1, number + 100).last
    else { return nil }
    return circuit
  }
}

@Suite struct RelayBookTests {
  @Test func `a circuit tells the target and joins the two connections, either one first`() {
    for isCallerFirst in [true, false] {
      let rig = BookRig()
      let opened = rig.open()
      guard case .opened(let circuit)? = opened.first else {
        Issue.record("it was not opened: \(opened)")
        continue
      }
      #expect(
        opened.last
          == .tell(listener: 100, .incoming(.numbered(101), caller: BookRig.caller)))
      let first = rig.arrive(isCallerFirst ? 8 : 9, isCallerFirst ? 1 : 101)
      #expect(first.isEmpty)
      let second = rig.arrive(isCallerFirst ? 9 : 8, isCallerFirst ? 101 : 1)
      #expect(second == [.join(circuit: circuit, caller: 8, target: 9)])
    }
  }

  @Test func `a connection may come before the opening of its circuit`() {
    let rig = BookRig()
    #expect(rig.arrive(8, 1).isEmpty)
    rig.open()
    #expect(rig.arrive(9, 101).count == 1)
  }

  @Test func `an early connection whose opening is refused goes at once`() {
    let rig = BookRig(reserves: false)
    #expect(rig.arrive(8, 1).isEmpty)
    #expect(rig.open() == [.refused(.noReservation), .drop(connection: 8, .abandoned)])
    #expect(rig.book.arrivals.isEmpty)
    #expect(rig.book.earlyPerSource.isEmpty)
  }

  @Test func `an early connection that nobody opens for goes after its time`() {
    let rig = BookRig()
    _ = rig.arrive(8, 1)
    #expect(rig.book.nextWake == .at(5))
    #expect(rig.pass(4.9).isEmpty)
    #expect(rig.pass(0.1) == [.drop(connection: 8, .ticketUnknown)])
  }

  @Test func `a ticket works once, before the join and after it`() {
    let rig = BookRig()
    rig.open()
    _ = rig.arrive(8, 1)
    #expect(rig.arrive(10, 1) == [.drop(connection: 10, .ticketUsed)])
    #expect(rig.arrive(9, 101).count == 1)
    #expect(rig.arrive(11, 101) == [.drop(connection: 11, .ticketUsed)])
  }

  @Test func `two early connections with one ticket: the second is refused`() {
    let rig = BookRig()
    _ = rig.arrive(8, 1)
    #expect(rig.arrive(9, 1) == [.drop(connection: 9, .ticketUsed)])
  }

  @Test func `a ticket is late after ten seconds and is forgotten after twenty`() {
    let rig = BookRig()
    rig.open()
    _ = rig.arrive(8, 1)
    #expect(rig.pass(9.9).isEmpty)
    #expect(rig.pass(0.1) == [.drop(connection: 8, .abandoned)])
    #expect(rig.arrive(9, 101) == [.drop(connection: 9, .ticketExpired)])
    #expect(rig.pass(10).isEmpty)
    #expect(rig.book.tickets.isEmpty)
  }

  @Test func `a stolen ticket of one side never opens the other`() {
    let rig = BookRig()
    rig.open()
    // The thief has the caller's ticket and comes first: the caller is refused, and what the
    // thief gets is the target's TLS, which it cannot answer.
    _ = rig.arrive(66, 1)
    #expect(rig.arrive(67, 1) == [.drop(connection: 67, .ticketUsed)])
    guard case .join(_, let caller, let target)? = rig.arrive(9, 101).first else {
      Issue.record("the target's side did not join")
      return
    }
    #expect(caller == 66 && target == 9)
  }

  @Test func `a place that is given back or replaced takes its pending circuits along`() {
    for isReplaced in [true, false] {
      let rig = BookRig()
      rig.open()
      _ = rig.arrive(8, 1)
      rig(isReplaced ? .reserve(BookRig.hidden) : .release(BookRig.hidden, reservation: 1))
      #expect(
        rig.arrive(9, 101)
          == [.drop(connection: 9, .noReservation), .drop(connection: 8, .noReservation)])
      #expect(rig.book.circuits.isEmpty)
    }
  }

  @Test func `a side that goes before the join ends the circuit for the other`() {
    let rig = BookRig()
    rig.open()
    _ = rig.arrive(8, 1)
    #expect(rig(.left(connection: 8)).isEmpty)
    #expect(rig.arrive(9, 101) == [.drop(connection: 9, .ticketExpired)])
    #expect(rig.book.circuits.isEmpty)
  }

  @Test func `a reservation lasts its time, renewal extends it, and only its owner renews`() {
    let rig = BookRig()
    #expect(rig.pass(300).isEmpty)
    #expect(
      rig(.renew(BookRig.hidden, reservation: 1)).first == .reserved(1, lifetime: .seconds(600)))
    #expect(rig(.renew(BookRig.caller, reservation: 1)) == [.refused(.noReservation)])
    _ = rig.pass(599)
    #expect(rig.open().count == 2)
    _ = rig.pass(1)
    #expect(rig.open(2) == [.refused(.noReservation)])
    #expect(rig(.renew(BookRig.hidden, reservation: 1)) == [.refused(.noReservation)])
  }

  @Test func `lapsed places are counted no more and idle nodes are forgotten`() {
    let rig = BookRig(listens: false)
    #expect(rig.book.reservations == 1)
    _ = rig.pass(660)
    #expect(rig.book.reservations == 0)
    #expect(rig.book.members.isEmpty)
    #expect(rig.book.nextWake == nil)
  }

  @Test func `a second listener silences the first, whose end then changes nothing`() {
    let rig = BookRig()
    #expect(
      rig(.listen(BookRig.hidden, listener: 101)) == [.listening, .silence(listener: 100)])
    rig(.unlisten(BookRig.hidden, listener: 100))
    #expect(rig.open().last.map { "\($0)".contains("listener: 101") } == true)
    rig(.unlisten(BookRig.hidden, listener: 101))
    #expect(rig.open(2) == [.refused(.notListening)])
  }

  @Test func `a node without the role serves nobody`() {
    let rig = BookRig()
    rig(.offer(false))
    #expect(rig(.reserve(NodeID.numbered(3))) == [.refused(.notRelaying)])
    #expect(rig.open() == [.refused(.notRelaying)])
    #expect(rig.arrive(8, 1) == [.drop(connection: 8, .notRelaying)])
    #expect(rig.load.fraction == 1)
  }

  @Test func `a draining relay spreads its nodes over the smear and takes nothing new`() {
    let rig = BookRig()
    for number in 10..<60 { rig(.listen(.numbered(number), listener: UInt64(number))) }
    let delays = rig(.drain).compactMap { action -> Duration? in
      if case .tell(_, .restarting(let after)) = action { after } else { nil }
    }
    #expect(delays.count == 51)
    #expect(delays.allSatisfy { $0 >= .zero && $0 < .seconds(10) })
    #expect(delays.filter { $0 < .seconds(5) }.count > 10)
    #expect(delays.filter { $0 >= .seconds(5) }.count > 10)
    #expect(rig.open() == [.refused(.stopping)])
  }

  @Test func `signals reach a listener, when one of the two holds a place`() {
    let rig = BookRig()
    rig(.listen(BookRig.caller, listener: 7))
    let there = rig(.signal(from: BookRig.caller, to: BookRig.hidden, sealed: [1]))
    #expect(
      there == [
        .signalled, .tell(listener: 100, .signalled(from: BookRig.caller, sealed: [1])),
      ])
    #expect(rig(.signal(from: BookRig.hidden, to: BookRig.caller, sealed: [2])).count == 2)
    #expect(
      rig(.signal(from: .numbered(3), to: BookRig.caller, sealed: [3]))
        == [.refused(.noReservation)])
  }

  @Test func `every refusal says what to do`() {
    for refusal in RelayRefusal.allCases {
      #expect(refusal.error.message.hasSuffix("."))
      #expect(refusal.error.message.count > 40, "\(refusal)")
    }
  }
}
