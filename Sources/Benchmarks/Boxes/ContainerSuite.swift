import Glibc
import IO
import Primitives
import Runtimes

/// An attempt in a fresh container and in a kept one, against curl that asks the same engine for
/// the same container.
struct ContainerSuite: Suite {
  let name = "container-attempt"
  let abstract = "a tiny attempt in a container, against curl driving the engine's own API"
  let takesLong = true

  private enum Contender: CaseIterable, Sendable {
    case fresh, kept, curl
  }

  private static let image = "apus-bench:busybox"

  func run(_ bench: Bench) async throws -> SuiteReport {
    let attempts = bench.scaled(10, quick: 4)
    let samples = try await withEngine(bench) { socket in
      try await withContainers(bench, socket, keeps: .zero) { fresh in
        try await withContainers(bench, socket, keeps: .seconds(600)) { kept in
          let script = try await self.script(socket, bench)
          return try await bench.alternate(Contender.allCases) { contender in
            let start = Instant.now()
            for _ in 0..<attempts {
              switch contender {
              case .fresh: try await attempt(fresh)
              case .kept: try await attempt(kept)
              case .curl:
                let finished = try await bench.run(["bash", script])
                guard finished.output.hasSuffix("hello\n") else {
                  throw BenchError("curl's container said: \(finished.output)")
                }
              }
            }
            return start.duration(to: .now()).inSeconds * 1000 / Double(attempts)
          }
        }
      }
    }
    let (fresh, kept, curl) = (samples[0], samples[1], samples[2])
    return SuiteReport(
      suite: name,
      settings: [
        "echo in busybox, no network, limits as an attempt's; \(bench.options.pairs) pairs of "
          + "\(attempts) attempts one after the other; dockerd of Debian on all cores",
        "curl: create, then start, wait, logs and remove on one connection; "
          + "load \(Machine.load)",
      ],
      figures: [
        Figure("apus, a fresh container", fresh, "ms"),
        Figure("apus, a kept container", kept, "ms"), Figure("curl", curl, "ms"),
        Figure("ratio to curl", Samples(fresh, over: curl)),
        Figure("ratio to curl, kept", Samples(kept, over: curl)),
      ])
  }

  private func attempt(_ containers: Containers) async throws {
    let attempt = Attempt(.container, creator: "bench", Self.image, Self.command)
    let result = try await containers.run(attempt)
    guard result.ending.isSuccess, result.output == Array("hello\n".utf8) else {
      throw BenchError("an attempt ended with \(result.ending)")
    }
  }

  private static let command = ["/bin/busybox", "echo", "hello"]

  // MARK: - The engine

  private func withEngine<Result: Sendable>(
    _ bench: Bench, _ body: (_ socket: String) async throws -> Result
  ) async throws -> Result {
    // dockerd takes no program from a relative PATH.
    let root = try await bench.run(["realpath", bench.options.root]).output
    let engines = "\(root.prefix { $0 != "\n" })/.build/engines"
    guard unsafe access("\(engines)/usr/sbin/dockerd", X_OK) == 0 else {
      throw BenchError("there is no engine in \(engines): run Scripts/setup --tests")
    }
    let socket = "\(bench.scratch)/engine.sock"
    let path = "\(engines)/usr/sbin:\(engines)/usr/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    let words = [
      "env", "PATH=\(path)", "dockerd", "--bridge=none", "--iptables=false",
      "--ip6tables=false", "--userland-proxy=false", "--data-root=\(bench.scratch)/data",
      "--exec-root=\(bench.scratch)/exec", "--pidfile=\(bench.scratch)/pid",
      "--host=unix://\(socket)", "--log-level=error",
    ]
    return try await bench.serving(words) { _ in
      let engine = try await connect(socket, bench)
      let result: Swift.Result<Result, any Error>
      do {
        try await engine.importFiles(image("\(engines)/bin/busybox"), as: Self.image)
        result = .success(try await body(socket))
      } catch {
        result = .failure(error)
      }
      await engine.close()
      return try result.get()
    }
  }

  private func connect(_ socket: String, _ bench: Bench) async throws -> ContainerEngine {
    let deadline = Instant.now().advanced(by: .seconds(60))
    while true {
      do {
        return try await ContainerEngine.connect(
          to: EngineAddress(socket: socket), on: bench.loop)
      } catch {
        guard Instant.now() < deadline else { throw error }
        try await bench.pause(.milliseconds(50))
      }
    }
  }

  private func image(_ busybox: String) async throws -> [UInt8] {
    let program = try await RealDisk().read(busybox, limit: 64 << 20)
    let entry = TarEntry(path: "bin/busybox", kind: .file, mode: 0o755, size: Int64(program.count))
    return ["bin/", "in/", "work/", "tmp/"].flatMap {
      TarEntry(path: $0, kind: .folder, mode: 0o755).head(seconds: 0)
    } + entry.head(seconds: 0) + program + TarEntry.filling(entry.size) + TarEntry.end
  }

  private func withContainers<Result: Sendable>(
    _ bench: Bench, _ socket: String, keeps: Duration,
    _ body: (Containers) async throws -> Result
  ) async throws -> Result {
    var settings = ContainerSettings(
      folder: "\(bench.scratch)/attempts-\(keeps.components.seconds)", node: "bench-\(keeps)")
    settings.keeps = keeps
    settings.pulls = false
    let containers = Containers(
      settings, environment: ["DOCKER_HOST": "unix://\(socket)"], on: bench.loop)
    let scope = ComponentScope()
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await containers.run(scope) }
      await scope.startedGate.wait()
      let result: Swift.Result<Result, any Error>
      do { result = .success(try await body(containers)) } catch { result = .failure(error) }
      scope.stopGate.open()
      try await group.waitForAll()
      return try result.get()
    }
  }

  // MARK: - curl

  /// Two calls of curl: more would measure how it starts.
  private func script(_ socket: String, _ bench: Bench) async throws -> String {
    var plan = ContainerPlan(image: Self.image)
    plan.command = Self.command
    plan.memories = ["/work", "/tmp"].map {
      ContainerPlan.Memory($0, bytes: AttemptLimits().fileBytes)
    }
    let create = try await bench.write(plan.json(for: .docker).bytes, to: "create.json")
    let base = "http://engine/v1.41/containers"
    let curl = "curl -sS --unix-socket \(socket)"
    let text = """
      set -e
      id=$(\(curl) -H 'Content-Type: application/json' -d @\(create) \(base)/create)
      id=${id#*\\"Id\\":\\"} id=${id%%\\"*}
      \(curl) -X POST "\(base)/$id/start" --next -sS --unix-socket \(socket) -o /dev/null \\
        -X POST "\(base)/$id/wait" --next -sS --unix-socket \(socket) \\
        "\(base)/$id/logs?stdout=1&stderr=1" --next -sS --unix-socket \(socket) \\
        -X DELETE "\(base)/$id?force=1&v=1"
      """
    return try await bench.write(Array(text.utf8), to: "attempt.sh")
  }
}
