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
    let module = try await Box.blocking(on: Box.copies) { () throws(RuntimeError) in
      try Self.module(of: attempt, limit: limit)
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

  private static func module(
    of attempt: Attempt, limit: Int
  ) throws(RuntimeError) -> SealedImage? {
    if let file = attempt.file { return try sealed(file, limit) }
    guard let folder = attempt.folder, attempt.program.hasPrefix("/in/") else { return nil }
    let root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard root >= 0 else { return nil }
    defer { close(root) }
    // The inputs are somebody's: no link in them leads the keeper out of them.
    let flags = UInt64(O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    let path = String(attempt.program.dropFirst(4))
    return try sealed(apus_openat_beneath(root, path, flags, 0), limit)
  }

  private static func sealed(_ path: String, _ limit: Int) throws(RuntimeError) -> SealedImage? {
    try sealed(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), limit)
  }

  /// Takes the descriptor over; nil when there is no file.
  private static func sealed(_ file: Int32, _ limit: Int) throws(RuntimeError) -> SealedImage? {
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = apus_status()
    guard apus_status(file, &status) == 0, status.mode & S_IFMT == S_IFREG else { return nil }
    return try SealedImage(of: file, limit: limit)
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
