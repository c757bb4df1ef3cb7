import IO
import Primitives
import Testing

@testable import Mesh

@Suite struct RelayArrivalTests {
  private let place = RelayArrival.Place(meeting: RelayMeeting(circuit: 1), isCaller: true)

  @Test func `a connection that gave up is told of no place`() async {
    let arrival = RelayArrival()
    await withTaskGroup(of: Bool.self) { group in
      group.addTask { await arrival.settled() == nil }
      group.cancelAll()
      #expect(await group.next() == true)
    }
    #expect(!arrival.settle(place))
  }

  @Test func `a connection that was dropped stays dropped`() async {
    let arrival = RelayArrival()
    #expect(arrival.settle(nil))
    #expect(!arrival.settle(place))
    #expect(await arrival.settled() == nil)
  }

  @Test func `a side without a socket ends the meeting for the other`() {
    let meeting = RelayMeeting(circuit: 1)
    guard case .over = meeting.add(nil, isCaller: true) else {
      Issue.record("it goes on")
      return
    }
    #expect(meeting.ended.isOpen)
    guard case .over = meeting.add(nil, isCaller: false) else {
      Issue.record("the other goes on")
      return
    }
  }

  @Test func `a meeting that is stopped stops the splice that comes after`() {
    let meeting = RelayMeeting(circuit: 1)
    meeting.stop()
    let isStopped = Gate()
    meeting.spliced { isStopped.open() }
    #expect(isStopped.isOpen)
  }

  @Test func `a mailbox keeps order, ends when it is full and lets the rest be read`() async {
    let mailbox = RelayMailbox(limit: 2)
    for number in 1...3 { mailbox.put(.restarting(after: .seconds(number))) }
    #expect(await mailbox.next() == .restarting(after: .seconds(1)))
    #expect(await mailbox.next() == .restarting(after: .seconds(2)))
    #expect(await mailbox.next() == nil)
  }
}
