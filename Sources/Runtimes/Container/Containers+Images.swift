import HTTP
import IO
import Primitives

// Where the image of an attempt comes from, and how much of what came for attempts stays.
extension Containers {
  /// An image for one attempt.
  struct Loan: Sendable {
    var image: ContainerEngine.Image
    /// Set when it is here for attempts alone: it goes for others once nobody has it.
    var name: String?
  }

  /// The image of an attempt; nil when its time was over before it was there.
  func loan(
    for attempt: Attempt, pulls: Bool, until deadline: Instant, _ engine: ContainerEngine,
    _ progress: @escaping ContainerEngine.ProgressSink
  ) async throws(RuntimeError) -> Loan? {
    try await timely(deadline) { () async throws(RuntimeError) in
      let loan = try await self.image(of: attempt, pulls, until: deadline, engine, progress)
      if loan.name != nil { await self.trimImages(engine) }
      return loan
    }
  }

  func giveBack(_ loan: Loan) {
    if let name = loan.name { state.withLock { $0.images.leave(name) } }
  }

  /// Nil when the time is over first. Fails when the node stops.
  private func timely<Value: Sendable>(
    _ deadline: Instant, _ body: @escaping @Sendable () async throws(RuntimeError) -> Value
  ) async throws(RuntimeError) -> Value? {
    let outcome: Result<Value?, RuntimeError> = await withTaskGroup(
      of: Result<Value?, RuntimeError>?.self
    ) { group in
      group.addTask {
        do throws(RuntimeError) {
          return .success(try await body())
        } catch {
          return .failure(error)
        }
      }
      group.addTask {
        do throws(SystemError) {
          try await self.loop.sleep(until: deadline)
          return .success(nil)
        } catch {
          return nil
        }
      }
      group.addTask {
        await self.closing.wait()
        return Task.isCancelled ? nil : .failure(Self.stops)
      }
      for await outcome in group {
        guard let outcome else { continue }
        group.cancelAll()
        return outcome
      }
      return .failure(Self.stops)
    }
    return try outcome.get()
  }

  private func image(
    of attempt: Attempt, _ pulls: Bool, until deadline: Instant, _ engine: ContainerEngine,
    _ progress: ContainerEngine.ProgressSink
  ) async throws(RuntimeError) -> Loan {
    if let path = attempt.file, try Self.isFolder(path) {
      return try await image(builtFrom: path, for: attempt.creator, engine, progress)
    }
    guard attempt.file != nil || attempt.program.hasPrefix("/in/") else {
      let (image, isNew) = try await image(attempt.program, pulls: pulls, engine, progress)
      // What its owner fetches is the owner's to remove.
      let isOurs = isNew && attempt.creator != SharingState.owner
      let known = isOurs || state.withLock { $0.images.has(attempt.program) }
      return known ? use(image, as: attempt.program) : Loan(image: image)
    }
    let most = settings.limits.archiveBytes
    let archive = try await Box.blocking(on: Box.copies) { () throws(RuntimeError) in
      try ImageArchive(Self.archive(of: attempt), most: most) { Instant.now() < deadline }
    }
    if let known = try await engine.image(archive.name) { return use(known, as: archive.name) }
    try await engine.load { stream in try await archive.write { try await stream.write($0) } }
    guard let loaded = try await engine.image(archive.name) else {
      throw RuntimeError(.failed, "the container engine took an image and does not have it")
    }
    return use(loaded, as: archive.name)
  }

  private func use(_ image: ContainerEngine.Image, as name: String) -> Loan {
    state.withLock { $0.images.use(name, bytes: image.bytes) }
    return Loan(image: image, name: name)
  }

  /// The one descriptor from which the archive is read. What lies among the inputs is reached by
  /// no link. Blocks.
  static func archive(of attempt: Attempt) throws(RuntimeError) -> FileHandle {
    let opening = FileOpening(writes: false, followsLinks: false)
    let path = attempt.file ?? attempt.program
    do {
      if let file = attempt.file { return try FileHandle(path: file, opening) }
      let names = try ResultFolder.names(String(attempt.program.dropFirst(4)))
      guard let folder = attempt.folder, let name = names.last else {
        throw RuntimeError(.absent, "\(path) is not there: the attempt has no inputs")
      }
      return try FolderHandle(folder).folder(Array(names.dropLast())).file(String(name), opening)
    } catch let error as RuntimeError {
      throw error
    } catch let error as SystemError {
      throw error.code == .notFound
        ? RuntimeError(.absent, "there is no image at \(path)") : RuntimeError(error)
    } catch {
      preconditionFailure("opening an image threw \(error)")
    }
  }

  private static func isFolder(_ path: String) throws(RuntimeError) -> Bool {
    do throws(SystemError) {
      guard let info = try FolderHandle.look(at: path) else {
        throw SystemError(.notFound, "there is no image at \(path)")
      }
      return info.kind == .folder
    } catch {
      throw RuntimeError(error)
    }
  }

  /// Building runs what the Dockerfile says, by the engine and without our limits.
  private func image(
    builtFrom folder: String, for creator: String, _ engine: ContainerEngine,
    _ progress: ContainerEngine.ProgressSink
  ) async throws(RuntimeError) -> Loan {
    guard creator == SharingState.owner else {
      throw RuntimeError(
        .refused, "images are built for the owner of a machine alone: give one that is built")
    }
    let template = try await Box.blocking { () throws(RuntimeError) in
      try ContainerTemplate(folder)
    }
    let tag = try await engine.build(template, progress)
    guard let built = try await engine.image(tag) else {
      throw RuntimeError(.failed, "the container engine built an image and does not have it")
    }
    return use(built, as: tag)
  }

  /// One that the engine has, or that it may fetch; says whether it did.
  func image(
    _ reference: String, pulls: Bool, _ engine: ContainerEngine,
    _ progress: ContainerEngine.ProgressSink = { _ in }
  ) async throws(RuntimeError) -> (image: ContainerEngine.Image, isNew: Bool) {
    if let known = try await engine.image(reference) { return (known, false) }
    guard settings.pulls else {
      throw RuntimeError(
        .absent,
        "there is no image \(reference) here, and this node fetches none: load it "
          + "(docker load, docker pull)")
    }
    guard pulls else {
      throw RuntimeError(
        .absent,
        "there is no image \(reference) here, and for others than the owner only those are "
          + "fetched that runtimes.container.allowed names")
    }
    do throws(RuntimeError) {
      try await engine.pull(reference, progress)
    } catch {
      // Its disk is full, or nobody wants it any more.
      if error.code == .busy || error.code == .cancelled { throw error }
      throw RuntimeError(
        error.code,
        "\(error.message). There is no image \(reference) here: look at its name, and whether its "
          + "registry can be reached, or give the image as a file (docker save)")
    }
    guard let pulled = try await engine.image(reference) else {
      throw RuntimeError(.absent, "there is no image \(reference), here or in its registry")
    }
    return (pulled, true)
  }

  // MARK: - Those that stay

  /// Those that attempts left in the engine, before this start too.
  func findImages(_ engine: ContainerEngine) async throws(RuntimeError) {
    for (name, bytes) in try await engine.images() {
      guard name.hasPrefix("apus-image:") || name.hasPrefix("apus-template-") else { continue }
      state.withLock { $0.images.find(name, bytes: bytes) }
    }
  }

  /// Removes those that were used longest ago until the rest is as many as may stay.
  private func trimImages(_ engine: ContainerEngine) async {
    var kept: Set<String> = []
    while let name = state.withLock({ $0.images.next(besides: kept) }) {
      do throws(RuntimeError) {
        try await engine.removeImage(name, evenIfUsed: false)
        state.withLock { $0.images.forget(name) }
      } catch {
        if error.code == .absent { state.withLock { $0.images.forget(name) } }
        // A container has it: the next one that comes tries again.
        kept.insert(name)
      }
    }
  }
}
