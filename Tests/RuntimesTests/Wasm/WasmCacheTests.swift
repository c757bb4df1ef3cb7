import Glibc
import IO
import Primitives
import Security
import Testing

@testable import Runtimes

/// The cache knows nothing of what compiles: here that is a stand-in which turns the bytes round.
struct WasmCacheTests {
  final class Compiler: Sendable {
    let calls = Locked(0)
    let fails = Locked(false)

    func compile(_ module: SealedImage) throws -> SealedImage {
      calls.withLock { $0 += 1 }
      if fails.withLock({ $0 }) { throw RuntimeError(.damaged, "no module") }
      return try SealedImage(module.bytes.reversed())
    }
  }

  /// How many are at it, and were at most.
  final class Meter: Sendable {
    private let state = Locked((now: 0, most: 0))

    var most: Int { state.withLock { $0.most } }

    func begin() {
      state.withLock {
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
    }

    func end() { state.withLock { $0.now -= 1 } }
  }

  /// A clock that stands until it is pushed.
  final class Now: Sendable {
    private let instant = Locked(Instant(nanoseconds: 0))

    var clock: @Sendable () -> Instant { { self.instant.withLock { $0 } } }

    func advance(by time: Duration) { instant.withLock { $0 = $0.advanced(by: time) } }
  }

  /// A cache with what compiles for it.
  struct Kept: Sendable {
    let cache: WasmCache
    let compiler: Compiler

    var counts: WasmCache.Counts { cache.counts }

    func image(_ module: SealedImage, _ mode: WasmMode) async throws -> SealedImage {
      try await cache.image(module, mode) { module, _ in try compiler.compile(module) }
    }
  }

  /// What a cache needs; several caches may share one, as a node started again does.
  final class Lab {
    let folder: String
    let key = SecretBytes.random(count: 32)
    let compiler = Compiler()
    let now = Now()

    init() throws {
      var template = Array("/tmp/apus-cache-XXXXXX".utf8CString)
      let made = mkdtemp(&template)
      folder = String(cString: try #require(made))
    }

    deinit {
      for name in names { unlink("\(folder)/\(name)") }
      rmdir(folder)
    }

    func cache(
      key: SecretBytes? = nil, machine: String = "a", limits: WasmCache.Limits = .init()
    ) throws -> Kept {
      let cache = try WasmCache(
        folder: folder, key: key ?? self.key, machine: WasmCache.processor(information: machine),
        limits: limits, clock: now.clock)
      return Kept(cache: cache, compiler: compiler)
    }

    var calls: Int { compiler.calls.withLock { $0 } }

    var names: [String] {
      guard let stream = opendir(folder) else { return [] }
      defer { closedir(stream) }
      var names: [String] = []
      while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) {
          String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        if !name.hasPrefix(".") { names.append(name) }
      }
      return names.sorted()
    }

    /// Changes one byte of the only file.
    func change(at place: Int) throws {
      let file = try #require(fopen("\(folder)/\(names[0])", "r+"))
      fseek(file, place, SEEK_SET)
      let old = fgetc(file)
      fseek(file, place, SEEK_SET)
      fputc(Int32(UInt8(truncatingIfNeeded: old) ^ 1), file)
      fclose(file)
    }
  }

  static let module: [UInt8] = Array(0..<200)

  @Test func `a module is compiled once, also by a node that starts again`() async throws {
    let lab = try Lab()
    let first = try lab.cache()
    for _ in 0..<3 {
      let image = try await first.image(SealedImage(Self.module), .fast)
      #expect(try image.bytes == Self.module.reversed())
    }
    #expect(first.counts == .init(memory: 2, disk: 0, compiled: 1, unkept: 0))
    let second = try lab.cache()
    let image = try await second.image(SealedImage(Self.module), .fast)
    #expect(try image.bytes == Self.module.reversed())
    #expect(second.counts.disk == 1)
    #expect(lab.calls == 1)
  }

  @Test func `mode, processor and module each make another compiled form`() async throws {
    let lab = try Lab()
    let cache = try lab.cache()
    for mode in WasmMode.allCases { _ = try await cache.image(SealedImage(Self.module), mode) }
    _ = try await cache.image(SealedImage([1]), .fast)
    _ = try await lab.cache(machine: "flags: b").image(SealedImage(Self.module), .fast)
    #expect(lab.calls == 5)
    #expect(lab.names.count == 5)
  }

  @Test(arguments: [0, 31, 32, 100, 231])
  func `a poisoned file is removed and built again`(place: Int) async throws {
    let lab = try Lab()
    _ = try await lab.cache().image(SealedImage(Self.module), .fast)
    try lab.change(at: place)
    let again = try lab.cache()
    let image = try await again.image(SealedImage(Self.module), .fast)
    #expect(try image.bytes == Self.module.reversed())
    #expect(again.counts == .init(memory: 0, disk: 0, compiled: 1, unkept: 0))
    // What stands there now is good.
    _ = try await lab.cache().image(SealedImage(Self.module), .fast)
    #expect(lab.calls == 2)
  }

  @Test func `a file of another node, of another module, or cut short, is not trusted`()
    async throws
  {
    let lab = try Lab()
    _ = try await lab.cache().image(SealedImage(Self.module), .fast)
    let other = try lab.cache(key: .random(count: 32))
    _ = try await other.image(SealedImage(Self.module), .fast)
    #expect(lab.calls == 2)
    // The good file of one module under the name of another.
    _ = try await lab.cache().image(SealedImage([7]), .fast)
    let names = lab.names
    #expect(lab.calls == 3)
    #expect(names.count == 2)
    rename("\(lab.folder)/\(names[0])", "\(lab.folder)/\(names[1])")
    let before = lab.calls
    let cache = try lab.cache()
    let one = try await cache.image(SealedImage(Self.module), .fast)
    let two = try await cache.image(SealedImage([7]), .fast)
    #expect(try (one.bytes, two.bytes) == (Self.module.reversed(), [7]))
    #expect(lab.calls == before + 2)
    for name in lab.names { truncate("\(lab.folder)/\(name)", 20) }
    _ = try await lab.cache().image(SealedImage([7]), .fast)
    #expect(lab.calls == before + 3)
  }

  @Test func `a link in the folder is not followed`() async throws {
    let lab = try Lab()
    _ = try await lab.cache().image(SealedImage(Self.module), .fast)
    let place = "\(lab.folder)/\(lab.names[0])"
    let elsewhere = "\(lab.folder)/elsewhere"
    rename(place, elsewhere)
    symlink(elsewhere, place)
    _ = try await lab.cache().image(SealedImage(Self.module), .fast)
    #expect(lab.calls == 2)
  }

  @Test func `what was used longest ago goes first`() async throws {
    let lab = try Lab()
    var limits = WasmCache.Limits()
    limits.diskBytes = 3 * 232
    for number in 0..<3 as Range<UInt8> {
      let module = [number] + Self.module.dropFirst()
      _ = try await lab.cache(limits: limits).image(SealedImage(module), .fast)
    }
    #expect(lab.names.count == 3)
    // The first is used again, so the second is the oldest.
    _ = try await lab.cache(limits: limits).image(SealedImage(Self.module), .fast)
    #expect(lab.calls == 3)
    _ = try await lab.cache(limits: limits).image(SealedImage([9] + Self.module), .fast)
    _ = try await lab.cache(limits: limits).image(SealedImage(Self.module), .fast)
    #expect(lab.calls == 4)
    #expect(lab.names.count <= 3)
  }

  @Test func `memory keeps no more than its limit`() async throws {
    let lab = try Lab()
    var limits = WasmCache.Limits()
    limits.memoryBytes = 450
    let cache = try lab.cache(limits: limits)
    for number in 0..<4 as Range<UInt8> {
      _ = try await cache.image(SealedImage([number] + Self.module.dropFirst()), .fast)
    }
    _ = try await cache.image(SealedImage([3] + Self.module.dropFirst()), .fast)
    _ = try await cache.image(SealedImage([0] + Self.module.dropFirst()), .fast)
    #expect(cache.counts == .init(memory: 1, disk: 1, compiled: 4, unkept: 0))
  }

  @Test func `many who want the same module wait for one who compiles it`() async throws {
    let lab = try Lab()
    let cache = try lab.cache()
    let module = try SealedImage(Self.module)
    try await withThrowingTaskGroup(of: SealedImage.self) { group in
      for _ in 0..<50 { group.addTask { try await cache.image(module, .fast) } }
      for try await image in group { #expect(image.count == 200) }
    }
    #expect(lab.calls == 1)
  }

  @Test func `a module that does not compile is tried again after a while`() async throws {
    let lab = try Lab()
    let cache = try lab.cache()
    lab.compiler.fails.withLock { $0 = true }
    for _ in 0..<3 {
      await #expect(throws: RuntimeError(.damaged, "no module")) {
        try await cache.image(SealedImage(Self.module), .fast)
      }
    }
    #expect(lab.calls == 1)
    lab.compiler.fails.withLock { $0 = false }
    // In another mode it may be well.
    _ = try await cache.image(SealedImage(Self.module), .metered)
    lab.now.advance(by: WasmCache.Limits().failureTime)
    _ = try await cache.image(SealedImage(Self.module), .fast)
    #expect(lab.calls == 3)
  }

  @Test func `of failures the last are remembered, and none that may pass`() async throws {
    let lab = try Lab()
    var limits = WasmCache.Limits()
    limits.failures = 2
    let cache = try lab.cache(limits: limits)
    lab.compiler.fails.withLock { $0 = true }
    for number in [1, 2, 3, 3, 2, 1] as [UInt8] {
      _ = try? await cache.image(SealedImage([number]), .fast)
    }
    #expect(lab.calls == 4)
    let calls = Locked(0)
    for _ in 0..<2 {
      await #expect(throws: RuntimeError(.busy, "later")) {
        try await cache.cache.image(SealedImage([9]), .fast) { _, _ in
          calls.withLock { $0 += 1 }
          throw RuntimeError(.busy, "later")
        }
      }
    }
    #expect(calls.withLock { $0 } == 2)
  }

  @Test func `no more are compiled at once than may be`() async throws {
    let lab = try Lab()
    var limits = WasmCache.Limits()
    limits.compilers = 2
    let cache = try lab.cache(limits: limits).cache
    let meter = Meter()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<20 as Range<UInt8> {
        group.addTask {
          _ = try await cache.image(SealedImage([number]), .fast) { module, _ in
            meter.begin()
            for _ in 0..<20 { await Task.yield() }
            meter.end()
            return module
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(meter.most == 2)
    #expect(cache.counts.compiled == 20)
  }

  @Test func `who waits for a turn may give up, and too many are turned away`() async throws {
    let turns = CompilerTurns(count: 1, waiting: 1)
    let (begun, end) = (Gate(), Gate())
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await turns.run {
          begun.open()
          await end.wait()
        }
      }
      await begun.wait()
      let endings = await withTaskGroup(of: (any Error)?.self) { waiting in
        for _ in 0..<2 {
          waiting.addTask {
            do { try await turns.run {} } catch { return error }
            return nil
          }
        }
        // One of both finds the queue full; the other waits until it is cancelled.
        let first = await waiting.next()
        waiting.cancelAll()
        return [first ?? nil, await waiting.next() ?? nil]
      }
      #expect((endings[0] as? RuntimeError)?.code == .busy)
      #expect(endings[1] is CancellationError)
      end.open()
      try await group.waitForAll()
    }
    // Its turn is free again.
    #expect(try await turns.run { true })
  }

  @Test func `what a crash left unfinished is removed, and a full disk stops nobody`() async throws
  {
    let lab = try Lab()
    close(open("\(lab.folder)/abc.0123.new", O_CREAT | O_WRONLY, 0o600))
    _ = try lab.cache()
    #expect(lab.names.isEmpty)
    var limits = WasmCache.Limits()
    limits.diskBytes = 100
    let cache = try lab.cache(limits: limits)
    _ = try await cache.image(SealedImage(Self.module), .fast)
    #expect(cache.counts.unkept == 1)
    #expect(lab.names.isEmpty)
  }

  @Test func `a sealed image cannot be changed by anybody`() throws {
    let image = try SealedImage(Self.module)
    #expect(pwrite(image.descriptor, [0], 1, 0) < 0)
    #expect(ftruncate(image.descriptor, 0) < 0)
    #expect(mmap(nil, 1, PROT_WRITE, MAP_SHARED, image.descriptor, 0) == MAP_FAILED)
    #expect(try image.bytes == Self.module)
  }
}
