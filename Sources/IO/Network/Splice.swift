import CSystem
import Glibc
import Primitives

/// Two connected sockets joined in the kernel: what comes from one leaves by the other, both
/// ways, through pipes and without being copied into this process.
///
/// Back-pressure is the pipe's: nothing is read while it holds something, so that a splice that
/// comes up short is never in doubt whether the socket was empty or the pipe full. The end of one
/// direction is passed on; a break is passed on as a reset.
/// Guard: confinement to `loop`.
package final class Splice: @unchecked Sendable {
  package struct Limits: Sendable {
    /// What one direction may move before everybody else on the loop gets a turn.
    package var bytesPerTurn = 1 << 20
    /// Moved at once.
    package var pieceBytes = 256 << 10
    /// Without a byte in either direction.
    package var idleTime = Duration.seconds(180)
    var pace = ReadPace.Limits()
    package init() {}
  }

  package enum Ending: Equatable, Sendable {
    /// Both sides ended their directions.
    case finished
    case broken(SystemError)
    case idle
    /// The meter allows no more.
    case exhausted
    /// On request.
    case stopped
  }

  package struct Outcome: Equatable, Sendable {
    package var ending: Ending
    /// From the left to the right, and back.
    package var forward: UInt64
    package var backward: UInt64
  }

  package let loop: EventLoop
  private let limits: Limits
  private let pipes: PipePool
  private let meter: (any SpliceMeter)?
  private let left: SplicePort
  private let right: SplicePort
  private let forward: Flow
  private let backward: Flow
  private var lastMove = Instant(nanoseconds: 0)
  private var idleTimer: TimerToken?
  private var ending: Ending?
  private var waiter: UnsafeContinuation<Void, Never>?

  /// Takes both sockets over. Call on `loop`, then `run`.
  package init(
    _ left: DetachedSocket, _ right: DetachedSocket, on loop: EventLoop, pipes: PipePool,
    meter: (any SpliceMeter)? = nil, limits: Limits = Limits()
  ) {
    self.loop = loop
    self.limits = limits
    self.pipes = pipes
    self.meter = meter
    self.left = SplicePort(left)
    self.right = SplicePort(right)
    forward = Flow(from: self.left, to: self.right, head: left.unread, pace: limits.pace)
    backward = Flow(from: self.right, to: self.left, head: right.unread, pace: limits.pace)
  }

  /// Moves bytes until both directions have ended or something ends it. Once.
  package func run() async -> Outcome {
    loop.checkIsCurrent("run")
    start()
    await withTaskCancellationHandler {
      if ending == nil { await withUnsafeContinuation { waiter = $0 } }
    } onCancel: {
      loop.execute { [self] in stop() }
    }
    return Outcome(
      ending: ending ?? .stopped, forward: forward.moved, backward: backward.moved)
  }

  /// Whether the kernel is to tell of the left side's bytes only when many wait.
  var isPatient: Bool { forward.pace.isPatient }

  /// Breaks the connection. Harmless when it is over.
  package func stop() { end(.stopped) }

  // MARK: - The loop's events

  private func start() {
    lastMove = .now()
    for port in [left, right] {
      port.changed = { [unowned self] in pumpBoth() }
      do throws(SystemError) {
        if port.descriptor < 0 { throw SystemError(.closed, "the connection was closed") }
        try loop.register(port.descriptor, for: [.read, .write, .readEnded], port)
        port.isRegistered = true
      } catch {
        end(.broken(error))
        return
      }
    }
    armIdle(after: limits.idleTime)
    pumpBoth()
  }

  private func armIdle(after delay: Duration) {
    idleTimer = loop.schedule(after: delay) { [self] in
      guard ending == nil else { return }
      let quiet = lastMove.duration(to: .now())
      if quiet >= limits.idleTime { end(.idle) } else { armIdle(after: limits.idleTime - quiet) }
    }
  }

  private func pumpBoth() {
    pumpPaced(forward)
    pumpPaced(backward)
  }

  private func pumpPaced(_ flow: Flow) {
    let count = pump(flow)
    if count > 0, flow.pace.moved(count, now: loop.now) { bePatient(flow) }
  }

  /// Says how much it moved.
  @discardableResult
  private func pump(_ flow: Flow) -> Int {
    let before = flow.moved
    move(flow)
    giveBackCredit(of: flow)
    return Int(flow.moved - before)
  }

  private func move(_ flow: Flow) {
    var left = limits.bytesPerTurn
    do throws(SystemError) {
      while ending == nil, !flow.isOver {
        guard left > 0 else {
          continueLater(flow)
          return
        }
        let count: Int?
        if flow.holdsBytes {
          count = try drain(flow)
        } else if flow.hasSourceEnded {
          finish(flow)
          return
        } else {
          count = try fill(flow)
        }
        guard let count else { return }
        left -= count
      }
    } catch {
      end(.broken(error))
    }
  }

  private func continueLater(_ flow: Flow) {
    if flow.isPostponed { return }
    flow.isPostponed = true
    loop.onNextTurn { [self] in
      flow.isPostponed = false
      pumpPaced(flow)
    }
  }

  // MARK: - Pace

  private func bePatient(_ flow: Flow) {
    guard ending == nil, !flow.isOver else { return }
    flow.source.setLowWater(limits.pace.lowWater)
    look(after: flow, at: loop.now.advanced(by: limits.pace.lookTime))
  }

  private func look(after flow: Flow, at time: Instant) {
    flow.look = loop.schedule(at: time) { [self] in
      flow.look = nil
      switch flow.pace.due(now: loop.now) {
      case .wait(let time): look(after: flow, at: time)
      case .look(let time):
        look(after: flow, at: time)
        find(flow)
      case .hurry:
        flow.source.setLowWater(1)
        find(flow)
      }
    }
  }

  private func find(_ flow: Flow) {
    flow.source.isReadable = true
    if pump(flow) > 0 { flow.pace.found(now: loop.now) }
  }

  // MARK: - Moving

  /// Nil when the sink takes nothing now.
  private func drain(_ flow: Flow) throws(SystemError) -> Int? {
    guard flow.sink.isWritable else { return nil }
    let count = flow.sendHead() ?? flow.splicePipe()
    if count >= 0 {
      flow.moved += UInt64(count)
      lastMove = loop.now
      return count
    }
    switch errno {
    case EAGAIN:
      flow.sink.isWritable = false
      return nil
    case EINTR: return 0
    default: throw SystemError("relaying to \(flow.sink.peer)")
    }
  }

  /// Nil when there is nothing to move now.
  private func fill(_ flow: Flow) throws(SystemError) -> Int? {
    guard flow.source.isReadable, flow.pause == nil else {
      returnPipe(of: flow)
      return nil
    }
    if flow.credit == 0 {
      guard let allowed = draw(flow) else { return nil }
      flow.credit = allowed
    }
    let pipe: PipePool.Pipe
    if let held = flow.pipe { pipe = held } else { pipe = try pipes.take() }
    flow.pipe = pipe
    let wanted = min(flow.credit, limits.pieceBytes)
    let count = apus_splice(flow.source.descriptor, pipe.writing, wanted)
    let failure = errno
    if count > 0 {
      flow.inPipe = count
      flow.credit -= count
      return 0
    }
    if count == 0 {
      flow.hasSourceEnded = true
      return 0
    }
    switch failure {
    case EAGAIN:
      flow.source.isReadable = false
      returnPipe(of: flow)
      return nil
    case EINTR: return 0
    default: throw SystemError(errno: failure, "relaying from \(flow.source.peer)")
    }
  }

  /// For a whole turn, so that the quota is not asked at every piece; nil when it says to wait.
  private func draw(_ flow: Flow) -> Int? {
    guard let meter else { return limits.bytesPerTurn }
    switch meter.draw(limits.bytesPerTurn, now: .now()) {
    case .bytes(let count): return count
    case .later(let time):
      returnPipe(of: flow)
      flow.pause = loop.schedule(at: time) { [self] in
        flow.pause = nil
        // Waiting for the quota is no idleness of theirs.
        lastMove = loop.now
        pump(flow)
      }
      return nil
    case .none:
      end(.exhausted)
      return nil
    }
  }

  private func giveBackCredit(of flow: Flow) {
    guard flow.credit > 0 else { return }
    meter?.giveBack(flow.credit)
    flow.credit = 0
  }

  private func returnPipe(of flow: Flow) {
    guard let pipe = flow.pipe else { return }
    flow.pipe = nil
    pipes.giveBack(pipe, isEmpty: flow.inPipe == 0)
  }

  // MARK: - Ending

  private func finish(_ flow: Flow) {
    flow.isOver = true
    returnPipe(of: flow)
    stopLooking(after: flow)
    shutdown(flow.sink.descriptor, Int32(SHUT_WR))
    if forward.isOver && backward.isOver { end(.finished) }
  }

  private func end(_ ending: Ending) {
    guard self.ending == nil else { return }
    self.ending = ending
    if let idleTimer { loop.cancel(idleTimer) }
    for flow in [forward, backward] {
      if let pause = flow.pause { loop.cancel(pause) }
      stopLooking(after: flow)
      returnPipe(of: flow)
    }
    for port in [left, right] { port.close(on: loop, breaking: ending != .finished) }
    waiter?.resume()
    waiter = nil
  }

  private func stopLooking(after flow: Flow) {
    if let look = flow.look { loop.cancel(look) }
    flow.look = nil
  }
}

/// One direction.
private final class Flow {
  let source: SplicePort
  let sink: SplicePort
  /// Read before the splice began, and sent before anything else.
  private var head: [UInt8]
  private var headSent = 0
  var pipe: PipePool.Pipe?
  var inPipe = 0
  var moved: UInt64 = 0
  var hasSourceEnded = false
  var isOver = false
  var isPostponed = false
  var pause: TimerToken?
  /// Drawn from the meter for this turn and not spent.
  var credit = 0
  var pace: ReadPace
  /// The next look at a patient source.
  var look: TimerToken?

  init(from source: SplicePort, to sink: SplicePort, head: [UInt8], pace: ReadPace.Limits) {
    self.pace = ReadPace(limits: pace)
    self.source = source
    self.sink = sink
    self.head = head
  }

  var holdsBytes: Bool { inPipe > 0 || !head.isEmpty }

  /// Nil when nothing is left of it; else what `send` said.
  func sendHead() -> Int? {
    if head.isEmpty { return nil }
    let count = head.withUnsafeBytes { bytes in
      let rest = bytes[headSent...]
      return send(
        sink.descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count,
        Int32(MSG_NOSIGNAL))
    }
    if count > 0 { headSent += count }
    if headSent == head.count { head = [] }
    return count
  }

  func splicePipe() -> Int {
    guard let pipe else { preconditionFailure("bytes without a pipe") }
    let count = apus_splice(pipe.reading, sink.descriptor, inPipe)
    if count > 0 { inPipe -= count }
    return count
  }
}
