package import Calls
package import IO
package import Mesh
package import Primitives

// # Fetching
//
// A *course* is one fetch under way: what is wanted (`FetchPlan`), who brings what (`FetchCore`),
// and a call to each source (`SourceStream`). Of each source a task reads what comes and has it
// looked at (`SourceInbox`), another says what is wanted, a third hashes whole chunks off the
// loop. What is right goes to the course's own task, the only one that writes to the store; so
// what waits anywhere is bounded, and a slow disk holds the sources back by their windows.
//
// A chunk counts as brought when it is written, so that the next start finds it however this one
// ends. Of each source one chunk is hashed and written while the next one comes: that is what it
// has to send again after a crash, and no more.
//
// What is fetched by several at once is fetched once: they share a course, and their sources. It
// ends early when the last of them has given up. However it ends, whole chunks that were kept stay
// and are not fetched again.

/// Fetches blobs from other nodes into the store.
package final class Fetcher: Component {
  package struct Limits: Sendable {
    package var core = FetchCore.Limits()
    /// Fetches at a time; others wait, so many at most.
    package var courses = 64
    package var waiting = 10_000
    /// Blobs fetched together, on one call a source.
    package var blobs = 4_096
    /// Sources that are asked for the manifest at once.
    package var manifestSources = 2
    /// Bytes a second of a manifest, over `core.patience`; who sends fewer is asked no more.
    package var manifestRate = 4 << 10
    /// Chunks that are right and wait to be written, or as much of small ones.
    package var unwritten = 2
    /// So much is written before it is made durable, beside the end. What a crash leaves in an
    /// open pack is found again in any case.
    package var checkpointBytes: Int64 = 256 << 20
    /// How often a source is called again that did not bring anything, and the first pause.
    package var attempts = 4
    package var pause = Duration.milliseconds(250)
    /// Between two looks at what a source has that had not all.
    package var again = Duration.seconds(5)
    /// Without a sign of any source for so long, a fetch ends even if more sources may come.
    package var hope = Duration.seconds(60)
    /// How often the clock is looked at, and whoever waits is told of the progress.
    package var tick = Duration.milliseconds(100)
    package var progress = Duration.milliseconds(200)
    /// A call on which nothing was asked for so long is kept up by an empty request.
    package var signOfLife = Duration.seconds(15)
    package init() {}
  }

  package typealias Report = @Sendable (NodeID, FetchFault) -> Void

  /// What a fetch needs of the rest of the node.
  struct Ground: Sendable {
    var store: BlobStore
    var limits: Limits
    var caller: @Sendable (NodeID) throws -> any Caller
    var path: @Sendable (NodeID) -> PathKind?
    var report: Report
    var clock: @Sendable () -> Instant
    let received = MetricRegistry.shared.counter(
      "apus_files_received_bytes", "Bytes of files that came from other nodes.")
  }

  fileprivate struct State: Sendable {
    var courses: [BlobID: FetchCourse] = [:]
    var waiting: [FetchCourse] = []
    var running: [FetchCourse] = []
    var isStopped = false
  }

  package let name = "fetcher"
  private let ground: Ground
  private let state = Locked(State())
  private let changes = Broadcast()

  /// `report` hears of sources that did what no honest one does; `path` says by what kind of path
  /// a node is reached. `clock` tells how long sources were silent.
  package init(
    _ store: BlobStore, limits: Limits = Limits(),
    path: @escaping @Sendable (NodeID) -> PathKind? = { _ in nil },
    report: @escaping Report = { _, _ in }, clock: @escaping @Sendable () -> Instant = { .now() },
    caller: @escaping @Sendable (NodeID) throws -> any Caller
  ) {
    ground = Ground(
      store: store, limits: limits, caller: caller, path: path, report: report, clock: clock)
  }

  var limits: Limits { ground.limits }

  func caller(of node: NodeID) throws -> any Caller { try ground.caller(node) }

  // MARK: - Fetching

  /// Returns once the blob is in the store, whole and durable. `progress` is called now and then,
  /// from anywhere; what is kept runs past the tap. A task that is cancelled gives up; what has
  /// come stays.
  @discardableResult
  package func fetch(
    _ id: BlobID, from sources: FetchSources, past tap: FetchTap? = nil,
    progress: @escaping @Sendable (FetchProgress) -> Void = { _ in }
  ) async throws(BlobError) -> Manifest {
    while true {
      if let here = try await ground.store.manifest(of: id) { return here }
      let running = state.withLock { $0.courses[id] }
      let course = running ?? FetchCourse(.name(id), ground)
      let follower = FetchCourse.Follower(progress: progress, tap: tap)
      if let entry = enter(course, follower, sources) {
        defer { sources.leave(entry.listener) }
        if running == nil {
          let isFirst = try state.withLock { state throws(BlobError) in
            if state.courses[id] != nil { return false }
            try Self.add(course, to: &state, ground.limits)
            state.courses[id] = course
            return true
          }
          // Somebody else was quicker.
          if !isFirst { continue }
          changes.announce()
        }
        guard let manifest = try await wait(for: course, entry.follower).first else {
          preconditionFailure("a blob was fetched that has no manifest")
        }
        return manifest
      }
      // It has just come, or the others have given up. Once that is over this looks again.
      await course.ended.wait()
      if Task.isCancelled { throw FetchCourse.givenUp }
    }
  }

  /// Many blobs whose manifests are known, as of a folder of small files: they share their calls.
  package func fetch(
    _ manifests: [Manifest], from sources: FetchSources,
    progress: @escaping @Sendable (FetchProgress) -> Void = { _ in }
  ) async throws(BlobError) {
    // A call names each once.
    var seen: Set<Manifest> = []
    let manifests = manifests.filter { seen.insert($0).inserted }
    for start in stride(from: 0, to: manifests.count, by: ground.limits.blobs) {
      let part = manifests[start..<min(start + ground.limits.blobs, manifests.count)]
      let course = FetchCourse(.manifests(Array(part)), ground)
      guard let entry = enter(course, FetchCourse.Follower(progress: progress), sources) else {
        preconditionFailure("a fetch was over before it began")
      }
      defer { sources.leave(entry.listener) }
      try state.withLock { state throws(BlobError) in
        try Self.add(course, to: &state, ground.limits)
      }
      changes.announce()
      _ = try await wait(for: course, entry.follower)
    }
  }

  private static func add(
    _ course: FetchCourse, to state: inout State, _ limits: Limits
  ) throws(BlobError) {
    guard !state.isStopped else { throw stopping }
    guard state.waiting.count < limits.waiting else {
      throw BlobError(.busy, "\(limits.waiting) fetches wait already; try again later")
    }
    state.waiting.append(course)
  }

  /// Who wants it, and where it may come from, as the course knows them.
  private struct Entry {
    var follower: Int
    var listener: Int
  }

  /// Before it begins: a course that knows of no source, and of nobody who wants it, is over. Nil
  /// when it is.
  private func enter(
    _ course: FetchCourse, _ follower: FetchCourse.Follower, _ sources: FetchSources
  ) -> Entry? {
    guard let follower = course.enter(follower) else { return nil }
    return Entry(follower: follower, listener: course.take(sources))
  }

  private func wait(
    for course: FetchCourse, _ follower: Int
  ) async throws(BlobError) -> [Manifest] {
    await course.ended.wait()
    if !course.ended.isOpen {
      // Whoever else wants it goes on.
      guard course.leave(follower) else { throw FetchCourse.givenUp }
      await course.ended.waitUncancelled()
    }
    return try course.result()
  }

  private static let stopping = BlobError(
    .failed, "the node is stopping; what has come of the file stays, so fetch it again later")

  // MARK: - The component

  package func run(_ scope: ComponentScope) async throws {
    scope.started()
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.startCourses() }
      await scope.stopRequested()
      for course in state.withLock({ $0.stop() }) { course.fail(Self.stopping) }
      changes.announce()
    }
  }

  private func startCourses() async {
    await withDiscardingTaskGroup { group in
      while true {
        let gate = changes.next()
        let (ready, isStopped) = state.withLock { state in
          (state.takeReady(ground.limits.courses), state.isStopped)
        }
        for course in ready {
          group.addTask { [self] in
            await course.run()
            state.withLock { $0.end(course) }
            changes.announce()
          }
        }
        if isStopped || Task.isCancelled { break }
        await gate.wait()
      }
    }
  }
}

extension Fetcher.State {
  /// After the stop all that wait, which then end at once.
  fileprivate mutating func takeReady(_ limit: Int) -> ArraySlice<FetchCourse> {
    let ready = waiting.prefix(isStopped ? .max : max(0, limit - running.count))
    waiting.removeFirst(ready.count)
    running += ready
    return ready
  }

  fileprivate mutating func end(_ course: FetchCourse) {
    running.removeAll { $0 === course }
    if let id = course.id, courses[id] === course { courses[id] = nil }
  }

  fileprivate mutating func stop() -> [FetchCourse] {
    isStopped = true
    return running + waiting
  }
}
