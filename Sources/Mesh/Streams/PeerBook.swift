import IO
import Primitives

/// Who is called, what waits for whom, and which streams are open. A value behind the lock of
/// `PeerStreams`.
struct PeerBook<M: Sendable>: Sendable {
  struct Stream: Sendable {
    let number: UInt64
    let isCalled: Bool
    var isClosing = false
    var lastUse: Instant
  }

  struct Peer: Sendable {
    var queue: [M] = []
    var bytes = 0
    /// In the order in which they were opened: the first that is not closing is written to.
    var streams: [Stream] = []
    var isWanted = false
    var isCalling = false
    var pausedUntil: Instant?
    var pause: Duration?
    let change = Broadcast()
  }

  enum Work: Sendable {
    case messages([M])
    /// Nothing to write before that time, if at all.
    case waiting(until: Instant)
    case silent
    case closed
  }

  private let limits: PeerStreamLimits
  private var peers: [NodeID: Peer] = [:]
  private var wanted: [NodeID] = []
  private var totalBytes = 0
  private(set) var streamCount = 0
  private var lastNumber: UInt64 = 0
  private var isClosed = false

  init(limits: PeerStreamLimits) { self.limits = limits }

  func change(of peer: NodeID) -> Broadcast? { peers[peer]?.change }

  // MARK: Sending

  /// False when there is no room, or no way to the peer was found a moment ago.
  mutating func add(_ message: M, _ bytes: Int, to id: NodeID, now: Instant) -> Bool {
    var peer = peers[id] ?? Peer()
    if let end = peer.pausedUntil, now < end, peer.streams.isEmpty { return false }
    guard !isClosed, peer.queue.count < limits.messages, peer.bytes + bytes <= limits.bytes,
      totalBytes + bytes <= limits.totalBytes
    else { return false }
    peer.queue.append(message)
    peer.bytes += bytes
    totalBytes += bytes
    want(&peer, id)
    peers[id] = peer
    return true
  }

  private mutating func want(_ peer: inout Peer, _ id: NodeID) {
    guard !peer.isWanted, !peer.isCalling, !isClosed,
      !peer.streams.contains(where: { !$0.isClosing })
    else { return }
    peer.isWanted = true
    wanted.append(id)
  }

  func wants(_ id: NodeID) -> Bool { peers[id]?.isWanted ?? false }

  /// Those to call now.
  mutating func takeWanted() -> [NodeID] {
    defer { wanted = [] }
    var due: [NodeID] = []
    for id in wanted where peers[id]?.isWanted == true {
      peers[id]?.isWanted = false
      peers[id]?.isCalling = true
      due.append(id)
    }
    return due
  }

  private mutating func empty(_ peer: inout Peer) {
    totalBytes -= peer.bytes
    peer.queue = []
    peer.bytes = 0
  }

  // MARK: Calls

  func isCalling(_ id: NodeID) -> Bool { peers[id]?.isCalling ?? false }

  func hasCalledStream(_ id: NodeID) -> Bool {
    peers[id]?.streams.contains { $0.isCalled } ?? false
  }

  /// True when another call is to be made at once.
  mutating func callEnded(
    with id: NodeID, since start: Instant, hasFailed: Bool, now: Instant
  ) -> Bool {
    guard var peer = peers[id] else { return false }
    peer.isCalling = false
    let hasLasted = start.duration(to: now) > limits.longestPause
    if hasFailed, peer.streams.isEmpty {
      let pause = hasLasted ? limits.shortestPause : peer.pause ?? limits.shortestPause
      peer.pausedUntil = now.advanced(by: pause)
      peer.pause = min(pause * 2, limits.longestPause)
      empty(&peer)
    } else if !hasFailed {
      peer.pause = nil
    }
    if !peer.queue.isEmpty { want(&peer, id) }
    peers[id] = peer.isForgettable ? nil : peer
    return peer.isWanted
  }

  // MARK: Streams

  /// Nil when there are too many already.
  mutating func open(with id: NodeID, isCalled: Bool) -> (number: UInt64, change: Broadcast)? {
    var peer = peers[id] ?? Peer()
    guard !isClosed, streamCount < limits.streams, peer.streams.count < limits.streamsOfPeer
    else { return nil }
    lastNumber += 1
    streamCount += 1
    peer.streams.append(Stream(number: lastNumber, isCalled: isCalled, lastUse: .now()))
    peer.pausedUntil = nil
    peer.isWanted = false
    peers[id] = peer
    return (lastNumber, peer.change)
  }

  mutating func heard(_ number: UInt64, from id: NodeID, at now: Instant) {
    guard let index = index(number, id) else { return }
    peers[id]?.streams[index].lastUse = now
  }

  mutating func closing(_ number: UInt64, with id: NodeID) {
    guard let index = index(number, id) else { return }
    peers[id]?.streams[index].isClosing = true
  }

  /// True when another one is to be opened for what waits.
  mutating func closed(_ number: UInt64, with id: NodeID) -> Bool {
    guard let index = index(number, id), var peer = peers[id] else { return false }
    streamCount -= 1
    peer.streams.remove(at: index)
    if !peer.queue.isEmpty { want(&peer, id) }
    peers[id] = peer.isForgettable ? nil : peer
    return peer.isWanted
  }

  /// What this stream's writer does next.
  mutating func take(_ number: UInt64, of id: NodeID, now: Instant) -> Work {
    guard let index = index(number, id), var peer = peers[id], !isClosed,
      !peer.streams[index].isClosing
    else { return .closed }
    let isFirst = peer.streams.firstIndex { !$0.isClosing } == index
    if isFirst, !peer.queue.isEmpty {
      let messages = peer.queue
      empty(&peer)
      peer.streams[index].lastUse = now
      peers[id] = peer
      return .messages(messages)
    }
    guard peer.streams[index].isCalled else { return .waiting(until: .distantFuture) }
    let end = peer.streams[index].lastUse.advanced(by: limits.silence)
    if now < end { return .waiting(until: end) }
    peer.streams[index].isClosing = true
    peers[id] = peer
    return .silent
  }

  private func index(_ number: UInt64, _ id: NodeID) -> Int? {
    peers[id]?.streams.firstIndex { $0.number == number }
  }

  // MARK: The end

  /// Whom to tell.
  mutating func forget(_ id: NodeID) -> Broadcast? {
    guard var peer = peers[id] else { return nil }
    empty(&peer)
    peer.isWanted = false
    peer.isCalling = false
    peer.pausedUntil = nil
    for index in peer.streams.indices { peer.streams[index].isClosing = true }
    peers[id] = peer.isForgettable ? nil : peer
    return peer.change
  }

  mutating func close() -> [Broadcast] {
    isClosed = true
    return peers.values.map(\.change)
  }
}

extension PeerBook.Peer {
  fileprivate var isForgettable: Bool {
    queue.isEmpty && streams.isEmpty && !isWanted && !isCalling && pausedUntil == nil
  }
}
