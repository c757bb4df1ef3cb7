import CBox
import Glibc
package import IO
import Primitives

/// Where an attempt's bytes go as they come. Waiting here makes the program wait.
package typealias BoxSink = @Sendable (BoxStream, [UInt8]) async throws(RuntimeError) -> Void

/// A box as its keeper sees it: a process to talk to, and to kill when it does not answer.
/// Guard: confinement to `loop`, but for what is `Sendable` and constant.
package final class Box: @unchecked Sendable {
  package let loop: EventLoop
  package let plan: BoxPlan
  package let process: Int32
  /// Which walls stand.
  package private(set) var layers: [BoxLayer] = []
  package var name: String { home.name }

  let home: BoxHome
  private let child: ChildProcess
  private let transport: SocketTransport
  /// The same socket once more, for the one call that the transport has not: descriptors.
  private let control: Int32
  private let settings: BoxSettings
  private var decoder = BoxFrame.Decoder()
  private var arrived: [BoxFrame] = []
  /// Read from any thread, by whoever takes a box from the shelf.
  private let doom = Locked<Ending?>(nil)
  /// It closed its end of the socket; its exit may be known only a moment later.
  private let isGone = Locked(false)
  /// What it is used for now, by its keeper's number; nil between.
  private var use: UInt64?
  private var isClosed = false
  private var knownMemoryKills: Int64 = 0
  private var watchdog: Watchdog?

  // MARK: - Making one

  /// Starts a box and waits until it is ready. Leaves nothing behind when it throws.
  package static func make(
    _ plan: BoxPlan, _ settings: BoxSettings, on loop: EventLoop
  ) async throws(RuntimeError) -> Box {
    try await loop.run { () async throws(RuntimeError) in
      let home = try await blocking { () throws(RuntimeError) in try BoxHome(plan, in: settings) }
      let box: Box
      do throws(RuntimeError) {
        box = try await Box(plan, settings, home, on: loop)
      } catch {
        await quietly { home.remove() }
        throw error
      }
      do throws(RuntimeError) {
        try await box.start()
        return box
      } catch {
        await box.close()
        throw error
      }
    }
  }

  private init(
    _ plan: BoxPlan, _ settings: BoxSettings, _ home: BoxHome, on loop: EventLoop
  ) async throws(RuntimeError) {
    var plan = plan
    plan.folder = home.folder
    if home.group == nil { plan.disabled.insert(.group) }
    self.plan = plan
    self.settings = settings
    self.home = home
    self.loop = loop
    var ends: [Int32] = [-1, -1]
    guard apus_socket_pair(&ends) == 0 else { throw RuntimeError(SystemError("making a socket")) }
    let (ours, theirs) = (ends[0], ends[1])
    defer { Glibc.close(theirs) }
    var command = Self.command(settings, control: theirs)
    do throws(RuntimeError) {
      command.controlGroups = try home.group?.openDoors() ?? []
    } catch {
      Glibc.close(ours)
      throw error
    }
    defer { for door in command.controlGroups { Glibc.close(door) } }
    do throws(SystemError) {
      child = try await ChildProcess.spawn(command, on: loop)
    } catch {
      Glibc.close(ours)
      throw RuntimeError(
        .weak, "\(error.message): a box needs user namespaces (user.max_user_namespaces)")
    }
    process = child.process
    do throws(SystemError) {
      _ = apus_set_non_blocking(ours)
      control = apus_duplicate(ours)
      transport = try SocketTransport(
        adopting: ours, peer: SocketAddress(.unix(path: "box-\(home.name)")), on: loop)
    } catch {
      child.send(.kill)
      throw RuntimeError(error)
    }
  }

  private static func command(_ settings: BoxSettings, control: Int32) -> Command {
    var environment = settings.environment
    environment["SWIFT_BACKTRACE"] = "enable=no"
    var command = Command(settings.program, ["box"], environment: environment)
    command.passed = [control]
    command.group = .session
    command.namespaces = [.mounts, .processes, .network, .messages, .hostName, .users]
    return command
  }

  private func start() async throws(RuntimeError) {
    let (home, process) = (home, process)
    try await Self.blocking { () throws(RuntimeError) in try home.takeIn(process) }
    let timer = loop.schedule(after: settings.limits.start) { [self] in
      end(.refused(RuntimeError(.weak, "a box did not start in time: the machine is overloaded")))
    }
    defer { loop.cancel(timer) }
    try await send(.plan(plan))
    switch try await next() {
    case .ready(let layers)?: self.layers = layers + home.layers
    case .failed(let error)?: throw error
    case nil:
      if case .refused(let error)? = doom.withLock({ $0 }) { throw error }
      throw Self.endedEarly
    case .plan?, .input?, .descriptors?, .run?, .output?, .file?, .folder?, .ended?, .clean?:
      throw BoxReader.damaged
    }
    for layer in plan.required {
      let found = self.layers.first { $0.layer == layer }
      if let found, found.absence == nil { continue }
      throw RuntimeError(
        .weak, "a box lacks \(layer.name): \(found?.absence ?? "it said nothing of it")")
    }
    if home.group == nil {
      watchdog = Watchdog(process, plan.limits, every: settings.limits.watch, on: loop) {
        [weak self] ending in self?.end(ending)
      }
    }
  }

  /// What the plan asks of the group was set with it; what is there in fact.
  package var memoryInUse: Int64? { home.group?.memoryInUse }
  /// By its group where that has a set of processors, elsewhere by what its threads ask for. Looks
  /// through /proc.
  func setProcessors(_ processors: ProcessorSet) {
    if home.group?.setProcessors(processors.description) == true { return }
    processors.bind(tree: process, limit: plan.limits.processes + 2)
  }

  /// Whether a group holds it to its processors.
  var hasProcessors: Bool { home.group?.hasProcessors ?? false }

  package var isAlive: Bool {
    child.exitIfEnded == nil && doom.withLock { $0 == nil } && !isGone.withLock { $0 }
  }

  static let endedEarly = RuntimeError(.failed, "a box ended before it was ready")
  static let ended = "the box ended"

  // MARK: - Attempts

  /// Runs one attempt; the box may be used again when `isAlive` afterwards. Cancelled, it kills the
  /// box.
  package func run(
    _ attempt: BoxAttempt, descriptors: [Int32] = [], results: String? = nil, _ sink: BoxSink
  ) async throws(RuntimeError) -> AttemptResult {
    loop.checkIsCurrent("Box.run")
    let files = try ResultFolder(results, limits: attempt.limits)
    let started = Instant.now()
    home.group?.resetPeak()
    let timer = loop.schedule(after: attempt.limits.time) { [self] in end(.timedOut) }
    var result: AttemptResult
    do throws(RuntimeError) {
      try await send(attempt, descriptors)
      result = try await receive(attempt, files, sink)
    } catch {
      loop.cancel(timer)
      // Whatever it says from here on is not worth hearing.
      end(.refused(error))
      await Self.abandon(files)
      throw error
    }
    loop.cancel(timer)
    await Self.abandon(files)
    result.files = files.files
    result.usage.time = started.duration(to: .now())
    result.usage.peakMemory = home.group?.peakMemory
    result.ending = truth(result.ending)
    await clean()
    return result
  }

  /// Until the box has put away what the attempt left. One that cannot has done its last attempt,
  /// which stands.
  private func clean() async {
    guard isAlive else { return }
    let timer = loop.schedule(after: settings.limits.clean) { [self] in end(Self.unclean) }
    defer { loop.cancel(timer) }
    do throws(RuntimeError) {
      if case .clean? = try await next() { return }
    } catch {
      // Whatever it says instead: it is ended.
    }
    end(Self.unclean)
  }

  private static let unclean = Ending.killed(reason: "the box could not put away what was left")

  /// A file of which the box had yet to give the rest is no result.
  private static func abandon(_ files: ResultFolder) async {
    // What cannot be removed is not listed.
    await quietly { try? files.abandon() }
  }

  private func send(_ attempt: BoxAttempt, _ descriptors: [Int32]) async throws(RuntimeError) {
    let run = BoxFrame.run(attempt).encoded()
    if plan.runtime == .process, !attempt.input.isEmpty {
      let input = try await Self.blocking { () throws(RuntimeError) in
        try StandardInput(attempt.input)
      }
      defer { withExtendedLifetime(input) {} }
      return try await send(run, with: [input.descriptor])
    }
    var place = 0
    while place < attempt.input.count {
      let end = min(attempt.input.count, place + BoxFrame.Limits().pieceBytes)
      try await send(.input(Array(attempt.input[place..<end])))
      place = end
    }
    try await send(run, with: descriptors)
  }

  private func send(_ run: [UInt8], with descriptors: [Int32]) async throws(RuntimeError) {
    let taken = descriptors.isEmpty ? 0 : try await attach(descriptors, before: run)
    try await send(Array(run[taken...]))
  }

  private func receive(
    _ attempt: BoxAttempt, _ files: ResultFolder, _ sink: BoxSink
  ) async throws(RuntimeError) -> AttemptResult {
    var written: [BoxStream: Int64] = [:]
    while true {
      switch try await next() {
      // No box sends them but one that has nothing else to keep its keeper busy with.
      case .output(_, let bytes)? where bytes.isEmpty: throw BoxReader.damaged
      case .output(.file, let bytes)?:
        try await Self.blocking { () throws(RuntimeError) in try files.write(bytes) }
      case .output(let stream, let bytes)?:
        written[stream, default: 0] += Int64(bytes.count)
        guard written[stream, default: 0] <= bound(of: stream, attempt) else {
          throw RuntimeError(.damaged, "a box gives more output than it may")
        }
        try await sink(stream, bytes)
      case .file(let path, let size, let isExecutable)?:
        try await Self.blocking { () throws(RuntimeError) in
          try files.begin(path, size: size, isExecutable: isExecutable)
        }
      case .folder(let path)?:
        try await Self.blocking { () throws(RuntimeError) in try files.makeFolder(path) }
      case .ended(let ending, let usage)?:
        try files.finish()
        var result = AttemptResult(ending)
        result.usage = usage
        return result
      case nil:
        isGone.withLock { $0 = true }
        return AttemptResult(await ownEnd())
      case .failed(let error)?: throw error
      case .plan?, .input?, .descriptors?, .run?, .ready?, .clean?: throw BoxReader.damaged
      }
    }
  }

  /// Of a box that closed its socket, which it does by dying: an engine that comes to harm says how
  /// by its signal.
  private func ownEnd() async -> Ending {
    if let doom = doom.withLock({ $0 }) { return doom }
    // Only if it lives after all.
    child.send(.kill)
    let exit = try? await child.exit()  // Cancelled, nobody asks how.
    if let doom = doom.withLock({ $0 }) { return doom }
    if case .signalled(let signal)? = exit?.reason, signal != .kill {
      return .signalled(signal.number)
    }
    return .killed(reason: Self.ended)
  }

  private func bound(of stream: BoxStream, _ attempt: BoxAttempt) -> Int64 {
    if stream != .product { return attempt.limits.outputBytes }
    return attempt.verb == .compile ? settings.limits.productBytes : 0
  }

  /// What the group counted says more than a signal does.
  private func truth(_ ending: Ending) -> Ending {
    if ending == .exited(status: 0) || doom.withLock({ $0 == ending }) { return ending }
    guard let group = home.group else { return ending }
    let kills = group.memoryKills
    defer { knownMemoryKills = kills }
    guard kills > knownMemoryKills else { return ending }
    switch ending {
    case .exited, .signalled, .killed: return .outOfMemory
    case .timedOut, .outOfMemory, .outputLimit, .trapped, .refused: return ending
    }
  }

  // MARK: - Its end

  /// Kills what runs in it, for a reason that the attempt is told. From the loop.
  package func end(_ ending: Ending) {
    loop.checkIsCurrent("Box.end")
    doom.withLock { $0 = $0 ?? ending }
    child.send(.kill)
  }

  /// From the loop, around what `end(_:_:)` is to end.
  func begin(_ use: UInt64) {
    loop.checkIsCurrent("Box.begin")
    self.use = use
  }

  func finish() { use = nil }

  /// The same for one use: nothing happens once that is over, or before it begins.
  func end(_ use: UInt64, _ ending: Ending) {
    if self.use == use { end(ending) }
  }

  /// Ends it, and removes whatever there was of it.
  package func close() async {
    await loop.run { [self] in
      watchdog?.stop()
      end(.killed(reason: "the box was closed"))
      await child.terminate(grace: .zero)
      transport.close()
      if control >= 0 && !isClosed { Glibc.close(control) }
      isClosed = true
      let home = home
      await Self.quietly(on: Self.copies) { home.remove() }
    }
  }

  // MARK: - Frames

  private func send(_ frame: BoxFrame) async throws(RuntimeError) {
    try await send(frame.encoded())
  }

  private func send(_ bytes: [UInt8]) async throws(RuntimeError) {
    do throws(SystemError) {
      if !bytes.isEmpty { try await transport.write(bytes) }
    } catch {
      // It is gone; reading says how.
    }
  }

  /// Everything sent before has been taken by the kernel, so the order holds. How much of what
  /// comes after them went with them: the box wakes once.
  private func attach(
    _ descriptors: [Int32], before rest: [UInt8]
  ) async throws(RuntimeError) -> Int {
    let head = BoxFrame.descriptors(descriptors.count).encoded()
    let bytes = head + rest
    while true {
      let sent = apus_send_descriptors(
        control, bytes, bytes.count, descriptors, Int32(descriptors.count))
      // A frame of nine bytes is taken whole.
      if sent >= head.count { return sent - head.count }
      let reason = errno
      // It is gone; reading says how.
      if sent < 0, reason == EPIPE || reason == ECONNRESET || !isAlive { return rest.count }
      // The box has yet to read what was sent before.
      guard sent < 0, reason == EAGAIN else {
        throw RuntimeError(SystemError("handing descriptors to a box"))
      }
      do throws(SystemError) {
        try await loop.sleep(for: .milliseconds(1))
      } catch {
        throw RuntimeError(.cancelled, error.message)
      }
    }
  }

  /// Nil when the box is gone.
  private func next() async throws(RuntimeError) -> BoxFrame? {
    while true {
      if let frame = try decoder.next() { return frame }
      do {
        let isOpen = try await transport.read { bytes in decoder.feed(bytes) }
        if !isOpen { return nil }
      } catch {
        return nil
      }
    }
  }

  // MARK: - Work that blocks

  /// For what takes a moment: a stranger's boxes keep nobody's names and disks waiting.
  static let pool: BlockingPool = {
    var limits = BlockingPool.Limits()
    limits.threads = 8
    return BlockingPool(name: "boxes", limits: limits)
  }()

  /// For what takes as long as an attempt has files, and keeps no other box waiting.
  static let copies = BlockingPool(name: "box files")

  static func blocking<Value: Sendable>(
    on pool: BlockingPool = pool, _ work: @escaping @Sendable () throws(RuntimeError) -> Value
  ) async throws(RuntimeError) -> Value {
    do {
      return try await pool.run(work)
    } catch let error as RuntimeError {
      throw error
    } catch {
      throw RuntimeError(.busy, "\(error)")
    }
  }

  private static func quietly(
    on pool: BlockingPool = pool, _ work: @escaping @Sendable () -> Void
  ) async {
    // Refused when thousands wait already: then the loop waits itself, once.
    do { try await pool.run(work) } catch { work() }
  }
}
