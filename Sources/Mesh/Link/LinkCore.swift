package import Primitives

// # A link
//
// Two duplex ordered byte lanes between two nodes, over carriers that come and go. Streams on a
// lane see neither that the carrier changed nor that for a while there was none.
//
// **Carriers.** A carrier enters with `Event.carrier`, once its hellos are accepted. The node with
// the smaller id decides which one works: it *attaches* it, in an epoch higher than all before,
// and the other side agrees on the same carrier. Frames count only on the carrier attached last,
// which is what "frames of lower epochs are dropped" means here: a frame needs no epoch of its
// own. From the moment it attaches, a side takes nothing more from other carriers, so the offsets
// in its attach frame are final, and resuming below what it acknowledged is a lie.
//
// **Which one.** A new carrier is taken, unless its hello shows that the other side did not know
// of the present one when it dialled (both dialled at once). Then the better path stays, and of
// equal ones the one dialled by the smaller node; the loser stands by until it is clear that
// the winner works. A carrier that does not agree in time gives way to one that stands by.
//
// **Offsets.** Every lane counts its bytes; the end of a direction is a byte of its own. What was
// taken from a lane is kept until the other side's reader has read it (that is what an ack says,
// so acks are also the flow control: nobody is more than a window ahead of a reader). Bytes known
// already are dropped, a gap is a violation.
//
// **Silence.** What goes out on a lane is answered soon, if only by an ack. A side that waits for
// an answer longer than `askTime` asks for a sign of life; when that does not come either it
// *suspects* the carrier, so that its owner looks for another one. Nothing is lost by a false
// suspicion: the carrier works on until another is attached, and is given up only much later.
//
// **Life.** Without a carrier the link lives `Limits.life`; then its streams fail, and the next
// carrier begins a fresh link. A link is named by a number of the smaller node; the other side's
// boot id, its not knowing the number, or a violation end it at once.
//
// Entry points: `handle` for events, `receive` for bytes that came on a carrier, `output` for
// what a carrier shall take, `offer`, `finish` and `consume` for the lanes.

/// The decisions of a link. A value: time comes in as an argument, bytes as lent buffers.
package struct LinkCore {
  package typealias Limits = LinkLimits

  let limits: Limits
  /// The node with the smaller id.
  let isSmaller: Bool
  var lanes: [LaneState]
  var carriers: [CarrierState] = []
  /// The carrier attached last, or being attached.
  var current: CarrierNumber?
  package internal(set) var epoch: UInt64 = 0
  /// 0 while nothing was ever attached.
  package internal(set) var number: UInt64 = 0
  /// The highest number ever used, by the smaller node.
  var lastNumber: UInt64 = 0
  /// The other side agreed to an attaching of this link.
  var isAgreed = false
  package internal(set) var peerBoot: BootID?
  /// Since when there is no attached carrier.
  var lostAt: Instant?
  /// Nothing is sent on lanes before the other side said where to go on.
  var mayStream = false
  /// The lane that has the next turn, and the one whose frame is half given.
  private var turn = 0
  private var unfinished: Int?
  /// As last measured by a sign of life.
  package internal(set) var roundTrip: Duration?

  package init(own: NodeID, peer: NodeID, limits: Limits = Limits()) {
    precondition(own != peer, "a node has no link to itself")
    self.limits = limits
    isSmaller = own < peer
    lanes = Self.freshLanes()
  }

  static func freshLanes() -> [LaneState] {
    (0..<LinkFrame.laneCount).map { LaneState(lane: $0, window: LinkFrame.leastWindow) }
  }

  /// The lane on which this side is the HTTP/2 client: 0 for the smaller node.
  package var clientLane: Int { isSmaller ? 0 : 1 }

  /// What to say in the hello of a new carrier.
  package func greeting(boot: BootID) -> Greeting {
    Greeting(
      boot: boot, link: number, epoch: epoch,
      received: (lanes[0].received, lanes[1].received), laneBytes: limits.laneBytes)
  }

  /// The carrier on which both sides agree.
  package var attached: (carrier: CarrierNumber, path: PathKind)? {
    guard let current, let carrier = carrier(current), carrier.stage == .attached else {
      return nil
    }
    return (current, carrier.path)
  }

  /// The one that lanes go over, even if only this side knows it yet.
  package var currentCarrier: CarrierNumber? { current }

  package var carrierNumbers: [CarrierNumber] { carriers.map(\.number) }

  // MARK: - Lanes

  /// Takes a prefix of what a session writes, and says how much.
  package mutating func offer(_ bytes: UnsafeRawBufferPointer, on lane: Int) -> Int {
    let count = min(bytes.count, lanes[lane].room(limits))
    guard count > 0 else { return 0 }
    if mayStream && lanes[lane].replay.unsent == 0 { letAcksRide(on: lane) }
    lanes[lane].replay.append(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
    return count
  }

  package func hasRoom(_ lane: Int) -> Bool { lanes[lane].room(limits) > 0 }

  /// Ends our direction of a lane behind what was taken.
  package mutating func finish(_ lane: Int) {
    if !lanes[lane].replay.isFinished { lanes[lane].replay.finish() }
  }

  package func hasFinished(_ lane: Int) -> Bool { lanes[lane].replay.isFinished }

  /// The session read so many bytes of what came on a lane.
  package mutating func consume(_ count: Int, of lane: Int, now: Instant) {
    lanes[lane].consume(count, now: now)
  }

  /// Everything taken was read by the other side, and everything that came was read here.
  package var isQuiet: Bool {
    lanes.allSatisfy { $0.replay.unacked == 0 && $0.consumed == $0.received }
  }

  /// Frees what an idle link needs no more.
  package mutating func dropSpares() {
    for lane in lanes.indices { lanes[lane].replay.dropSpares() }
  }

  private mutating func letAcksRide(on lane: Int) {
    for other in lanes.indices where lanes[other].owed > 0 {
      lanes[lane].replay.appendAck(lane: other, lanes[other].consumed)
      lanes[other].reportedAll()
    }
  }

  // MARK: - Output

  /// Lends what a carrier shall take now to `body`, piece by piece, until it takes less than it
  /// is lent (then the answer is false) or nothing is left.
  package mutating func output(
    on number: CarrierNumber, now: Instant,
    _ body: (UnsafeRawBufferPointer) -> Int
  ) -> Bool {
    guard let index = carriers.firstIndex(where: { $0.number == number }) else { return true }
    let streams = number == current && mayStream
    while true {
      if streams, let lane = unfinished {
        ask(index, now)
        guard give(lane, body) else { return false }
        continue
      }
      if streams { addDueAcks(to: index, now) }
      guard carriers[index].control.give(body) else { return false }
      guard streams, let lane = nextLane() else { return true }
      turn = (lane + 1) % lanes.count
      ask(index, now)
      guard give(lane, body) else { return false }
    }
  }

  /// What goes out on a lane is answered by an ack.
  private mutating func ask(_ index: Int, _ now: Instant) {
    if carriers[index].askedAt == nil { carriers[index].askedAt = now }
  }

  private mutating func give(
    _ lane: Int, _ body: (UnsafeRawBufferPointer) -> Int
  ) -> Bool {
    let isAllTaken = lanes[lane].replay.give(body)
    unfinished = lanes[lane].replay.isInsideFrame ? lane : nil
    return isAllTaken
  }

  private func nextLane() -> Int? {
    for step in lanes.indices {
      let lane = (turn + step) % lanes.count
      if lanes[lane].replay.hasOutput { return lane }
    }
    return nil
  }

  /// At its time an ack joins what the carrier is to take, so that nobody waits for it again;
  /// while the carrier takes nothing, one is enough.
  mutating func queueDueAcks(_ now: Instant) {
    guard let current, let index = index(of: current) else { return }
    for lane in lanes.indices where isAckDue(lane, now) {
      if carriers[index].control.isEmpty {
        addDueAcks(to: index, now)
      } else {
        lanes[lane].owesSince = now
      }
    }
  }

  private mutating func addDueAcks(to index: Int, _ now: Instant) {
    for lane in lanes.indices where isAckDue(lane, now) {
      carriers[index].control.append(
        LinkFrame.Head(.ack, lane: lane, number: lanes[lane].consumed))
      lanes[lane].reportedAll()
    }
  }

  private func isAckDue(_ lane: Int, _ now: Instant) -> Bool {
    guard let since = lanes[lane].owesSince, attached != nil else { return false }
    // Of what the other side keeps, too: it waits for the ack then.
    let most = min(limits.ackBytes, min(limits.laneBytes, lanes[lane].window) / 4)
    return lanes[lane].owed >= most || since.advanced(by: limits.ackDelay) <= now
  }

  /// Whether somebody reads slowly enough to need an ack before its time.
  package func owesAck(now: Instant) -> Bool {
    lanes.indices.contains { isAckDue($0, now) }
  }

  /// The present carrier stops in the middle of a frame: it keeps the rest, so that it can be
  /// turned to again.
  mutating func leaveCurrent() {
    mayStream = false
    defer { unfinished = nil }
    guard let lane = unfinished, let current,
      let index = carriers.firstIndex(where: { $0.number == current })
    else { return }
    lanes[lane].replay.giveRestOfFrame { carriers[index].control.prepend($0) }
  }

  // MARK: - Helpers

  func carrier(_ number: CarrierNumber) -> CarrierState? {
    carriers.first { $0.number == number }
  }

  func index(of number: CarrierNumber) -> Int? {
    carriers.firstIndex { $0.number == number }
  }
}
