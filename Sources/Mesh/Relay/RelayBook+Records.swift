import IO
import Primitives

extension RelayBook {
  struct Reservation {
    var number: UInt64
    var expires: Instant
  }

  /// What the book holds of one node.
  struct Member {
    var reservation: Reservation?
    var listener: UInt64?
    /// Of which it is either side.
    var circuits = 0
    var openings: TokenBucket
    var signals: TokenBucket
    var bytes: TokenBucket

    init(limits: Limits, now: Instant) {
      openings = TokenBucket(limits.openings, now: now)
      signals = TokenBucket(limits.signals, now: now)
      bytes = TokenBucket(limits.bytesPerNode, now: now)
    }

    mutating func refill(now: Instant) {
      openings.refill(now: now)
      signals.refill(now: now)
      bytes.refill(now: now)
    }

    /// Forgetting it would give it nothing that it does not have. Call after `refill`.
    var isIdle: Bool {
      reservation == nil && listener == nil && circuits == 0 && openings.isFull
        && signals.isFull && bytes.isFull
    }
  }

  enum Side: CaseIterable { case caller, target }

  struct Circuit {
    let opening: RelayOpening
    /// The target's; with another one it is another place.
    let reservation: UInt64
    var caller: UInt64?
    var target: UInt64?

    var isJoined: Bool { caller != nil && target != nil }

    subscript(side: Side) -> UInt64? {
      get { side == .caller ? caller : target }
      set {
        switch side {
        case .caller: caller = newValue
        case .target: target = newValue
        }
      }
    }
  }

  /// What a ticket is good for. Open until its connection comes or its time is over; either way
  /// it is remembered for a while.
  enum TicketUse {
    case open(circuit: UInt64, Side)
    case used
    case expired
  }

  /// A connection that waits: early while nobody has opened a circuit for its ticket, then for
  /// the other side.
  struct Arrival {
    let ticket: RelayTicket
    let source: RelaySource
    var circuit: UInt64?
  }

  /// Things that each last equally long, in the order in which they began.
  struct LapseQueue<Element> {
    private var items: [(time: Instant, element: Element)] = []
    private var start = 0

    var next: Instant? { start < items.count ? items[start].time : nil }

    mutating func append(_ element: Element, at time: Instant) { items.append((time, element)) }

    mutating func pop(due now: Instant) -> Element? {
      guard let next, next <= now else { return nil }
      defer {
        start += 1
        if start * 2 >= items.count {
          items.removeFirst(start)
          start = 0
        }
      }
      return items[start].element
    }
  }

  /// Bytes a second over the last few.
  struct TrafficRate {
    private static let window = Duration.seconds(5)
    private var began: Instant
    private var bytes = 0
    private var lastRate = 0

    init(now: Instant) { began = now }

    mutating func add(_ count: Int, now: Instant) {
      roll(now)
      bytes += count
    }

    mutating func perSecond(now: Instant) -> Int {
      roll(now)
      return lastRate
    }

    private mutating func roll(_ now: Instant) {
      let elapsed = began.duration(to: now)
      guard elapsed >= Self.window else { return }
      lastRate = Int(Double(max(0, bytes)) / elapsed.inSeconds)
      bytes = 0
      began = now
    }
  }
}

/// Whom to count connections against: an IPv4 address, or the half of an IPv6 address that names
/// a network.
enum RelaySource: Hashable {
  case network(UInt64)
  case local

  init(_ address: SocketAddress) {
    let bytes: ArraySlice<UInt8>
    switch address.kind {
    case .v4(let host, _): bytes = host[...]
    case .v6(let host, _, _):
      let isMapped = host.prefix(10).allSatisfy { $0 == 0 } && host[10...11] == [0xFF, 0xFF]
      bytes = isMapped ? host[12...] : host.prefix(8)
    case .unix:
      self = .local
      return
    }
    self = .network(bytes.reduce(0) { $0 << 8 | UInt64($1) })
  }
}
