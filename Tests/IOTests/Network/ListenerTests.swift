import Glibc
import Primitives
import Testing

@testable import IO

@Suite(.timeLimit(.minutes(5))) final class ListenerTests: Sendable {
  let loop: EventLoop

  init() throws { loop = try EventLoop() }

  deinit { loop.stop() }

  private var later: Instant { Instant.now().advanced(by: .seconds(50)) }

  private func mode(of path: String) -> mode_t? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode : nil
  }

  @Test(arguments: ["127.0.0.1:0", "[::1]:0", "[::]:0"])
  func `port 0 becomes the port the kernel chose`(text: String) throws {
    let listener = try Listener(try #require(SocketAddress(text)))
    let port = try #require(listener.address.port)
    #expect(port != 0)
    let same = try #require(SocketAddress(host: listener.address.host, port: port))
    let error = #expect(throws: SystemError.self) { _ = try Listener(same) }
    #expect(error?.code == .addressInUse)
  }

  @Test func `a Unix socket is for its owner alone and goes with its listener`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("s")
    var listener: Listener? = try Listener(SocketAddress(.unix(path: path)))
    #expect(listener?.address == SocketAddress(.unix(path: path)))
    #expect(mode(of: path) == S_IFSOCK | 0o600)
    listener = nil
    #expect(mode(of: path) == nil)
  }

  @Test func `a stale socket is replaced`() async throws {
    let folder = try TemporaryFolder()
    let address = SocketAddress(.unix(path: folder.file("s")))
    let dead = try Socket.open(.stream, for: address)
    #expect(Socket.withAddress(address) { Glibc.bind(dead, $0, $1) } == 0)
    Glibc.close(dead)
    let listener = try Listener(address)
    try await loop.run {
      let client = try await SocketTransport.connect(to: address, on: loop, deadline: later)
      client.close()
    }
    _ = listener
  }

  @Test func `a socket somebody listens on is left alone`() throws {
    let folder = try TemporaryFolder()
    let address = SocketAddress(.unix(path: folder.file("s")))
    let first = try Listener(address)
    let error = #expect(throws: SystemError.self) { _ = try Listener(address) }
    #expect(error?.code == .addressInUse)
    #expect(mode(of: folder.file("s")) == S_IFSOCK | 0o600)
    _ = first
  }

  @Test func `a file that is no socket is never deleted`() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("precious")
    let descriptor = open(path, O_CREAT | O_WRONLY, 0o600)
    Glibc.close(descriptor)
    let error = #expect(throws: SystemError.self) {
      _ = try Listener(SocketAddress(.unix(path: path)))
    }
    #expect(error?.code == .alreadyExists)
    #expect(mode(of: path) == S_IFREG | 0o600)
  }

  @Test func `too long a path is refused with what to do`() {
    let address = SocketAddress(.unix(path: "/tmp/" + String(repeating: "x", count: 104)))
    let error = #expect(throws: SystemError.self) { _ = try Listener(address) }
    #expect(error?.code == .invalidInput)
    #expect(error?.message.contains("APUS_HOME") == true)
  }

  @Test func `everybody who connects is accepted, in order, with the address they came from`()
    async throws
  {
    let listener = try Listener(.loopback(port: 0))
    try await loop.run {
      let caught = Catch()
      let stop = Gate()
      async let listening: Void = listener.run(on: loop, until: stop) { caught.add($0, $1) }
      var clients: [SocketTransport] = []
      for _ in 0..<100 {
        clients.append(
          try await SocketTransport.connect(to: listener.address, on: loop, deadline: later))
      }
      await caught.wait(for: 100)
      #expect(caught.peers == clients.map(\.local))
      for client in clients { client.close() }
      for descriptor in caught.descriptors { Glibc.close(descriptor) }
      stop.open()
      try await listening
    }
  }

  @Test func `without room connections wait, and are accepted when there is some`() async throws {
    var limits = Listener.Limits()
    limits.pauseWhenFull = .milliseconds(1)
    let listener = try Listener(.loopback(port: 0), limits: limits)
    try await loop.run {
      let caught = Catch()
      let stop = Gate()
      let room = Shared(2)
      let asked = Asked(gateAt: 3)
      async let listening: Void = listener.run(
        on: loop, until: stop,
        hasRoom: {
          let hasRoom = caught.descriptors.count < room.withLock { $0 }
          if !hasRoom { asked.again() }
          return hasRoom
        },
        accepted: { caught.add($0, $1) })
      var clients: [SocketTransport] = []
      for _ in 0..<5 {
        clients.append(
          try await SocketTransport.connect(to: listener.address, on: loop, deadline: later))
      }
      await caught.wait(for: 2)
      await asked.gate.wait()
      #expect(caught.descriptors.count == 2)
      room.withLock { $0 = 5 }
      await caught.wait(for: 5)
      for client in clients { client.close() }
      for descriptor in caught.descriptors { Glibc.close(descriptor) }
      stop.open()
      try await listening
    }
  }

  @Test(arguments: Wire.allCases)
  func `once stopped, it refuses instead of leaving connections to wait`(wire: Wire) async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("s")
    let listener = try Listener(
      wire == .tcp ? ownAddress() : SocketAddress(.unix(path: path)))
    try await loop.run {
      let stop = Gate()
      async let listening: Void = listener.run(on: loop, until: stop) {
        Glibc.close($0); _ = $1
      }
      await loop.yieldTurn()
      stop.open()
      try await listening
      let code = await failure {
        _ = try await SocketTransport.connect(to: listener.address, on: loop, deadline: later)
      }
      #expect(code == (wire == .tcp ? .unreachable : .notFound))
    }
  }

  @Test func `a cancelled listener stops`() async throws {
    let listener = try Listener(.loopback(port: 0))
    await loop.run {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { [loop] in
          _ = await failure { try await listener.run(on: loop, until: Gate()) { _, _ in } }
        }
        await loop.yieldTurn()
        group.cancelAll()
      }
    }
  }

  // The limit is the process's own, so these happen in one of their own.

  @Test func `out of descriptors, it waits without spinning`() async {
    await #expect(processExitsWith: .success) {
      try await runOutOfDescriptors(pause: .seconds(3_600)) { loop, asked, caught, release in
        release()
        // Whoever spins would accept now.
        for _ in 0..<100 { await loop.yieldTurn() }
        precondition(asked.count == 1, "it asked \(asked.count) times")
        precondition(caught.descriptors.isEmpty)
      }
    }
  }

  @Test func `out of descriptors, it tries again, says so once, and goes on`() async {
    await #expect(processExitsWith: .success) {
      try await runOutOfDescriptors(pause: .milliseconds(1)) { _, asked, caught, release in
        await asked.gate.wait()
        precondition(caught.descriptors.isEmpty)
        release()
        await caught.wait(for: 3)
      }
    }
  }
}

/// Counts how often the listener asked whether there is room: once before each accept.
/// Guard: confinement to one loop.
private final class Asked: @unchecked Sendable {
  private(set) var count = 0
  let gate = Gate()
  private let goal: Int

  init(gateAt goal: Int) { self.goal = goal }

  func again() {
    count += 1
    if count == goal { gate.open() }
  }
}

/// Counts what the log says.
private final class Complaints: LogSink {
  let messages = Shared<[String]>([])
  let first = Gate()

  func write(_ record: LogRecord) {
    messages.withLock { $0.append(record.message) }
    first.open()
  }
}

/// Lets clients connect while no descriptor is left; `release` in the body frees them again.
@Sendable private func runOutOfDescriptors(
  pause: Duration,
  _ body: (EventLoop, Asked, Catch, _ release: () -> Void) async throws -> Void
) async throws {
  let complaints = Complaints()
  LogSystem.shared.install(complaints)
  let loop = try EventLoop()
  var limits = Listener.Limits()
  limits.pause = pause
  let listener = try Listener(.loopback(port: 0), limits: limits)
  try await loop.run {
    var clients: [SocketTransport] = []
    for _ in 0..<3 {
      clients.append(
        try await SocketTransport.connect(
          to: listener.address, on: loop, deadline: .distantFuture))
    }
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var before = rlimit()
    getrlimit(resource, &before)
    // Not even a descriptor that some other thread closes meanwhile can be had.
    var none = rlimit(rlim_cur: 0, rlim_max: before.rlim_max)
    setrlimit(resource, &none)
    let caught = Catch()
    let stop = Gate()
    let asked = Asked(gateAt: 5)
    async let listening: Void = listener.run(
      on: loop, until: stop,
      hasRoom: {
        asked.again()
        return true
      }, accepted: { caught.add($0, $1) })
    await complaints.first.wait()
    try await body(loop, asked, caught) { setrlimit(resource, &before) }
    precondition(complaints.messages.withLock { $0.count } == 1, "it complains again and again")
    stop.open()
    try await listening
  }
}
