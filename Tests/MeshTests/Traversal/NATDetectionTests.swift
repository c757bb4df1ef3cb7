import IO
import Primitives
import Testing

@testable import Mesh

@Suite struct NATDetectionTests {
  private func seen(
    _ vantage: String, _ local: String, _ outside: String
  ) -> NATDetection.Event {
    .observed(
      .init(vantage: address(vantage), local: address(local), seen: address(outside)))
  }

  private let local = "192.168.1.10:50000"
  private let one = "198.51.100.1:4711"
  private let two = "198.51.100.2:4711"

  private func report(_ events: [NATDetection.Event]) -> NATReport {
    var detection = NATDetection()
    _ = detection.handle(.begin, now: at(0))
    for event in events { _ = detection.handle(event, now: at(1)) }
    return detection.report
  }

  @Test func `the same outside port for two vantage points is an easy NAT`() {
    let report = report([
      seen(one, local, "203.0.113.5:50000"), seen(two, local, "203.0.113.5:50000"),
    ])
    #expect(report.kind == .easy)
    #expect(report.mapping == .independent)
    #expect(report.keepsPort)
    #expect(report.outside == address("203.0.113.5:0"))
  }

  @Test func `another outside port for each destination is a hard one`() {
    let report = report([
      seen(one, local, "203.0.113.5:61000"), seen(two, local, "203.0.113.5:61001"),
    ])
    #expect(report.kind == .hard)
    #expect(!report.keepsPort)
    #expect(!report.canPunch(towards: .hard))
    #expect(report.canPunch(towards: .open))
  }

  @Test func `one that is seen as it is bound is open`() {
    let report = report([seen(one, "203.0.113.5:50000", "203.0.113.5:50000")])
    #expect(report.kind == .open)
  }

  @Test func `one vantage point, or two of different ports, prove nothing about a NAT`() {
    #expect(report([seen(one, local, "203.0.113.5:50000")]).kind == .unknown)
    let other = "192.168.1.10:50001"
    let both = report([
      seen(one, local, "203.0.113.5:50000"), seen(two, other, "203.0.113.5:50001"),
    ])
    #expect(both.kind == .unknown)
  }

  @Test func `a vantage point on this side of the NAT does not count`() {
    let report = report([
      seen(one, local, "203.0.113.5:50000"), seen("192.168.1.20:4711", local, local),
    ])
    #expect(report.kind == .unknown)
    #expect(report.outside == address("203.0.113.5:0"))
  }

  @Test func `datagrams that nobody answers are blocked, unless nothing else works either`() {
    let silence = [one, two].map { NATDetection.Event.datagramUnanswered(address($0)) }
    let views = [
      seen(one, local, "203.0.113.5:50000"), seen(two, local, "203.0.113.5:50000"),
    ]
    #expect(report(views + silence).kind == .blocked)
    #expect(report(views + silence).mapping == .independent)
    #expect(report(views + silence + [.datagramAnswered]).kind == .easy)
    #expect(report(silence).datagrams == .unknown)
    // One may be deaf itself, however often it is asked.
    #expect(report(views + [silence[0], silence[0]]).kind == .easy)
    let open = report([seen(one, local, local), seen(two, local, local)] + silence)
    #expect(open.kind == .open && open.datagrams == .blocked)
  }

  @Test func `where only port 443 is reached, only that gets out`() {
    let web = seen("198.51.100.1:443", local, "203.0.113.5:50000")
    let report = report([web, .unreached(address(two))])
    #expect(report.onlyWebPort)
    #expect(report.kind == .blocked)
    #expect(!report.canPunch(towards: .open))
  }

  @Test func `a conclusion is told once, expires, and is void in another network`() {
    var detection = NATDetection()
    #expect(detection.handle(.begin, now: at(0)) == [.look])
    _ = detection.handle(seen(one, local, "203.0.113.5:50000"), now: at(1))
    let told = detection.handle(seen(two, local, "203.0.113.5:50000"), now: at(2))
    #expect(told == [.changed(detection.report)])
    #expect(detection.handle(seen(two, local, "203.0.113.5:50000"), now: at(3)) == [])
    #expect(detection.nextWake == at(3).advanced(by: .seconds(1_800)))
    let actions = detection.handle(.networkChanged, now: at(4))
    #expect(actions == [.look, .changed(NATReport())])
  }

  @Test func `a look that brought too little is repeated`() {
    var detection = NATDetection()
    _ = detection.handle(.begin, now: at(0))
    _ = detection.handle(seen(one, local, "203.0.113.5:50000"), now: at(1))
    #expect(detection.nextWake == at(60_000))
    #expect(detection.handle(.wake, now: at(60_000)) == [.look])
  }
}
