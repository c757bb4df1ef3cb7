package import IO
package import Primitives

// # The network of streams
//
// What TCP makes of a network: bytes arrive in order, a lost packet is a delay for everything
// behind it, and a way that fails is silence before it is an error. Who can connect to whom
// depends on the NAT in front of each node.
//
// As `MessageNetwork`, it keeps no bytes: `send` says when what was sent arrives, and the caller
// puts it into its `EventQueue`. When it comes out, ask `delivers` whether the stream still
// stands. What a silent way holds back is handed out again, by its token, when it heals.

package struct StreamNetwork: Sendable {
  /// What stands between a node and the rest.
  package enum Surroundings: Sendable, Equatable, CaseIterable {
    /// Takes connections from anybody.
    case open
    /// A NAT that keeps ports: opens for whom the node behind it has called.
    case easy
    /// A NAT with another port for every destination: nobody outside can guess it.
    case hard
    /// Lets nothing in and only calls to public nodes out.
    case blocked
  }

  package struct Conditions: Sendable {
    /// Places, lines, jitter and loss; duplication and reordering are TCP's to hide.
    package var ways = MessageNetwork.Conditions()
    /// Bytes per second of one stream in one direction.
    package var bandwidth = 12_500_000.0
    /// What a lost packet costs beside a round trip (Linux: TCP_RTO_MIN).
    package var retransmission = Duration.milliseconds(200)
    /// How long a caller tries (the product's own limit, not TCP's two minutes).
    package var connectLimit = Duration.seconds(5)
    package init() {}
  }

  package struct StreamID: Hashable, Sendable {
    package let number: Int
  }

  package enum Side: Int, Sendable {
    case caller = 0
    case called = 1
    package var other: Side { self == .caller ? .called : .caller }
  }

  package enum Attempt: Sendable, Equatable {
    /// The caller may send from `at` on; the called side knows half a round trip later.
    case connected(StreamID, at: Instant, calledAt: Instant)
    /// Somebody answered that nobody listens.
    case refused(at: Instant)
    case timedOut(at: Instant)
  }

  package enum Sent: Sendable, Equatable {
    case arrives(at: Instant)
    /// The way is silent; `heal` hands the token out again.
    case held
    /// The other end answered that it knows no such stream, or this end knows already.
    case broken(at: Instant)
  }

  /// What had been held back and arrives after all.
  package struct Released: Sendable, Equatable {
    package var stream: StreamID
    /// Who sent it.
    package var side: Side
    package var token: Int
    package var at: Instant
  }

  private struct Stream {
    var ends: (caller: Int, called: Int)
    var relay: Int?
    var isBroken = false
    /// Made for one stream alone: the way went silent without a partition.
    var isSilent = false
    var began: Instant
    /// By side: until when its line is busy, and when its last bytes arrive.
    var freeAt: [Instant]
    var lastArrival: [Instant]
    var held: [(side: Side, token: Int, size: Int)] = []

    func end(_ side: Side) -> Int { side == .caller ? ends.caller : ends.called }
  }

  private let conditions: Conditions
  private let surroundings: [Surroundings]
  private var random: SeededRandom
  /// Places, partitions, crashes and byte counts.
  package private(set) var ways: MessageNetwork
  private var streams: [Stream] = []
  /// Whose process is gone and whose machine still answers.
  private var killed: Set<Int> = []
  private var plan: FaultPlan?

  package init(_ surroundings: [Surroundings], conditions: Conditions = Conditions(), seed: UInt64)
  {
    self.surroundings = surroundings
    self.conditions = conditions
    var quiet = conditions.ways
    (quiet.loss, quiet.duplication, quiet.reordering) = (0, 0, 0)
    ways = MessageNetwork(nodes: surroundings.count, conditions: quiet, seed: seed)
    random = SeededRandom(seed: seed).branch(3)
  }

  // MARK: - Connecting

  /// An ordinary call. Only open nodes can be called.
  package mutating func connect(from caller: Int, to called: Int, now: Instant) -> Attempt {
    let late = now.advanced(by: conditions.connectLimit)
    guard surroundings[called] == .open, ways.isUp(caller), !ways.isCut(caller, called),
      !ways.isCut(called, caller), judge(caller, called, now: now) == .pass
    else { return .timedOut(at: late) }
    if killed.contains(called) { return .refused(at: now.advanced(by: roundTrip(caller, called))) }
    guard ways.isUp(called) else { return .timedOut(at: late) }
    return made(caller, called, relay: nil, now: now, syn: now)
  }

  /// Both call each other at about the same time, each from the port the other calls (RFC 9293
  /// 3.5). It works when a call arrives after the NAT there has seen one go out.
  package mutating func connectBoth(
    _ left: Int, at leftStart: Instant, _ right: Int, at rightStart: Instant
  ) -> Attempt {
    let first = min(leftStart, rightStart)
    let late = first.advanced(by: conditions.connectLimit)
    let areFit = [left, right].allSatisfy { [.open, .easy].contains(surroundings[$0]) }
    guard areFit, ways.isReachable(left, right), ways.isReachable(right, left) else {
      return .timedOut(at: late)
    }
    let way = ways.latency(from: left, to: right)
    // TCP repeats its call after 1, 2 and 4 seconds (RFC 6298).
    let repeats: [Duration] = [.zero, .seconds(1), .seconds(3)]
    let meetings = repeats.flatMap { delay in
      [(leftStart, rightStart), (rightStart, leftStart)].compactMap { mine, theirs in
        let arrival = mine.advanced(by: delay).advanced(by: way)
        return arrival >= theirs ? arrival : nil
      }
    }
    guard let met = meetings.min(), met <= late else { return .timedOut(at: late) }
    return made(left, right, relay: nil, now: first, syn: met.advanced(by: .zero - way))
  }

  /// A circuit through an open node that both have called before.
  package mutating func connect(
    from caller: Int, to called: Int, through relay: Int, now: Instant
  ) -> Attempt {
    guard surroundings[relay] == .open, ways.isReachable(caller, relay),
      ways.isReachable(relay, called), ways.isUp(caller)
    else { return .timedOut(at: now.advanced(by: conditions.connectLimit)) }
    return made(caller, called, relay: relay, now: now, syn: now)
  }

  // MARK: - Sending

  /// `token` names what was sent when it is held back.
  package mutating func send(
    _ size: Int, on stream: StreamID, from side: Side, token: Int = 0, now: Instant
  ) -> Sent {
    let current = streams[stream.number]
    if current.isBroken { return .broken(at: now) }
    let mine = current.end(side), other = current.end(side.other)
    let back = roundTrip(mine, other)
    // One that came back knows nothing of the stream and says so.
    let hops = [current.relay, other].compactMap { $0 }
    if hops.contains(where: { ways.isUp($0) && !ways.hears($0, sentAt: current.began) }) {
      streams[stream.number].isBroken = true
      return .broken(at: now.advanced(by: back))
    }
    guard !current.isSilent, passes(current, from: mine, to: other) else {
      streams[stream.number].held.append((side, token, size))
      return .held
    }
    switch judge(mine, other, now: now) {
    case .pass, .duplicate: return .arrives(at: carry(size, stream, side, now: now))
    case .delay(let time):
      return .arrives(at: carry(size, stream, side, now: now.advanced(by: time)))
    case .drop, .fail:
      streams[stream.number].isBroken = true
      return .broken(at: now.advanced(by: back))
    }
  }

  /// Whether what was sent may be handed to the other end now.
  package func delivers(_ stream: StreamID, from side: Side) -> Bool {
    let current = streams[stream.number]
    return !current.isBroken && ways.hears(current.end(side.other), sentAt: current.began)
  }

  package func isBroken(_ stream: StreamID) -> Bool { streams[stream.number].isBroken }

  /// Ends the stream for both. Returns when each side hears of it.
  package mutating func breakStream(
    _ stream: StreamID, now: Instant
  ) -> (caller: Instant, called: Instant) {
    streams[stream.number].isBroken = true
    streams[stream.number].held = []
    let way = latency(streams[stream.number])
    return (now.advanced(by: way), now.advanced(by: way))
  }

  // MARK: - Faults

  /// From now on nothing passes on this stream and nobody is told, as when a NAT forgets it.
  package mutating func silence(_ stream: StreamID) { streams[stream.number].isSilent = true }

  package mutating func partition(_ groups: [[Int]]) { ways.partition(groups) }

  /// Ends partitions, cuts and silences. TCP notices at its next repetition: after
  /// `retransmission` and up to a second more.
  package mutating func heal(now: Instant) -> [Released] {
    ways.heal()
    for number in streams.indices { streams[number].isSilent = false }
    var released: [Released] = []
    for number in streams.indices where !streams[number].held.isEmpty {
      let held = streams[number].held
      streams[number].held = []
      guard !streams[number].isBroken else { continue }
      let wait = conditions.retransmission + .nanoseconds(random.share(of: .seconds(1)))
      for part in held {
        let id = StreamID(number: number)
        let arrival = carry(part.size, id, part.side, now: now.advanced(by: wait))
        released.append(Released(stream: id, side: part.side, token: part.token, at: arrival))
      }
    }
    return released
  }

  /// The same plan that a running node takes; nodes go by their numbers in it.
  package mutating func inject(_ plan: FaultPlan?) { self.plan = plan }

  package mutating func crash(_ node: Int) { ways.crash(node) }

  package mutating func restart(_ node: Int, now: Instant) {
    killed.remove(node)
    ways.restart(node, now: now)
  }

  /// A process that is killed: the system tells the other ends. Returns when they hear of it.
  package mutating func kill(_ node: Int, now: Instant) -> [(stream: StreamID, at: Instant)] {
    var told: [(stream: StreamID, at: Instant)] = []
    for number in streams.indices where !streams[number].isBroken {
      let stream = streams[number]
      guard [stream.ends.caller, stream.ends.called, stream.relay].contains(node) else { continue }
      streams[number].isBroken = true
      streams[number].held = []
      told.append((StreamID(number: number), now.advanced(by: latency(stream))))
    }
    ways.crash(node)
    killed.insert(node)
    return told
  }

  // MARK: - Helpers

  private mutating func judge(_ from: Int, _ to: Int, now: Instant) -> FaultPlan.Verdict {
    plan?.decide(on: .stream(from: String(from), to: String(to)), now: now) ?? .pass
  }

  private func roundTrip(_ left: Int, _ right: Int) -> Duration {
    ways.latency(from: left, to: right) * 2
  }

  private func latency(_ stream: Stream) -> Duration {
    guard let relay = stream.relay else {
      return ways.latency(from: stream.ends.caller, to: stream.ends.called)
    }
    return ways.latency(from: stream.ends.caller, to: relay)
      + ways.latency(from: relay, to: stream.ends.called)
  }

  private func passes(_ stream: Stream, from: Int, to: Int) -> Bool {
    guard let relay = stream.relay else { return ways.isReachable(from, to) }
    return ways.isReachable(from, relay) && ways.isReachable(relay, to)
  }

  private mutating func made(
    _ caller: Int, _ called: Int, relay: Int?, now: Instant, syn: Instant
  ) -> Attempt {
    var stream = Stream(
      ends: (caller, called), relay: relay, began: now, freeAt: [now, now],
      lastArrival: [now, now])
    let way = latency(stream)
    let lost = lostPackets(1)
    // A lost call is repeated after a second.
    let start = syn.advanced(by: .seconds(lost))
    let at = start.advanced(by: way * 2)
    guard now.duration(to: at) <= conditions.connectLimit else {
      return .timedOut(at: now.advanced(by: conditions.connectLimit))
    }
    stream.freeAt = [at, at]
    stream.lastArrival = [at, at]
    streams.append(stream)
    let id = StreamID(number: streams.count - 1)
    return .connected(id, at: at, calledAt: at.advanced(by: way))
  }

  private mutating func carry(_ size: Int, _ id: StreamID, _ side: Side, now: Instant) -> Instant {
    let stream = streams[id.number]
    let from = stream.end(side), to = stream.end(side.other)
    for (left, right) in stream.relay.map({ [(from, $0), ($0, to)] }) ?? [(from, to)] {
      _ = ways.route(from: left, to: right, size: size, now: now)
    }
    let sending = Duration.nanoseconds(Int64(Double(size) / conditions.bandwidth * 1e9))
    let gone = max(now, stream.freeAt[side.rawValue]).advanced(by: sending)
    let way = latency(stream)
    var arrival = gone.advanced(by: way)
      .advanced(by: .nanoseconds(random.share(of: conditions.ways.jitter)))
    let packets = max(1, size / MessageOverhead.segmentContent)
    let lost = lostPackets(packets)
    if lost > 0 {
      // Found out by the packets behind it or by the clock; lost again, the clock doubles.
      let patience = packets > 3 ? way * 2 : way * 2 + conditions.retransmission
      arrival = arrival.advanced(by: patience * (1 << min(lost, 6) - 1))
    }
    arrival = ways.attends(to, at: max(arrival, stream.lastArrival[side.rawValue]))
    streams[id.number].freeAt[side.rawValue] = gone
    streams[id.number].lastArrival[side.rawValue] = arrival
    return arrival
  }

  /// How often in a row the same packet was lost; bursts are one loss, as for TCP.
  private mutating func lostPackets(_ packets: Int) -> Int {
    guard conditions.ways.loss > 0 else { return 0 }
    var lost = 0
    var survives = 1.0
    for _ in 0..<min(packets, 64) { survives *= 1 - conditions.ways.loss }
    if !random.chance(1 - survives) { return 0 }
    repeat { lost += 1 } while lost < 10 && random.chance(conditions.ways.loss)
    return lost
  }
}
