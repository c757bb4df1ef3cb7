import Glibc
package import IO
import Primitives

/// What this machine has, as far as it can be found out.
package struct MachineSpecs: Hashable, Sendable {
  package struct GPU: Hashable, Sendable {
    package enum Vendor: String, Hashable, Sendable { case nvidia, amd }

    package var vendor: Vendor
    package var name: String
    package var memoryBytes: UInt64

    package init(vendor: Vendor, name: String, memoryBytes: UInt64) {
      self.vendor = vendor
      self.name = name
      self.memoryBytes = memoryBytes
    }
  }

  /// That this process may run on.
  package var cores: Int
  package var processor: String
  /// `x86_64`, `aarch64`.
  package var architecture: String
  package var memoryBytes: UInt64
  /// Of the file system that holds the state folder.
  package var diskBytes: UInt64
  package var gpus: [GPU]
}

/// How busy this machine is, at one moment.
package struct MachineLoad: Hashable, Sendable {
  /// Tasks that run or want to, averaged over a minute.
  package var running: Double
  package var memoryAvailable: UInt64
  package var diskAvailable: UInt64
}

/// Looks at the machine. Specs take up to a few seconds, because of the vendors' tools; the load
/// is three small reads.
package struct SpecsDetection: Sendable {
  package struct Limits: Sendable {
    /// For one vendor's tool.
    package var toolTime = Duration.seconds(5)
    package var toolBytes = 64 * 1024
    package var fileBytes = 1 << 20
    package var gpus = 64
    package init() {}
  }

  /// One vendor's tool and how to read what it says.
  package struct Tool: Sendable {
    package var command: Command
    package var read: @Sendable (String) -> [MachineSpecs.GPU]

    package init(
      _ command: Command, read: @escaping @Sendable (String) -> [MachineSpecs.GPU]
    ) {
      self.command = command
      self.read = read
    }
  }

  /// The tools that vendors ship with their drivers.
  package static var tools: [Tool] {
    let environment = ["PATH": "/usr/bin:/bin:/usr/local/bin:/opt/rocm/bin", "LC_ALL": "C"]
    return [
      Tool(
        Command(
          "nvidia-smi", ["--query-gpu=name,memory.total", "--format=csv,noheader,nounits"],
          environment: environment), read: MachineReadings.nvidia),
      Tool(
        Command(
          "rocm-smi", ["--showproductname", "--showmeminfo", "vram", "--csv"],
          environment: environment), read: MachineReadings.amd),
    ]
  }

  private let folder: String
  private let tools: [Tool]
  private let limits: Limits

  /// `folder` is on the disk that counts.
  package init(
    folder: String, tools: [Tool] = SpecsDetection.tools, limits: Limits = Limits()
  ) {
    self.folder = folder
    self.tools = tools
    self.limits = limits
  }

  package func specs(on loop: EventLoop) async -> MachineSpecs {
    var gpus: [MachineSpecs.GPU] = []
    for tool in tools { gpus += await Self.gpus(tool, limits, on: loop) }
    return MachineSpecs(
      cores: LoopGroup.coreCount,
      processor: Self.file("/proc/cpuinfo", limits).flatMap(MachineReadings.processor) ?? "",
      architecture: Self.architecture,
      memoryBytes: Self.file("/proc/meminfo", limits).flatMap(MachineReadings.memory)?.total ?? 0,
      diskBytes: Self.disk(folder)?.total ?? 0, gpus: Array(gpus.prefix(limits.gpus)))
  }

  /// Cheap enough to ask every few seconds.
  package func load() -> MachineLoad {
    let memory = Self.file("/proc/meminfo", limits).flatMap(MachineReadings.memory)
    return MachineLoad(
      running: Self.file("/proc/loadavg", limits).flatMap(MachineReadings.load) ?? 0,
      memoryAvailable: memory?.available ?? 0, diskAvailable: Self.disk(folder)?.available ?? 0)
  }

  // MARK: - Tools

  /// Nothing when the tool is not there, fails or takes too long.
  private static func gpus(
    _ tool: Tool, _ limits: Limits, on loop: EventLoop
  ) async -> [MachineSpecs.GPU] {
    var command = tool.command
    command.output = .pipe
    let wanted = command
    do {
      let output = try await ChildProcess.running(
        wanted, on: loop, grace: .milliseconds(200)
      ) { child in
        let timer = loop.schedule(after: limits.toolTime) { child.send(.kill) }
        defer { loop.cancel(timer) }
        let bytes = try await read(child, limits.toolBytes)
        let exit = try await child.exit()
        return exit.isSuccess ? bytes : []
      }
      return tool.read(String(decoding: output, as: UTF8.self))
    } catch {
      return []
    }
  }

  private static func read(_ child: ChildProcess, _ most: Int) async throws -> [UInt8] {
    guard let stream = child.stream else { return [] }
    var bytes: [UInt8] = []
    while try await stream.read({ bytes += $0 }) {
      if bytes.count > most {
        child.send(.kill)
        return []
      }
    }
    return bytes
  }

  // MARK: - Files

  private static func file(_ path: String, _ limits: Limits) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 16 * 1024)
    while bytes.count < limits.fileBytes {
      let count = Glibc.read(descriptor, &piece, piece.count)
      if count <= 0 { break }
      bytes += piece[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func disk(_ folder: String) -> (total: UInt64, available: UInt64)? {
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else { return nil }
    let block = UInt64(status.f_frsize)
    return (UInt64(status.f_blocks) * block, UInt64(status.f_bavail) * block)
  }

  private static var architecture: String {
    var names = utsname()
    guard uname(&names) == 0 else { return "" }
    return withUnsafeBytes(of: names.machine) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
