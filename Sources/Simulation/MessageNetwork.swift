package import IO
package import Primitives

// # The network of messages
//
// N nodes, numbered from 0, in a plane: the way between two of them takes as long as their
// distance and the two lines they hang on, and some jitter. On top of that messages are lost,
// doubled, overtaken, and stopped by partitions; nodes crash, pause, and some are slow. The seed
// decides everything, in the order of the calls.
//
// The network keeps no message: `route` says when one arrives, and whoever runs the nodes puts
// it into its `EventQueue` for then. When it comes out, ask `hears` whether the node still is
// the one it was sent to. A slow or paused node does nothing at all meanwhile, its timers
// included: pass both through `attends`.
//
// Links of the product are TCP and turn loss into delay; `StreamNetwork` does that. Here a lost
// message is lost, which is harder to live with.

package struct MessageNetwork: Sendable {
  package struct Conditions: Sendable {
    /// The plane is a square whose side takes this long to cross, one way.
    package var side = Duration.milliseconds(80)
    /// Of a node's own line, there at every message in either direction.
    package var lines = Duration.microseconds(200)...Duration.milliseconds(8)
    /// Added to each message, evenly drawn from 0 to this.
    package var jitter = Duration.milliseconds(3)
    /// Shares of messages, 0 to 1.
    package var loss = 0.0
    package var duplication = 0.0
    /// Of messages held back by up to `reorderingDelay`, so that later ones overtake them.
    package var reordering = 0.0
    package var reorderingDelay = Duration.milliseconds(60)
    /// The share of nodes that stand still once in every `slowPeriod`, for up to `slowStall`.
    package var slowNodes = 0.0
    package var slowPeriod = Duration.seconds(3)
    package var slowStall = Duration.milliseconds(1500)
    package init() {}
  }

  private struct Node {
    var x = 0.0, y = 0.0, line = 0.0
    var group: Int32 = 0
    var isUp = true
    var isSlow = false
    var upSince = Instant(nanoseconds: .min)
    var pausedUntil = Instant(nanoseconds: .min)
    var traffic = Traffic()
  }

  /// Bytes on the wire and messages, as the node's own network card would count them.
  package struct Traffic: Sendable, Equatable {
    package var sentBytes = 0, receivedBytes = 0
    package var sentMessages = 0, receivedMessages = 0
    package var total: Int { sentBytes + receivedBytes }
  }

  package private(set) var conditions: Conditions
  private var nodes: [Node]
  private var random: SeededRandom
  private let seed: UInt64
  private var cuts: Set<UInt64> = []
  private var isDivided = false
  private var plan: FaultPlan?
  // Thresholds for one draw of 64 bits each.
  private var lossBelow: UInt64 = 0
  private var duplicationBelow: UInt64 = 0
  private var reorderingBelow: UInt64 = 0

  package init(nodes count: Int, conditions: Conditions = Conditions(), seed: UInt64) {
    self.conditions = conditions
    self.seed = seed
    random = SeededRandom(seed: seed)
    nodes = Array(repeating: Node(), count: count)
    let side = Double(conditions.side.nanoseconds)
    let shortest = Double(conditions.lines.lowerBound.nanoseconds)
    let longest = Double(conditions.lines.upperBound.nanoseconds)
    for index in nodes.indices {
      nodes[index].x = random.fraction() * side
      nodes[index].y = random.fraction() * side
      nodes[index].line = shortest + random.fraction() * (longest - shortest)
    }
    var order = Array(nodes.indices)
    order.shuffle(using: &random)
    for index in order.prefix(Int(Double(count) * conditions.slowNodes)) {
      nodes[index].isSlow = true
    }
    setThresholds()
  }

  package var count: Int { nodes.count }

  /// Loss, duplication, reordering and jitter from now on; where the nodes are stays.
  package mutating func change(_ body: (inout Conditions) -> Void) {
    body(&conditions)
    setThresholds()
  }

  /// The same plan that a running node takes; nodes go by their numbers in it.
  package mutating func inject(_ plan: FaultPlan?) { self.plan = plan }

  // MARK: - Messages

  /// When a message of `size` bytes arrives: never, once or twice. Counts its bytes.
  package mutating func route(from: Int, to: Int, size: Int, now: Instant) -> Arrivals {
    guard nodes[from].isUp else { return Arrivals() }
    let bytes = MessageOverhead.bytes(ofMessage: size)
    nodes[from].traffic.sentBytes += bytes
    nodes[from].traffic.sentMessages += 1
    if isCut(from, to) || random.next() < lossBelow { return Arrivals() }
    var base = latency(from: from, to: to).nanoseconds
    var isDoubled = random.next() < duplicationBelow
    if plan != nil {
      switch judge(from: from, to: to, now: now) {
      case .pass: break
      case .delay(let more): base += more.nanoseconds
      case .duplicate: isDoubled = true
      case .drop, .fail: return Arrivals()
      }
    }
    let first = arrival(base: base, now: now, at: to)
    count(bytes, at: to)
    guard isDoubled else { return Arrivals(first: first) }
    count(bytes, at: to)
    return Arrivals(first: first, second: arrival(base: base, now: now, at: to))
  }

  /// False when the node has crashed since, even if it is up again: the connection is gone.
  package func hears(_ node: Int, sentAt: Instant) -> Bool {
    nodes[node].isUp && nodes[node].upSince <= sentAt
  }

  /// When a node gets to what happens to it at `time`: at once, unless it stands still.
  package func attends(_ node: Int, at time: Instant) -> Instant {
    if time < nodes[node].pausedUntil { return nodes[node].pausedUntil }
    guard nodes[node].isSlow else { return time }
    let period = conditions.slowPeriod.nanoseconds
    let window = time.nanoseconds / period
    var draw = SeededRandom(seed: seed ^ UInt64(node) &* 0x1_0000_0001 ^ UInt64(window) << 20)
    let stall = Int64(draw.fraction() * Double(min(conditions.slowStall.nanoseconds, period)))
    let start = window * period + Int64(draw.fraction() * Double(period - stall))
    return start <= time.nanoseconds && time.nanoseconds < start + stall
      ? Instant(nanoseconds: start + stall) : time
  }

  /// One way, without jitter.
  package func latency(from: Int, to: Int) -> Duration {
    let left = nodes[from], right = nodes[to]
    let x = left.x - right.x, y = left.y - right.y
    return .nanoseconds(Int64((x * x + y * y).squareRoot() + left.line + right.line))
  }

  package func isReachable(_ from: Int, _ to: Int) -> Bool {
    nodes[from].isUp && nodes[to].isUp && !isCut(from, to)
  }

  // MARK: - Faults

  /// Divides the nodes: those of different groups hear nothing of each other. Nodes in none of
  /// the sets make up one group more.
  package mutating func partition(_ groups: [[Int]]) {
    for index in nodes.indices { nodes[index].group = 0 }
    for (number, group) in groups.enumerated() {
      for node in group { nodes[node].group = Int32(number + 1) }
    }
    isDivided = true
  }

  /// Stops what one sends to the other; the way back stays open unless `oneWay` is false.
  package mutating func cut(_ from: Int, _ to: Int, oneWay: Bool = false) {
    cuts.insert(Self.pair(from, to))
    if !oneWay { cuts.insert(Self.pair(to, from)) }
  }

  /// Ends all partitions and cuts.
  package mutating func heal() {
    isDivided = false
    cuts = []
  }

  package mutating func heal(_ from: Int, _ to: Int) {
    cuts.remove(Self.pair(from, to))
    cuts.remove(Self.pair(to, from))
  }

  package mutating func crash(_ node: Int) { nodes[node].isUp = false }

  package mutating func restart(_ node: Int, now: Instant) {
    nodes[node].isUp = true
    nodes[node].upSince = now
  }

  package mutating func pause(_ node: Int, until: Instant) { nodes[node].pausedUntil = until }

  package func isUp(_ node: Int) -> Bool { nodes[node].isUp }
  package func isSlow(_ node: Int) -> Bool { nodes[node].isSlow }

  package func traffic(of node: Int) -> Traffic { nodes[node].traffic }

  package mutating func resetTraffic() {
    for index in nodes.indices { nodes[index].traffic = Traffic() }
  }

  // MARK: - Helpers

  private static func pair(_ from: Int, _ to: Int) -> UInt64 {
    UInt64(from) << 32 | UInt64(to)
  }

  func isCut(_ from: Int, _ to: Int) -> Bool {
    if isDivided, nodes[from].group != nodes[to].group { return true }
    return !cuts.isEmpty && cuts.contains(Self.pair(from, to))
  }

  private mutating func judge(from: Int, to: Int, now: Instant) -> FaultPlan.Verdict {
    plan?.decide(on: .message(from: String(from), to: String(to)), now: now) ?? .pass
  }

  private mutating func arrival(base: Int64, now: Instant, at node: Int) -> Instant {
    var delay = base + random.share(of: conditions.jitter)
    if random.next() < reorderingBelow { delay += random.share(of: conditions.reorderingDelay) }
    return attends(node, at: Instant(nanoseconds: now.nanoseconds &+ delay))
  }

  private mutating func count(_ bytes: Int, at node: Int) {
    nodes[node].traffic.receivedBytes += bytes
    nodes[node].traffic.receivedMessages += 1
  }

  private mutating func setThresholds() {
    lossBelow = SeededRandom.threshold(conditions.loss)
    duplicationBelow = SeededRandom.threshold(conditions.duplication)
    reorderingBelow = SeededRandom.threshold(conditions.reordering)
  }
}
