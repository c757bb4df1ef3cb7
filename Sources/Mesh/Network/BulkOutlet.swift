import Calls
import HTTP
import IO
import Primitives

/// The extra carrier that this node dials to one peer for calls that move much, made when it is
/// first wanted and let go a while after its last call. Where there is none, the lanes do: one that
/// could not be made, or broke soon, is not dialled again at once.
/// Guard: confinement to `loop`.
final class BulkOutlet: @unchecked Sendable {
  struct Limits: Sendable {
    /// Without calls.
    var idle = Duration.seconds(10)
    /// Between two attempts to dial.
    var pause = Duration.seconds(10)
    init() {}
  }

  /// One carrier and its session.
  /// Guard: confinement to the outlet's loop.
  final class Session: @unchecked Sendable {
    let caller: CallClient
    fileprivate let connection: FrameClientConnection
    fileprivate var users = 0
    fileprivate var idleTimer: TimerToken?

    fileprivate init(_ carrier: Carrier) throws {
      (connection, caller) = try BulkCarrier.client(carrier)
    }

    fileprivate var isUsable: Bool { (connection.capacity ?? 0) > 0 }
  }

  private let loop: EventLoop
  private let limits: Limits
  private let dial: () async throws -> Carrier
  private let tasks: TaskSet
  private var session: Session?
  private var dialling: Gate?
  private var notBefore: Instant?
  private var isClosed = false
  private let log = Logger("Mesh")

  init(
    on loop: EventLoop, limits: Limits = Limits(), dial: @escaping () async throws -> Carrier
  ) {
    self.loop = loop
    self.limits = limits
    self.dial = dial
    tasks = TaskSet(on: loop)
  }

  /// Nil where the lanes have to do. Whoever gets a session gives it back.
  func lease() async -> Session? {
    if let session = usable() { return take(session) }
    if let dialling {
      await dialling.wait()
    } else if notBefore.map({ loop.now >= $0 }) ?? true, !isClosed {
      await open()
    }
    return usable().map(take)
  }

  private func usable() -> Session? {
    guard let session, session.isUsable else { return nil }
    return session
  }

  private func take(_ session: Session) -> Session {
    session.users += 1
    if let timer = session.idleTimer { loop.cancel(timer) }
    session.idleTimer = nil
    return session
  }

  func release(_ session: Session) {
    session.users -= 1
    guard session.users == 0, self.session === session else { return }
    session.idleTimer = loop.schedule(after: limits.idle) { [self] in
      session.idleTimer = nil
      session.connection.close()
      // Nothing was wrong with it.
      notBefore = nil
    }
  }

  private func open() async {
    let gate = Gate()
    dialling = gate
    notBefore = loop.now.advanced(by: limits.pause)
    defer {
      dialling = nil
      gate.open()
    }
    do {
      let carrier = try await dial()
      if isClosed { return carrier.close() }
      let session = try Session(carrier)
      self.session = session
      tasks.start { [self] in
        await session.connection.run()
        if let timer = session.idleTimer { loop.cancel(timer) }
        session.idleTimer = nil
        if self.session === session { self.session = nil }
      }
    } catch {
      log.debug("no extra carrier was made", LogField("why", String(describing: error)))
    }
  }

  /// Breaks the carrier: the way under it is gone.
  func cut() { session?.connection.close() }

  /// Returns when nothing of it is left.
  func close() async {
    isClosed = true
    cut()
    await tasks.waitForAll()
  }
}
