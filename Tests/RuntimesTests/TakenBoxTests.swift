import Foundation
import Glibc
import Primitives
import Testing

@testable import IO
@testable import Runtimes

/// What a keeper makes of a box that says what it likes, or that cannot do what it should.
@Suite(.serialized) struct TakenBoxTests {
  static let program = AttackProgram("taken")

  /// A box that does this, with no walls to build.
  private static func bench(_ what: String) throws -> BoxBench {
    let program = try program.path.get()
    return try BoxBench {
      let started = "\($0.folder)-\(what)"
      link(program, started)
      $0.program = started
      $0.disabled = Set(BoxPlan.Layer.allCases)
    }
  }

  private func results(_ bench: BoxBench) -> String {
    let results = "\(bench.folder)/results"
    mkdir(results, 0o700)
    return results
  }

  @Test func `a box that cannot empty its folder costs nobody an attempt`() async throws {
    let bench = try Self.bench("dirty")
    try await bench.serving { boxes in
      for _ in 0..<10 {
        let result = try await boxes.run(bench.attempt("x"))
        #expect(result.ending.isSuccess, "\(result.ending)")
      }
    }
    let good = try Self.bench("good")
    try await good.serving { boxes in
      for _ in 0..<3 {
        let result = try await boxes.run(good.attempt("x"))
        #expect(result.ending.isSuccess)
      }
      #expect(boxes.reports.map(\.attempts) == [3])
    }
  }

  @Test func `what an attempt came to stands, though its inputs stay`() async throws {
    let bench = try BoxBench()
    let inputs = "\(bench.folder)/inputs"
    mkdir(inputs, 0o755)
    var attempt = bench.shell("echo x")
    attempt.folder = inputs
    try await bench.serving { [attempt] boxes in
      let result = try await boxes.run(attempt) { (_, _) in
        let folder = bench.settings.folder
        for name in ControlFile.names(in: folder) {
          rename("\(folder)/\(name)/in", "\(folder)/\(name)/away")
        }
      }
      #expect(result.ending.isSuccess)
      // Nobody finds what another attempt was given.
      #expect(boxes.reports == [])
    }
  }

  @Test func `half a result file is none`() async throws {
    let bench = try Self.bench("half")
    var attempt = bench.attempt("x")
    attempt.limits.time = .milliseconds(300)
    attempt.results = results(bench)
    let result = try await bench.run(attempt)
    #expect(result.ending == .timedOut)
    #expect(result.files.map(\.path) == ["whole"])
    #expect(ControlFile.names(in: results(bench)) == ["whole"])
  }

  @Test func `a box that gives nothing, without end, is ended`() async throws {
    let bench = try Self.bench("empty")
    var attempt = bench.attempt("x")
    attempt.limits.time = .seconds(2)
    let error = await #expect(throws: RuntimeError.self) { try await bench.run(attempt) }
    #expect(error?.code == .damaged)
    #expect(bench.leftovers == [])
  }
}
