import Primitives
import Testing

@testable import Mesh

/// A peer that holds a valid key and sends what it likes.
@Suite struct HostileLinkTests {
  /// Who is attacked: 0 is the smaller node, which decides about carriers.
  struct Attack: Sendable, CustomTestStringConvertible {
    var name: String
    var victims = [0, 1]
    /// `link` and `epoch` are those that hold when the bytes come.
    var bytes: @Sendable (_ link: UInt64, _ epoch: UInt64) -> [UInt8]

    var testDescription: String { name }
  }

  /// By then the victim has sent 100 bytes on lane 0 and has received 50.
  static let attacks: [Attack] = [
    Attack(name: "a kind that is none") { _, _ in [UInt8](repeating: 0, count: 12) },
    Attack(name: "a kind of the future") { _, _ in [200] + [UInt8](repeating: 0, count: 11) },
    Attack(name: "a frame above the limit") { _, _ in
      Wire.frame(LinkFrame.Head(.data, length: LinkFrame.payloadBytes + 1, number: 50))
    },
    Attack(name: "an empty data frame") { _, _ in Wire.data(0, 50, []) },
    Attack(name: "a third lane") { _, _ in Wire.data(2, 50, [1]) },
    Attack(name: "a ping with a payload") { _, _ in
      Wire.frame(LinkFrame.Head(.ping, length: 4), [0, 0, 0, 0])
    },
    Attack(name: "a gap") { _, _ in Wire.data(0, 51, [1]) },
    Attack(name: "a gap on the other lane") { _, _ in Wire.data(1, 1, [1]) },
    Attack(name: "an offset near the end of numbers") { _, _ in Wire.data(0, .max - 1, [1, 2, 3]) },
    Attack(name: "an ack beyond what was sent") { _, _ in
      Wire.frame(LinkFrame.Head(.ack, lane: 0, number: 101))
    },
    Attack(name: "an ack on a lane that carried nothing") { _, _ in
      Wire.frame(LinkFrame.Head(.ack, lane: 1, number: 1))
    },
    Attack(name: "an end with a gap") { _, _ in
      Wire.frame(LinkFrame.Head(.end, lane: 0, number: 51))
    },
    Attack(name: "an end before bytes that came") { _, _ in
      Wire.frame(LinkFrame.Head(.end, lane: 0, number: 49))
    },
    Attack(name: "bytes behind the end") { _, _ in
      Wire.frame(LinkFrame.Head(.end, lane: 0, number: 50)) + Wire.data(0, 51, [1])
    },
    Attack(name: "the same epoch again") { link, epoch in
      Wire.attach(
        LinkFrame.Attach(epoch: epoch, link: link, isNew: false, received: (100, 0)))
    },
    Attack(name: "an agreement nobody asked for", victims: [0]) { link, epoch in
      Wire.attach(
        LinkFrame.Attach(epoch: epoch + 1, link: link, isNew: false, received: (100, 0)))
    },
    Attack(name: "resuming below what was acknowledged", victims: [1]) { link, epoch in
      Wire.frame(LinkFrame.Head(.ack, lane: 0, number: 60))
        + Wire.attach(
          LinkFrame.Attach(epoch: epoch + 1, link: link, isNew: false, received: (59, 0)))
    },
    Attack(name: "resuming beyond what was sent", victims: [1]) { link, epoch in
      Wire.attach(
        LinkFrame.Attach(epoch: epoch + 1, link: link, isNew: false, received: (101, 0)))
    },
    Attack(name: "a new link that claims to have received", victims: [1]) { link, epoch in
      Wire.attach(
        LinkFrame.Attach(epoch: epoch + 1, link: link + 1, isNew: true, received: (1, 0)))
    },
    Attack(name: "link 0", victims: [1]) { _, epoch in
      Wire.attach(LinkFrame.Attach(epoch: epoch + 1, link: 0, isNew: true, received: (0, 0)))
    },
    Attack(name: "giving up a link nobody asked for") { link, _ in
      Wire.frame(LinkFrame.Head(.gone, number: link))
    },
    Attack(name: "more than the window") { _, _ in
      (0..<3).flatMap { number in
        Wire.data(0, 50 + UInt64(number) * 30_720, [UInt8](repeating: 0, count: 30_720))
      }
    },
    Attack(name: "a flood of attach frames", victims: [1]) { link, epoch in
      (1..<2_000).flatMap { number in
        Wire.attach(
          LinkFrame.Attach(epoch: epoch + number, link: link, isNew: false, received: (100, 0)))
      }
    },
    Attack(name: "a flood of links that are gone", victims: [1]) { link, epoch in
      (1..<4_000).flatMap { number in
        Wire.attach(
          LinkFrame.Attach(epoch: epoch, link: link + number, isNew: false, received: (0, 0)))
      }
    },
    Attack(name: "a flood of pings") { _, _ in
      (0..<4_000).flatMap { Wire.frame(LinkFrame.Head(.ping, number: $0)) }
    },
  ]

  @Test(arguments: attacks, [Int.max, 7])
  func `is a violation that ends the link and is told`(attack: Attack, split: Int) {
    for victim in attack.victims {
      var pair = attached(victim)
      let bytes = attack.bytes(pair.cores[victim].number, pair.cores[victim].epoch)
      var start = 0
      while start < bytes.count && pair.endings[victim].isEmpty {
        let part = Array(bytes[start..<min(bytes.count, start + min(split, bytes.count))])
        pair.feed(part, on: 1, at: victim, isRead: false)
        start += part.count
      }
      #expect(pair.violation(at: victim)?.code == .violation, "side \(victim)")
      #expect(pair.cores[victim].carrierNumbers.isEmpty)
      #expect(pair.closed[victim] == [1])
    }
  }

  @Test func `what was sent before is dropped when it comes again`() {
    for victim in 0..<2 {
      var pair = attached(victim)
      let before = pair.arrived[victim]
      for offset in [UInt64(0), 10, 49] {
        pair.feed(
          Wire.data(0, offset, [UInt8](repeating: 9, count: 50 - Int(offset))), on: 1, at: victim)
      }
      #expect(pair.arrived[victim] == before)
      pair.feed(Wire.data(0, 40, [UInt8](repeating: 9, count: 11)), on: 1, at: victim)
      #expect(pair.arrived[victim][0].count == 51)
      #expect(pair.endings[victim].isEmpty)
    }
  }

  @Test func `frames of lower epochs are dropped`() {
    var pair = attached(1)
    pair.connect(5)
    pair.settle()
    let (link, epoch) = (pair.cores[1].number, pair.cores[1].epoch)
    #expect(epoch == 2)
    pair.enter(2, pair.greeting(0), at: 1, dialledBy: 0)
    pair.feed(Wire.data(0, 7_777, [1]), on: 2, at: 1)
    let early = LinkFrame.Attach(epoch: epoch - 1, link: link, isNew: false, received: (0, 0))
    pair.feed(Wire.attach(early), on: 2, at: 1)
    #expect(pair.cores[1].attached?.carrier == 5)
    #expect(pair.endings[1].isEmpty)
    pair.feed(Wire.data(0, 50, [5]), on: 5, at: 1)
    #expect(pair.arrived[1][0].last == 5)
  }

  @Test func `a hello that lies about offsets gains nothing`() {
    var pair = attached(0)
    pair.cut(1)
    var lie = pair.greeting(1)
    lie.received = (1 << 60, 1 << 60)
    pair.enter(2, lie, at: 0, dialledBy: 1)
    #expect(pair.cores[0].output(on: 2, now: pair.now).count == 36, "an attach frame and no more")
    let (link, epoch) = (pair.cores[0].number, pair.cores[0].epoch)
    pair.feed(
      Wire.attach(
        LinkFrame.Attach(epoch: epoch, link: link, isNew: false, received: (1 << 60, 0))),
      on: 2, at: 0)
    #expect(pair.violation(at: 0) != nil)
  }

  @Test func `more carriers than allowed push out the oldest that stands by`() {
    var pair = attached(1)
    for carrier in 2...9 { pair.enter(carrier, pair.greeting(0), at: 1, dialledBy: 0) }
    #expect(pair.cores[1].carrierNumbers == [1, 7, 8, 9])
    #expect(pair.closed[1] == [2, 3, 4, 5, 6])
  }

  /// The victim has sent 100 bytes on lane 0 and received 50 on it.
  private func attached(_ victim: Int) -> CorePair {
    var limits = LinkLimits()
    limits.laneBytes = 64 << 10
    var pair = CorePair(limits: limits)
    pair.connect(1)
    _ = pair.cores[victim].offer([UInt8](repeating: 1, count: 100), on: 0)
    pair.send(from: 0)
    pair.deliver(to: 1)
    pair.send(from: 1)
    pair.deliver(to: 0)
    pair.send(from: 0)
    _ = pair.cores[1 - victim].offer([UInt8](repeating: 2, count: 50), on: 0)
    pair.send(from: 1 - victim)
    pair.deliver(to: victim)
    pair.send(from: victim)
    pair.wires = [[:], [:]]
    return pair
  }
}
