import CSystem
import Glibc
import Primitives
import Synchronization

/// A listening TCP or Unix socket.
package final class Listener: Sendable {
  package struct Limits: Sendable {
    /// Connections the kernel completes ahead of us.
    package var backlog: Int32 = 1024
    /// Accepted per readiness before other descriptors get a turn.
    package var acceptsPerTurn = 64
    /// After the process ran out of descriptors.
    package var pause = Duration.seconds(1)
    /// While the server has as many connections as it may.
    package var pauseWhenFull = Duration.milliseconds(50)
    package init() {}
  }

  /// Where it listens, with the port the kernel chose for port 0.
  package let address: SocketAddress
  private let descriptor: Int32
  private let isClosed = Atomic(false)
  private let limits: Limits

  /// Binds. A Unix socket is created with mode 0600 and replaces a stale file of that name.
  package init(
    _ wanted: SocketAddress, options: SocketOptions = SocketOptions(), limits: Limits = Limits()
  ) throws(SystemError) {
    self.limits = limits
    let descriptor = try Socket.open(.stream, for: wanted)
    do {
      try options.prepare(descriptor)
      try Self.prepare(descriptor, for: wanted)
      try Self.bind(descriptor, to: wanted, backlog: limits.backlog)
    } catch {
      Glibc.close(descriptor)
      throw error
    }
    self.descriptor = descriptor
    address = Socket.localAddress(descriptor)
  }

  deinit { close() }

  /// From now on connecting is refused, and what waited unaccepted is reset.
  private func close() {
    guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
    if case .unix(let path) = address.kind { unlink(path) }
    Glibc.close(descriptor)
  }

  private static func prepare(_ descriptor: Int32, for wanted: SocketAddress) throws(SystemError) {
    switch wanted.kind {
    case .v4: Socket.set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
    case .v6:
      Socket.set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
      Socket.set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, wanted.isUnspecified ? 0 : 1)
    case .unix(let path):
      guard path.utf8.count <= Socket.pathLimit else {
        throw SystemError(
          .invalidInput,
          "the socket path \(path) is longer than \(Socket.pathLimit) bytes; choose a shorter "
            + "state folder with APUS_HOME")
      }
      try removeStale(path, at: wanted)
      // The file bind makes takes its mode from the socket: there is no moment at which
      // another user could connect.
      guard fchmod(descriptor, 0o600) == 0 else {
        throw SystemError("restricting the socket \(path)")
      }
    }
  }

  /// Removes a socket nobody listens on; never anything else.
  private static func removeStale(
    _ path: String, at address: SocketAddress
  ) throws(SystemError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw SystemError(
        .alreadyExists, "\(path) is there and is no socket; move it away or listen elsewhere")
    }
    let probe = try Socket.open(.stream, for: address)
    defer { Glibc.close(probe) }
    // EAGAIN: somebody listens, and has more to accept than fits.
    if Socket.withAddress(address, { Glibc.connect(probe, $0, $1) }) == 0 || errno == EAGAIN {
      throw SystemError(.addressInUse, "another process listens on \(path)")
    }
    unlink(path)
  }

  private static func bind(
    _ descriptor: Int32, to wanted: SocketAddress, backlog: Int32
  ) throws(SystemError) {
    guard Socket.withAddress(wanted, { Glibc.bind(descriptor, $0, $1) }) == 0,
      Glibc.listen(descriptor, backlog) == 0
    else { throw SystemError("listening on \(wanted)") }
  }

  /// Accepts on `loop` until `stop` opens or the task is cancelled, then closes: once. `accepted`
  /// gets a non-blocking descriptor to adopt, on any loop. Without room, and when descriptors run
  /// out, connections wait in the kernel; the
  /// log says the latter once.
  package func run(
    on loop: EventLoop, until stop: Gate, hasRoom: @escaping () -> Bool = { true },
    accepted: @escaping (_ descriptor: Int32, _ peer: SocketAddress) -> Void
  ) async throws(SystemError) {
    let acceptor = Acceptor(
      descriptor, local: address, on: loop, limits: limits, hasRoom: hasRoom,
      accepted: accepted)
    defer { close() }
    try acceptor.resume()
    await stop.wait()
    acceptor.stop()
  }
}

/// Guard: confinement to `loop`.
private final class Acceptor: ReadinessHandler {
  private let descriptor: Int32
  private let local: SocketAddress
  private let loop: EventLoop
  private let limits: Listener.Limits
  private let hasRoom: () -> Bool
  private let accepted: (Int32, SocketAddress) -> Void
  private var isRegistered = false
  private var isStopped = false
  private var hasComplained = false
  private let log = Logger("IO")

  init(
    _ descriptor: Int32, local: SocketAddress, on loop: EventLoop, limits: Listener.Limits,
    hasRoom: @escaping () -> Bool, accepted: @escaping (Int32, SocketAddress) -> Void
  ) {
    self.hasRoom = hasRoom
    self.descriptor = descriptor
    self.local = local
    self.loop = loop
    self.limits = limits
    self.accepted = accepted
  }

  func resume() throws(SystemError) {
    guard !isRegistered, !isStopped else { return }
    try loop.register(descriptor, for: .read, levelTriggered: true, self)
    isRegistered = true
  }

  func stop() {
    isStopped = true
    pause()
  }

  func ready(_ events: Readiness) {
    for _ in 0..<limits.acceptsPerTurn {
      guard hasRoom() else {
        pause(for: limits.pauseWhenFull)
        return
      }
      var storage = sockaddr_storage()
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let socket = withUnsafeMutablePointer(to: &storage) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          apus_accept4(descriptor, $0, &length)
        }
      }
      if socket >= 0 {
        hasComplained = false
        accepted(socket, peer(storage))
        continue
      }
      switch errno {
      case EAGAIN: return
      case EMFILE, ENFILE, ENOBUFS, ENOMEM:
        pauseForDescriptors(SystemError("accepting on \(local)"))
        return
      default: continue  // The client gave up before we came: ECONNABORTED and its kin.
      }
    }
  }

  /// A client's Unix socket has no name: say where it came in.
  private func peer(_ storage: sockaddr_storage) -> SocketAddress {
    if case .unix = local.kind { return local }
    return Socket.address(from: storage)
  }

  private func pauseForDescriptors(_ error: SystemError) {
    if !hasComplained {
      hasComplained = true
      log.error(
        "no descriptor is left, so new connections wait; raise the limit (ulimit -n) or lower "
          + "http.max-connections", LogField("cause", error.message))
    }
    pause(for: limits.pause)
  }

  private func pause(for duration: Duration) {
    pause()
    loop.schedule(after: duration) { [self] in
      do throws(SystemError) { try resume() } catch { pauseForDescriptors(error) }
    }
  }

  private func pause() {
    guard isRegistered else { return }
    loop.unregister(descriptor)
    isRegistered = false
  }
}
