import Glibc
import IO
package import Primitives
package import Security

/// Compiles a module once per node, mode and processor, and keeps the result: in memory what was
/// used last, on disk the rest.
///
/// The daemon never compiles: whoever asks does it in a box of its own. The daemon never loads
/// either; it vouches for the bytes that a box gets, by a seal that is checked over exactly those.
package final class WasmCache: Sendable {
  package struct Limits: Sendable {
    /// Bytes of all compiled modules on disk.
    package var diskBytes: Int64 = 2 << 30
    /// Bytes of one.
    package var imageBytes = 512 << 20
    /// Bytes of those in memory.
    package var memoryBytes = 128 << 20
    /// How many are compiled at once, and how many may wait for their turn.
    package var compilers = 2
    package var waiting = 256
    /// For how long, and of how many, it is remembered that they do not compile.
    package var failureTime = Duration.seconds(60)
    package var failures = 1024
    package init() {}
  }

  /// What has happened since the start.
  package struct Counts: Sendable, Equatable {
    package var memory = 0
    package var disk = 0
    package var compiled = 0
    /// Compiled, but not kept: the disk is full or broken.
    package var unkept = 0
  }

  package typealias Compile =
    @Sendable (_ module: SealedImage, WasmMode) async throws -> SealedImage

  private struct State {
    /// The last one was used last.
    var kept: [(name: Digest, image: SealedImage)] = []
    /// Opens when the one who makes it is done, either way.
    var making: [Digest: Gate] = [:]
    /// The last one failed last.
    var failed: [(name: Digest, error: RuntimeError, until: Instant)] = []
    var counts = Counts()
  }

  private let seals: WasmSeals
  private let limits: Limits
  private let machine: Digest
  private static let library = WasmLibrary.digest?.bytes ?? []
  /// Files whose bytes need not be read again.
  let known = KnownModules()
  private let pool = Box.copies
  private let state = Locked(State())
  private let turns: CompilerTurns
  private let clock: @Sendable () -> Instant

  /// `key` is this node's own and leaves it never. `machine` stands for the processor, see
  /// `processor`.
  package init(
    folder: String, key: SecretBytes, machine: Digest, limits: Limits = Limits(),
    clock: @escaping @Sendable () -> Instant = Instant.now
  ) throws(RuntimeError) {
    seals = try WasmSeals(
      folder: folder, key: key, limit: limits.diskBytes, fileLimit: limits.imageBytes)
    self.limits = limits
    self.machine = machine
    self.clock = clock
    turns = CompilerTurns(count: limits.compilers, waiting: limits.waiting)
  }

  package var counts: Counts { state.withLock { $0.counts } }

  /// The compiled form of a module, by `compile` when nobody has made it before. Throws what that
  /// throws.
  package func image(
    _ module: SealedImage, _ mode: WasmMode, compile: Compile
  ) async throws -> SealedImage {
    let name = name(of: module.digest, mode)
    while true {
      switch claim(name) {
      case .kept(let image): return image
      case .failed(let error): throw error
      case .made(let gate):
        await gate.wait()
        try Task.checkCancellation()
      case .ours(let gate):
        defer { release(name, gate) }
        do {
          let image = try await make(name, module, mode, compile)
          keep(name, image)
          return image
        } catch let error as RuntimeError where Self.isOfModule(error) {
          remember(name, error)
          throw error
        }
      }
    }
  }

  private func make(
    _ name: Digest, _ module: SealedImage, _ mode: WasmMode, _ compile: Compile
  ) async throws -> SealedImage {
    let seals = seals
    if let image = try await pool.run({ seals.read(name) }) {
      state.withLock { $0.counts.disk += 1 }
      return image
    }
    let image = try await turns.run { try await compile(module, mode) }
    if image.count > limits.imageBytes {
      throw RuntimeError(.refused, "the compiled form of the module is too large")
    }
    let isKept = try await pool.run { seals.write(name, image) }
    state.withLock {
      $0.counts.compiled += 1
      if !isKept { $0.counts.unkept += 1 }
    }
    return image
  }

  // MARK: What makes it the same

  /// Everything that the compiled form depends on.
  private func name(of module: Digest, _ mode: WasmMode) -> Digest {
    .sha256(
      of: Array("apus wasm 1".utf8) + Self.library + machine.bytes + [mode.rawValue]
        + module.bytes)
  }

  /// The processor of this machine, for `machine`: code for one must not run on a lesser one.
  package static func processor(information: String) -> Digest {
    let wanted = ["vendor_id", "cpu family", "model", "flags", "Features", "CPU part"]
    let lines = information.split(separator: "\n").filter { line in
      wanted.contains { line.hasPrefix($0) }
    }
    return .sha256(of: Array(Set(lines).sorted().joined(separator: "\n").utf8))
  }

  package static func thisProcessor() -> Digest {
    processor(information: ControlFile.read("/proc/cpuinfo") ?? "")
  }

  // MARK: Memory

  private enum Claim {
    case kept(SealedImage)
    case failed(RuntimeError)
    case made(Gate)
    case ours(Gate)
  }

  /// The compiled form of a module of these bytes, when it is here.
  func kept(_ module: Digest, _ mode: WasmMode) -> SealedImage? {
    let name = name(of: module, mode)
    return state.withLock { state in
      guard let place = state.kept.firstIndex(where: { $0.name == name }) else { return nil }
      state.kept.append(state.kept.remove(at: place))
      state.counts.memory += 1
      return state.kept.last?.image
    }
  }

  private func claim(_ name: Digest) -> Claim {
    state.withLock { state in
      if let place = state.kept.firstIndex(where: { $0.name == name }) {
        let found = state.kept.remove(at: place)
        state.kept.append(found)
        state.counts.memory += 1
        return .kept(found.image)
      }
      let now = clock()
      state.failed.removeAll { $0.until <= now }
      if let failure = state.failed.first(where: { $0.name == name }) {
        return .failed(failure.error)
      }
      if let gate = state.making[name] { return .made(gate) }
      let gate = Gate()
      state.making[name] = gate
      return .ours(gate)
    }
  }

  private func keep(_ name: Digest, _ image: SealedImage) {
    state.withLock { state in
      state.kept.append((name, image))
      var total = state.kept.reduce(0) { $0 + $1.image.count }
      while total > limits.memoryBytes, state.kept.count > 1 {
        total -= state.kept.removeFirst().image.count
      }
    }
  }

  /// The same would come of it again; all else may be well the next time.
  private static func isOfModule(_ error: RuntimeError) -> Bool {
    error.code == .damaged || error.code == .refused
  }

  private func remember(_ name: Digest, _ error: RuntimeError) {
    let until = clock().advanced(by: limits.failureTime)
    state.withLock { state in
      if state.failed.count >= limits.failures { state.failed.removeFirst() }
      state.failed.append((name, error, until))
    }
  }

  private func release(_ name: Digest, _ gate: Gate) {
    state.withLock { $0.making[name] = nil }
    gate.open()
  }
}
