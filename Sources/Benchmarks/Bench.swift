import IO
import Primitives

/// What a suite works with: a loop, a folder that goes away, and the cores.
struct Bench {
  let loop: EventLoop
  let options: RunOptions
  /// Removed when the suite is over.
  let scratch: String

  /// Servers have one core and what makes their load the other, so that neither can take time
  /// from the other. On a machine with one core both share it.
  let serverCore = 0
  let loadCore = Machine.coreCount > 1 ? 1 : 0

  static func running<Result: Sendable>(
    _ options: RunOptions, _ body: (Bench) async throws -> Result
  ) async throws -> Result {
    guard let loop = EventLoop.current else {
      preconditionFailure("a suite runs on a loop")
    }
    let bench = Bench(loop: loop, options: options, scratch: try Machine.makeScratchFolder())
    let result: Swift.Result<Result, any Error>
    do { result = .success(try await body(bench)) } catch { result = .failure(error) }
    _ = try await bench.run(["rm", "-rf", bench.scratch])
    return try result.get()
  }

  /// This program, to be started as a part.
  var program: String { Machine.program }

  /// The program of the node.
  var apus: String {
    options.apus ?? String(program.prefix(program.count - "Benchmarks".count)) + "apus"
  }

  /// A file of ours beside Scripts/bench.
  func source(_ name: String) -> String { "\(options.root)/Scripts/bench.d/\(name)" }

  /// Full length, or short with --quick.
  func scaled(_ count: Int, quick: Int) -> Int { options.isQuick ? quick : count }

  /// Who runs where, and how busy the machine is with others.
  func placement(_ server: String, _ load: String) -> String {
    "\(server) on core \(serverCore), \(load) on core \(loadCore); load \(Machine.load)"
  }

  func note(_ text: String) { Machine.note(text) }

  func pause(_ duration: Duration) async throws { try await loop.sleep(for: duration) }

  func write(_ bytes: [UInt8], to name: String) async throws -> String {
    let path = "\(scratch)/\(name)"
    try await RealDisk().replace(path, with: bytes, mode: 0o644)
    return path
  }

  /// Measures every contender once a round, in turn, and gives each one's samples. One round
  /// before these warms up and does not count.
  func alternate<Contender, Sample: Sendable>(
    _ contenders: [Contender], rounds: Int? = nil,
    _ measure: (Contender) async throws -> Sample
  ) async throws -> [[Sample]] {
    var samples = contenders.map { _ in [Sample]() }
    for round in 0...(rounds ?? options.pairs) {
      for (index, contender) in contenders.enumerated() {
        let sample = try await measure(contender)
        if round > 0 { samples[index].append(sample) }
      }
    }
    return samples
  }
}
