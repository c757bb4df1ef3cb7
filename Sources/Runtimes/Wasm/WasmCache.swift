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
    @Sendable (_ module: SealedImage, WasmMode) async throws -> [UInt8]

  private struct State {
    /// The last one was used last.
    var kept: [(name: Digest, image: SealedImage)] = []
    /// Opens when the one who makes it is done, either way.
    var making: [Digest: Gate] = [:]
    var counts = Counts()
  }

  private let seals: WasmSeals
  private let limits: Limits
  private let machine: Digest
  private let pool = Box.copies
  private let state = Locked(State())

  /// `key` is this node's own and leaves it never. `machine` stands for the processor, see
  /// `processor`.
  package init(
    folder: String, key: SecretBytes, machine: Digest, limits: Limits = Limits()
  ) throws(RuntimeError) {
    seals = try WasmSeals(
      folder: folder, key: key, limit: limits.diskBytes, fileLimit: limits.imageBytes)
    self.limits = limits
    self.machine = machine
  }

  package var counts: Counts { state.withLock { $0.counts } }

  /// The compiled form of a module, by `compile` when nobody has made it before. Throws what that
  /// throws.
  package func image(
    _ module: SealedImage, _ mode: WasmMode, compile: Compile
  ) async throws -> SealedImage {
    let name = name(of: module, mode)
    while true {
      switch claim(name) {
      case .kept(let image): return image
      case .made(let gate):
        await gate.wait()
        try Task.checkCancellation()
      case .ours(let gate):
        defer { release(name, gate) }
        let image = try await make(name, module, mode, compile)
        keep(name, image)
        return image
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
    let bytes = try await compile(module, mode)
    if bytes.count > limits.imageBytes {
      throw RuntimeError(.refused, "the compiled form of the module is too large")
    }
    let (image, isKept) = try await pool.run {
      let image = try SealedImage(bytes)
      return (image, seals.write(name, image))
    }
    state.withLock {
      $0.counts.compiled += 1
      if !isKept { $0.counts.unkept += 1 }
    }
    return image
  }

  // MARK: What makes it the same

  /// Everything that the compiled form depends on.
  private func name(of module: SealedImage, _ mode: WasmMode) -> Digest {
    let library = WasmLibrary.digest?.bytes ?? []
    return .sha256(
      of: Array("apus wasm 1".utf8) + library + machine.bytes + [mode.rawValue]
        + module.digest.bytes)
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
    case made(Gate)
    case ours(Gate)
  }

  private func claim(_ name: Digest) -> Claim {
    state.withLock { state in
      if let place = state.kept.firstIndex(where: { $0.name == name }) {
        let found = state.kept.remove(at: place)
        state.kept.append(found)
        state.counts.memory += 1
        return .kept(found.image)
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

  private func release(_ name: Digest, _ gate: Gate) {
    state.withLock { $0.making[name] = nil }
    gate.open()
  }
}
