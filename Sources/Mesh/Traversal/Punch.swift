package import IO
package import Primitives

/// Punches a connection to one peer: the shell of `PunchCore`, on one loop.
/// Guard: confinement to `loop`.
package final class Punch: @unchecked Sendable {
  package struct Limits: Sendable {
    /// Between two attempts at one address after the first was refused, doubling up to the other.
    package var firstPause = Duration.milliseconds(10)
    package var longestPause = Duration.milliseconds(160)
    /// Connections that came up and wait for the other side's choice.
    package var candidates = 8
    package init() {}
  }

  /// A local port's addresses as seen from outside. `hold` keeps the NAT's mapping alive (the
  /// connection that learned it) until the round is over.
  package struct Outside: Sendable {
    package var addresses: [SocketAddress]
    package var hold: (any Transport)?

    package init(_ addresses: [SocketAddress], hold: (any Transport)? = nil) {
      self.addresses = addresses
      self.hold = hold
    }
  }

  /// Connects from this local address, shared, to a vantage point and asks what it sees.
  package typealias Learn =
    @Sendable (_ local: SocketAddress, _ loop: EventLoop) async throws -> Outside

  /// A connection, before any handshake, and which side of it this node is.
  package struct Outcome: Sendable {
    package var connection: SocketTransport
    package var isClient: Bool
  }

  private let loop: EventLoop
  private let options: SocketOptions
  private let limits: Limits
  private let learn: Learn
  private let send: ([UInt8]) -> Void
  private let over = Gate()
  private let tasks: TaskSet
  private var core: PunchCore
  private var timer: TimerToken?
  private var round: Round?
  private var outcome: Result<Outcome, DialFailure>?

  /// `send` hands a message to the peer over what connects the two already.
  package init(
    own: NodeID, peer: NodeID, on loop: EventLoop, coreLimits: PunchCore.Limits = .init(),
    limits: Limits = Limits(), options: SocketOptions = .node, learn: @escaping Learn,
    send: @escaping ([UInt8]) -> Void
  ) {
    self.loop = loop
    self.options = options
    self.limits = limits
    self.learn = learn
    self.send = send
    tasks = TaskSet(on: loop)
    core = PunchCore(own: own, peer: peer, limits: coreLimits)
  }

  /// What the peer sent over the signalling; what cannot be read throws and counts against it.
  package func receive(_ bytes: [UInt8]) throws(NetworkError) {
    loop.checkIsCurrent("receive")
    feed(.received(try PunchSignal(decoding: bytes)))
  }

  /// Runs to the end; whoever gets the connection owns it. The side that only answers runs it
  /// too, with `begins` false, and hands the first message to `receive`.
  package func run(begins: Bool = true) async throws -> Outcome {
    try await loop.run {
      await withTaskCancellationHandler {
        if begins { feed(.begin) }
        if Task.isCancelled { feed(.stop) }
        await over.waitUncancelled()
      } onCancel: {
        loop.execute { [self] in feed(.stop) }
      }
      endRound()
      tasks.cancelAll()
      await tasks.waitForAll()
      guard let outcome else { preconditionFailure("a punch ended without an outcome") }
      return try outcome.get()
    }
  }

  /// Gives up a punch that was never begun.
  package func stop() { feed(.stop) }

  // MARK: - The core

  private func feed(_ event: PunchCore.Event) {
    for action in core.handle(event, now: .now()) { perform(action) }
    if let timer { loop.cancel(timer) }
    timer = core.nextWake.map { loop.schedule(at: $0) { [self] in feed(.wake) } }
  }

  private func perform(_ action: PunchCore.Action) {
    switch action {
    case .learn(let number): startLearning(number)
    case .send(let signal): send(signal.encoded)
    case .connect(let number, let targets, let start, let end):
      guard let round, round.number == number else { return }
      round.targets = targets
      for connection in round.takeEarly() { consider(connection, in: round) }
      for target in targets {
        tasks.start { [self] in await connect(round, to: target, from: start, until: end) }
      }
    case .abandon: endRound()
    case .succeeded: break
    case .failed(let failure):
      outcome = .failure(failure)
      over.open()
    }
  }

  private func endRound() {
    round?.end()
    round = nil
  }

  // MARK: - A round

  /// One local port and what comes up on it.
  /// Guard: confinement to the loop.
  private final class Round: @unchecked Sendable {
    let number: UInt32
    let listener: Listener
    let stop = Gate()
    var hold: (any Transport)?
    var candidates: [SocketTransport] = []
    /// Nil until they are to be connected to.
    var targets: [SocketAddress]?
    /// Came before that.
    private(set) var early: [SocketTransport] = []

    init(_ number: UInt32, _ listener: Listener) {
      self.number = number
      self.listener = listener
    }

    func end() {
      stop.open()
      hold?.close()
      hold = nil
      for candidate in candidates + early { candidate.close() }
      (candidates, early) = ([], [])
    }

    func keepEarly(_ connection: SocketTransport) { early.append(connection) }

    func takeEarly() -> [SocketTransport] {
      defer { early = [] }
      return early
    }
  }

  private func startLearning(_ number: UInt32) {
    endRound()
    let round: Round
    do {
      var shared = SocketOptions()
      shared.sharesLocal = true
      let any = SocketAddress(.v4([0, 0, 0, 0], port: 0))
      round = Round(number, try Listener(any, options: shared))
    } catch {
      tasks.start { [self] in
        await loop.yieldTurn()
        feed(.learningFailed(round: number, reason: error.message))
      }
      return
    }
    self.round = round
    tasks.start { [self] in await accept(round) }
    tasks.start { [self] in
      await loop.yieldTurn()
      do {
        let outside = try await learn(round.listener.address, loop)
        guard self.round === round else {
          outside.hold?.close()
          return
        }
        round.hold = outside.hold
        feed(.learnt(round: number, outside.addresses))
      } catch {
        feed(.learningFailed(round: number, reason: DialFailure(error).detail))
      }
    }
  }

  /// A SYN that comes before ours has left is no simultaneous open: it finds this listener.
  private func accept(_ round: Round) async {
    do {
      try await round.listener.run(on: loop, until: round.stop) { [self] descriptor, peer in
        do {
          consider(try SocketTransport(adopting: descriptor, peer: peer, on: loop), in: round)
        } catch {
          // Adopting has closed it.
        }
      }
    } catch {
      // Connecting goes on without it.
    }
  }

  /// The port is open to the world for a moment: only the hosts that are connected to count.
  private func consider(_ connection: SocketTransport, in round: Round) {
    guard let targets = round.targets else {
      if self.round === round, round.early.count < limits.candidates {
        round.keepEarly(connection)
      } else {
        connection.close()
      }
      return
    }
    if targets.contains(where: { $0.isSameHost(as: connection.peer) }) {
      offer(connection, in: round)
    } else {
      connection.close()
    }
  }

  private func connect(
    _ round: Round, to target: SocketAddress, from start: Instant, until end: Instant
  ) async {
    var options = options
    options.sharesLocal = true
    options.local = Self.anyAddress(like: target, port: round.listener.address.port ?? 0)
    var pause = limits.firstPause
    do {
      if start > .now() { try await loop.sleep(until: start) }
      while self.round === round && !Task.isCancelled && Instant.now() < end {
        do {
          let connection = try await SocketTransport.connect(
            to: target, on: loop, deadline: end, options: options)
          offer(connection, in: round)
          return
        } catch  where error.code != .cancelled {
          try await loop.sleep(for: pause)
          pause = min(limits.longestPause, pause * 2)
        }
      }
    } catch {
      // The round is over.
    }
  }

  static func anyAddress(like target: SocketAddress, port: UInt16) -> SocketAddress {
    switch target.unmapped.kind {
    case .v6: SocketAddress(.v6([UInt8](repeating: 0, count: 16), port: port, scope: 0))
    case .v4, .unix: SocketAddress(.v4([0, 0, 0, 0], port: port))
    }
  }

  /// A connection came up. The client takes the first; the server cannot know which that is until
  /// something comes in.
  private func offer(_ connection: SocketTransport, in round: Round) {
    guard self.round === round, outcome == nil, round.candidates.count < limits.candidates else {
      connection.close()
      return
    }
    if core.leads {
      win(connection, in: round)
      return
    }
    round.candidates.append(connection)
    tasks.start { [self] in
      var first: [UInt8] = []
      // A candidate that ends or is closed was not the one.
      let isOpen = (try? await connection.read { first = Array($0) }) ?? false
      guard isOpen, self.round === round, outcome == nil else { return }
      connection.unread(first)
      win(connection, in: round)
    }
  }

  private func win(_ connection: SocketTransport, in round: Round) {
    round.candidates.removeAll { $0 === connection }
    outcome = .success(Outcome(connection: connection, isClient: core.leads))
    feed(.connected)
    over.open()
  }
}
