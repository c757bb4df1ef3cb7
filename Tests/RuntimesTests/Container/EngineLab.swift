import Foundation
import Glibc
import Primitives
import Testing

@testable import IO
@testable import Runtimes

/// Container engines of the tests' own, beside whatever the machine has: started here, with all
/// they keep in a folder of theirs, and gone afterwards.
final class EngineLab: Sendable {
  @TaskLocal static var all: [EngineLab] = []

  let kind: ContainerEngine.Kind
  let folder: String
  let loops: LoopGroup
  let engine: ContainerEngine

  /// An image of busybox that every engine has.
  static let image = "apus-test:busybox"

  private init(
    _ kind: ContainerEngine.Kind, _ folder: String, _ loops: LoopGroup, _ engine: ContainerEngine
  ) {
    self.kind = kind
    self.folder = folder
    self.loops = loops
    self.engine = engine
  }

  // MARK: - Programs

  /// Where `Scripts/setup --tests` unpacks engines.
  static let unpacked = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../.build/engines").standardizedFileURL.path

  static let search =
    ["sbin", "bin"].map { "\(unpacked)/usr/\($0)" } + ["\(unpacked)/bin"]
    + ["/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]

  static func program(_ name: String) -> String? {
    search.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }

  /// Why an engine cannot run; nil when it can, as far as one sees.
  static func absence(of kind: ContainerEngine.Kind) -> String? {
    let needed =
      kind == .docker ? ["dockerd", "containerd", "runc"] : ["podman", "conmon", "runc"]
    let missing = (needed + ["busybox"]).filter { program($0) == nil }
    if geteuid() != 0 { return "only root starts \(kind.rawValue) here" }
    return missing.isEmpty
      ? nil : "there is no \(missing.joined(separator: ", ")): run Scripts/setup --tests"
  }

  static let canRun = {
    let reasons = [ContainerEngine.Kind.docker, .podman].compactMap { kind in
      absence(of: kind).map { "\(kind.rawValue): \($0)" }
    }
    for reason in reasons { print("tests of containers leave out \(reason)") }
    return reasons.count < 2
  }()

  // MARK: - Life

  /// Engines that run for as long as `body`.
  static func withAll(_ body: @Sendable @concurrent () async throws -> Void) async throws {
    try await with(.docker, []) { docker in
      try await with(.podman, docker) { both in
        try await $all.withValue(both) { try await body() }
      }
    }
  }

  private static func with(
    _ kind: ContainerEngine.Kind, _ others: [EngineLab],
    _ body: @Sendable ([EngineLab]) async throws -> Void
  ) async throws {
    if absence(of: kind) != nil { return try await body(others) }
    let folder = "/tmp/apus-engine-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    let loops = try LoopGroup(count: 1)
    defer {
      loops.stop()
      unmount(below: folder)
      try? FileManager.default.removeItem(atPath: folder)
    }
    let log = open("\(folder)/log", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    defer { close(log) }
    var command = try kind == .docker ? docker(folder) : podman(folder)
    command.output = .descriptor(log)
    command.errors = .descriptor(log)
    try await ChildProcess.running(command, on: loops.next(), grace: .seconds(30)) { child in
      let started = try await connect("\(folder)/socket", child, on: loops.next())
      guard let engine = started else {
        let text = try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)
        print("tests of containers leave out \(kind.rawValue): it does not start\n\(text ?? "")")
        return try await body(others)
      }
      let lab = EngineLab(kind, folder, loops, engine)
      try await engine.importFiles(busybox(), as: image)
      let result: Result<Void, any Error>
      do { result = .success(try await body(others + [lab])) } catch { result = .failure(error) }
      await engine.close()
      try result.get()
    }
  }

  private static func connect(
    _ socket: String, _ child: ChildProcess, on loop: EventLoop
  ) async throws -> ContainerEngine? {
    let deadline = Instant.now().advanced(by: .seconds(60))
    while Instant.now() < deadline, child.exitIfEnded == nil {
      do {
        return try await ContainerEngine.connect(to: EngineAddress(socket: socket), on: loop)
      } catch {
        try await loop.sleep(for: .milliseconds(50))
      }
    }
    return nil
  }

  private static var environment: [String: String] {
    ["PATH": search.joined(separator: ":"), "LD_LIBRARY_PATH": "\(unpacked)/usr/lib"]
  }

  private static func docker(_ folder: String) throws -> Command {
    Command(
      try #require(program("dockerd")),
      [
        "--bridge=none", "--iptables=false", "--ip6tables=false", "--userland-proxy=false",
        "--data-root=\(folder)/data", "--exec-root=\(folder)/exec", "--pidfile=\(folder)/pid",
        "--host=unix://\(folder)/socket",
      ], environment: environment)
  }

  private static func podman(_ folder: String) throws -> Command {
    let runc = try #require(program("runc"))
    let settings = """
      [containers]
      default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
      [engine]
      conmon_env_vars = [\(environment.map { "\"\($0.key)=\($0.value)\"" }.joined(separator: ", "))]
      conmon_path = ["\(try #require(program("conmon")))"]
      runtime = "runc"
      events_logger = "file"
      exit_command_delay = 1
      [engine.runtimes]
      runc = ["\(runc)"]
      """
    let home = "\(folder)/.config/containers"
    try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
    try settings.write(toFile: "\(folder)/conf", atomically: false, encoding: .utf8)
    try #"{"default":[{"type":"insecureAcceptAnything"}]}"#
      .write(toFile: "\(home)/policy.json", atomically: false, encoding: .utf8)
    var variables = environment
    variables["CONTAINERS_CONF"] = "\(folder)/conf"
    variables["HOME"] = folder
    return Command(
      try #require(program("podman")),
      [
        "--root=\(folder)/root", "--runroot=\(folder)/run", "--tmpdir=\(folder)/tmp",
        "--storage-driver=vfs", "--cgroup-manager=cgroupfs", "system", "service", "--time=0",
        "unix://\(folder)/socket",
      ], environment: variables)
  }

  /// What an engine that was killed left mounted.
  private static func unmount(below folder: String) {
    let mounts = (try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)) ?? ""
    for line in mounts.split(separator: "\n").reversed() {
      let parts = line.split(separator: " ")
      if parts.count > 1, parts[1].hasPrefix(folder) {
        umount2(String(parts[1]), Int32(MNT_DETACH))
      }
    }
  }

  /// A root with busybox under the names that the tests use.
  static func busybox() throws -> [UInt8] {
    let path = try #require(program("busybox"))
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    var tar: [UInt8] = []
    for folder in ["bin/", "in/", "work/", "tmp/", "etc/"] {
      tar += TarEntry(path: folder, kind: .folder, mode: 0o755).head(seconds: 0)
    }
    let entry = TarEntry(path: "bin/busybox", kind: .file, mode: 0o755, size: Int64(bytes.count))
    tar += entry.head(seconds: 0) + bytes + TarEntry.filling(entry.size)
    let names = """
      sh cat echo sleep true false ls id head tail dd mkdir env wc yes seq touch rm mount umount \
      kill ps grep tr nc ln mknod chmod chown ping wget hostname date sync find stat test sort cp
      """
    for name in names.split(separator: " ") {
      tar += TarEntry(path: "bin/\(name)", kind: .link, mode: 0o777, target: "busybox")
        .head(seconds: 0)
    }
    return tar + TarEntry.end
  }

  // MARK: - Attempts

  func attempt(_ script: String) -> Attempt {
    var attempt = Attempt(.container, creator: "somebody", Self.image, ["sh", "-c", script])
    attempt.limits.time = .seconds(60)
    return attempt
  }

  /// Containers that serve for as long as `body` runs.
  func serving<Value: Sendable>(
    node: String = "test-\(UUID().uuidString.prefix(8))",
    _ change: (inout ContainerSettings) -> Void = { $0.keeps = .zero },
    _ body: @Sendable (Containers) async throws -> Value
  ) async throws -> Value {
    var settings = ContainerSettings(folder: "\(folder)/attempts-\(node)", node: node)
    settings.pulls = false
    change(&settings)
    let containers = Containers(
      settings, environment: ["DOCKER_HOST": "unix://\(folder)/socket"], on: loops.next())
    let scope = ComponentScope()
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await containers.run(scope) }
      await scope.startedGate.wait()
      let result: Result<Value, any Error>
      do { result = .success(try await body(containers)) } catch { result = .failure(error) }
      scope.stopGate.open()
      try await group.waitForAll()
      return try result.get()
    }
  }

  /// One attempt in a container of its own.
  func run(_ attempt: Attempt) async throws -> AttemptResult {
    try await serving { try await $0.run(attempt) }
  }

  /// What of ours is left: containers and folders.
  func leftovers() async throws -> [String] {
    let all = try await engine.list(labels: [:]).map(\.name)
    let folders = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasPrefix("attempts-") }
      .flatMap { try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\($0)") }
    return all + folders
  }
}

/// Starts the engines once for a whole suite.
struct EngineTrait: SuiteTrait, TestScoping {
  func provideScope(
    for test: Test, testCase: Test.Case?,
    performing function: @Sendable @concurrent () async throws -> Void
  ) async throws {
    if EngineLab.canRun {
      try await EngineLab.withAll(function)
    } else {
      try await function()
    }
  }
}

extension Trait where Self == EngineTrait {
  static var engines: Self { Self() }
}
