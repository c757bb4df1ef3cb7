import CSystem
import Glibc
import IO
import Primitives
import Security

// What the keeper does for wasm: finds the library, has modules compiled, vouches for the result.
extension Boxes {
  /// Looks for the library and compares its bytes, on a thread for that: a node serves meanwhile.
  func findLibrary() async {
    let result: Result<String, RuntimeError>
    do throws(RuntimeError) {
      if let library {
        result = .success(try await Box.blocking(library))
      } else if let named = settings.wasmLibrary {
        result = .success(named)
      } else {
        throw RuntimeError(.absent, "wasm has no library here; \(WasmLibrary.mend)")
      }
    } catch {
      result = .failure(error)
      if library != nil, rules.allows(.wasm) {
        Logger("Runtimes").warning("wasm cannot be run", LogField("why", error.message))
      }
    }
    libraryFound.withLock { $0 = result }
    libraryGate.open()
  }

  /// As the settings have it, once the library is known.
  func settingsWithLibrary() async throws(RuntimeError) -> BoxSettings {
    await libraryGate.wait()
    guard let found = libraryFound.withLock({ $0 }) else { throw Self.closed }
    var settings = settings
    settings.wasmLibrary = try found.get()
    return settings
  }

  /// The compiled form of the attempt's module; nil when only the box can find that.
  func image(for attempt: Attempt) async throws(RuntimeError) -> SealedImage? {
    guard let cache else { return nil }
    let limit = settings.limits.moduleBytes
    if let image = try await knownImage(for: attempt, cache) { return image }
    let module = try await Box.blocking(on: Box.copies) { () throws(RuntimeError) in
      try Self.module(of: attempt, cache.known, limit: limit)
    }
    guard let module else { return nil }
    do {
      let mode = WasmMode(BoxAttempt(attempt))
      return try await cache.image(module, mode) { try await self.compile($0, $1) }
    } catch {
      switch error {
      case let error as RuntimeError: throw error
      case is CancellationError:
        throw Self.givenUp
      default: throw RuntimeError(.busy, "\(error)")
      }
    }
  }

  /// The same without reading the module: its file is known and nobody has touched it since.
  private func knownImage(
    for attempt: Attempt, _ cache: WasmCache
  ) async throws(RuntimeError) -> SealedImage? {
    guard cache.known.count > 0 else { return nil }
    let mode = WasmMode(BoxAttempt(attempt))
    return try await Box.blocking {
      let file = Self.open(moduleOf: attempt)
      guard file >= 0 else { return nil }
      defer { close(file) }
      return cache.known.digest(of: file).flatMap { cache.kept($0, mode) }
    }
  }

  private static func module(
    of attempt: Attempt, _ known: KnownModules, limit: Int
  ) throws(RuntimeError) -> SealedImage? {
    let file = open(moduleOf: attempt)
    guard file >= 0 else { return nil }
    defer { close(file) }
    return try known.read(file, limit: limit)
  }

  /// Negative when there is none. The descriptor is the caller's.
  private static func open(moduleOf attempt: Attempt) -> Int32 {
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK
    if let file = attempt.file { return Glibc.open(file, flags) }
    guard let folder = attempt.folder, attempt.program.hasPrefix("/in/") else { return -1 }
    let root = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard root >= 0 else { return -1 }
    defer { close(root) }
    // The inputs are somebody's: no link in them leads the keeper out of them.
    return apus_openat_beneath(root, String(attempt.program.dropFirst(4)), UInt64(flags), 0)
  }

  /// In a box of its own that nobody uses before or after: what somebody's module may do to the
  /// compiler must not touch what it makes of another's.
  private func compile(
    _ module: SealedImage, _ mode: WasmMode
  ) async throws(RuntimeError) -> SealedImage {
    let number = Hex.encode(SecureRandom.bytes(8))
    var attempt = Attempt(.wasm, creator: "compiler-\(number)", "module")
    var settings = try await settingsWithLibrary()
    settings.rules = rules
    attempt.limits = settings.compileLimits
    var inside = BoxAttempt(attempt)
    inside.verb = .compile
    inside.isMetered = mode == .metered
    inside.seed = mode == .deterministic ? 0 : nil
    let key = BoxShelf.Key(
      creator: attempt.creator, plan: settings.plan(for: attempt))
    let product = try SealedImage.Draft()
    let result = try await run(inside, key, descriptors: [module.descriptor], into: product)
    switch result.ending {
    case .exited(status: 0):
      return try await Box.blocking(on: Box.copies) { () throws(RuntimeError) in
        try product.sealed()
      }
    case .refused(let error): throw error
    case .timedOut:
      throw RuntimeError(.refused, "the module takes too long to compile: make it smaller")
    case .outOfMemory:
      throw RuntimeError(.refused, "the module takes too much memory to compile: make it smaller")
    case .exited, .signalled, .outputLimit, .trapped, .killed:
      throw RuntimeError(.lost, "the module could not be compiled: the compiler's box ended")
    }
  }

  private func run(
    _ inside: BoxAttempt, _ key: BoxShelf.Key, descriptors: [Int32], into product: SealedImage.Draft
  ) async throws(RuntimeError) -> AttemptResult {
    let lease = try await obtain(key, Work(program: "compiler", since: .now()))
    defer { release(lease.number, isGood: false) }
    return try await endingIfCancelled(lease) { () async throws(RuntimeError) in
      try await lease.box.run(inside, descriptors: descriptors) {
        (stream, bytes) async throws(RuntimeError) in
        guard stream == .product else { return }
        try await Box.blocking(on: Box.copies) { () throws(RuntimeError) in try product.add(bytes) }
      }
    }
  }
}
