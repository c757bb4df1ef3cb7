import Foundation
import Glibc
import Primitives
import Testing

@testable import IO
@testable import Runtimes

/// Attempts in containers of real engines, which the suite starts.
@Suite(.serialized, .engines, .enabled(if: EngineLab.canRun), .timeLimit(.minutes(10)))
struct ContainerTests {
  @Test func `a program runs and its exit arrives`() async throws {
    for lab in EngineLab.all {
      let result = try await lab.run(lab.attempt("echo out; echo err >&2; exit 3"))
      #expect(result.ending == .exited(status: 3), "\(lab.kind)")
      #expect(result.text == "out\n")
      #expect(result.complaint == "err\n")
      #expect(try await lab.leftovers() == [])
    }
  }

  @Test func `arguments, variables, input and the folder of inputs arrive`() async throws {
    for lab in EngineLab.all {
      var attempt = lab.attempt("echo $0 $WORD; cat; cat /in/a /in/below/b; pwd; echo $HOME")
      attempt.arguments.append("zero")
      attempt.environment = ["WORD": "a b"]
      attempt.input = Array(repeating: UInt8(ascii: "x"), count: 300_000) + [10]
      let inputs = "\(lab.folder)/inputs"
      try FileManager.default.createDirectory(
        atPath: "\(inputs)/below", withIntermediateDirectories: true)
      try "A\n".write(toFile: "\(inputs)/a", atomically: false, encoding: .utf8)
      try "B\n".write(toFile: "\(inputs)/below/b", atomically: false, encoding: .utf8)
      attempt.folder = inputs
      let result = try await lab.run(attempt)
      #expect(result.ending.isSuccess, "\(lab.kind) \(result.complaint)")
      let expected = "zero a b\n" + String(decoding: attempt.input, as: UTF8.self)
      #expect(result.text == expected + "A\nB\n/work\n/work\n")
    }
  }

  @Test func `result files come out as they were`() async throws {
    for lab in EngineLab.all {
      var attempt = lab.attempt(
        """
        cd out; mkdir -p a/b empty; head -c 300000 /dev/zero > a/b/zeros; echo '#!/bin/sh' > tool
        chmod +x tool; : > nothing
        """)
      let results = "\(lab.folder)/results"
      mkdir(results, 0o700)
      attempt.results = results
      let result = try await lab.run(attempt)
      #expect(result.ending.isSuccess, "\(lab.kind) \(result)")
      #expect(Set(result.files.map(\.path)) == ["a/b/zeros", "tool", "nothing"])
      #expect(result.files.filter(\.isExecutable).map(\.path) == ["tool"])
      #expect(FileManager.default.contents(atPath: "\(results)/a/b/zeros") == Data(count: 300_000))
      #expect(access("\(results)/tool", X_OK) == 0 && access("\(results)/empty", F_OK) == 0)
    }
  }

  @Test(arguments: [false, true])
  func `memory that runs out is told`(isKept: Bool) async throws {
    for lab in EngineLab.all {
      var attempt = lab.attempt("cat /dev/zero | head -c 200m | tail -c 190m > /dev/null")
      attempt.limits.memory = 48 << 20
      let limited = attempt
      let result = try await lab.serving {
        $0.keeps = isKept ? .seconds(60) : .zero
      } _: {
        try await $0.run(limited)
      }
      #expect(result.ending == .outOfMemory, "\(lab.kind)")
    }
  }

  @Test(arguments: [false, true])
  func `a status of 137 that a program chose is no lack of memory`(isKept: Bool) async throws {
    for lab in EngineLab.all {
      let result = try await lab.serving {
        $0.keeps = isKept ? .seconds(60) : .zero
      } _: {
        try await $0.run(lab.attempt("sleep 0.3; exit 137"))
      }
      #expect(result.ending == .exited(status: 137), "\(lab.kind)")
    }
  }

  @Test(arguments: [false, true])
  func `a time limit ends everything in it`(isKept: Bool) async throws {
    for lab in EngineLab.all {
      var attempt = lab.attempt("echo begun; sleep 1000 & sleep 1000")
      attempt.limits.time = .seconds(2)
      let limited = attempt
      let result = try await lab.serving {
        $0.keeps = isKept ? .seconds(60) : .zero
      } _: {
        try await $0.run(limited)
      }
      #expect(result.ending == .timedOut, "\(lab.kind)")
      #expect(result.text == "begun\n")
      #expect(try await lab.leftovers() == [])
    }
  }

  @Test func `too much output ends it, and what fits is there`() async throws {
    for lab in EngineLab.all {
      var attempt = lab.attempt("yes")
      attempt.limits.outputBytes = 100_000
      let result = try await lab.run(attempt)
      #expect(result.ending == .outputLimit, "\(lab.kind)")
      #expect(result.output.count == 100_000)
    }
  }

  @Test func `an attempt that is given up leaves nothing`() async throws {
    for lab in EngineLab.all {
      try await lab.serving { containers in
        let begun = Gate()
        let ending = await withTaskGroup(of: Outcome.self) { group in
          group.addTask {
            defer { begun.open() }
            return await outcome(containers, lab.attempt("echo x; sleep 1000")) { begun.open() }
          }
          await begun.wait()
          group.cancelAll()
          return await group.next()
        }
        #expect(ending.map(isGivenUp) == true, "\(lab.kind) \(String(describing: ending))")
        #expect(containers.reports.isEmpty)
      }
      #expect(try await lab.leftovers() == [])
    }
  }

  private func isGivenUp(_ outcome: Outcome) -> Bool {
    switch outcome {
    case .success(.killed): true
    case .success: false
    case .failure(let error): error == .cancelled
    }
  }

  private typealias Outcome = Result<Ending, CodeError>
  private struct CodeError: Error, Equatable {
    var code: RuntimeError.Code
    static let cancelled = Self(code: .cancelled)
  }

  private func outcome(
    _ containers: Containers, _ attempt: Attempt, _ hears: @escaping @Sendable () -> Void
  ) async -> Outcome {
    do throws(RuntimeError) {
      return .success(
        try await containers.run(attempt) { (_, _) throws(RuntimeError) in hears() }.ending)
    } catch {
      return .failure(CodeError(code: error.code))
    }
  }

  @Test func `an attempt that nobody wants any more while it is made leaves nothing`() async throws
  {
    for lab in EngineLab.all {
      try await lab.serving { containers in
        let ending = await withTaskGroup(of: Outcome.self) { group in
          group.addTask { await outcome(containers, lab.attempt("sleep 1000")) {} }
          group.cancelAll()
          return await group.next()
        }
        #expect(ending.map(isGivenUp) == true, "\(lab.kind) \(String(describing: ending))")
        #expect(containers.reports.isEmpty)
      }
      #expect(try await lab.leftovers() == [])
    }
  }

  @Test func `a kept container serves its creator alone, and is clean each time`() async throws {
    for lab in EngineLab.all {
      try await lab.serving {
        $0.keeps = .seconds(60)
      } _: { containers in
        for round in 0..<4 {
          let result = try await containers.run(
            lab.attempt(
              """
              find /work /tmp /dev/shm /dev/mqueue /run /var/tmp -mindepth 1 ! -path '/run/.con*' \
                2> /dev/null
              cat /proc/sys/kernel/shmmni; echo left > left; mkdir -p out/deep
              for i in /tmp /dev/shm /run /var/tmp; do echo x > $i/x; done 2> /dev/null
              """))
          #expect(result.text == "/work/out\n0\n", "\(lab.kind) \(round) \(result)")
        }
        #expect(containers.reports.count == 1)
        var other = lab.attempt("true")
        other.creator = "somebody else"
        _ = try await containers.run(other)
        #expect(Set(containers.reports.map(\.creator)) == ["somebody", "somebody else"])
      }
      #expect(try await lab.leftovers() == [])
    }
  }

  @Test func `a kept container that something still runs in is not used again`() async throws {
    for lab in EngineLab.all {
      try await lab.serving {
        $0.keeps = .seconds(60)
      } _: { containers in
        let result = try await containers.run(
          lab.attempt("sleep 1000 > /dev/null 2>&1 < /dev/null & echo gone"))
        #expect(result.text == "gone\n", "\(lab.kind)")
        #expect(containers.reports.isEmpty)
      }
    }
  }

  @Test func `the owner sees what runs and ends it`() async throws {
    for lab in EngineLab.all {
      try await lab.serving { containers in
        let begun = Gate()
        let result = try await withThrowingTaskGroup(of: AttemptResult.self) { group in
          group.addTask {
            defer { begun.open() }
            return try await containers.run(lab.attempt("echo x; sleep 1000")) {
              (_, _) throws(RuntimeError) in begun.open()
            }
          }
          await begun.wait()
          let report = try #require(containers.reports.first)
          #expect(report.isBusy && report.creator == "somebody" && report.process != nil)
          #expect(!containers.kill("another", reason: "none"))
          #expect(containers.kill(report.name, reason: "the owner wants it"))
          return try #require(try await group.next())
        }
        #expect(result.ending == .killed(reason: "the owner wants it"), "\(lab.kind)")
      }
    }
  }

  @Test func `what a killed node left is gone at the next start`() async throws {
    for lab in EngineLab.all {
      var plan = ContainerPlan(image: Self.image)
      plan.command = ["sleep", "1000"]
      plan.labels = [
        ContainerSettings.Label.node: "this", ContainerSettings.Label.kind: "attempt",
      ]
      let left = try await lab.engine.create(plan)
      try await lab.engine.start(left)
      plan.labels[ContainerSettings.Label.node] = "that"
      let others = try await lab.engine.create(plan)
      _ = try await lab.serving(node: "this") { try await $0.engine() }
      let names = try await lab.engine.list(labels: [:]).map(\.id)
      #expect(names == [others], "\(lab.kind)")
      try await lab.engine.remove(others)
    }
  }

  @Test func `keepers of one node leave each other's containers alone`() async throws {
    for lab in EngineLab.all {
      try await lab.serving(node: "both") { first in
        let begun = Gate()
        try await withThrowingTaskGroup(of: AttemptResult.self) { group in
          group.addTask {
            defer { begun.open() }
            return try await first.run(lab.attempt("echo x; sleep 2; exit 4")) {
              (_, _) throws(RuntimeError) in begun.open()
            }
          }
          await begun.wait()
          try await lab.serving(node: "both") { second in
            let result = try await second.run(lab.attempt("echo y"))
            #expect(result.text == "y\n", "\(lab.kind)")
            #expect(first.reports.count == 1 && second.reports.isEmpty)
          }
          let result = try await group.next()
          #expect(result?.ending == .exited(status: 4), "\(lab.kind)")
        }
      }
      #expect(try await lab.leftovers() == [])
    }
  }

  @Test func `who stops waits for what runs, and no longer than told`() async throws {
    for (lab, drain) in EngineLab.all.flatMap({ lab in [(lab, 30), (lab, 0)] }) {
      var settings = ContainerSettings(folder: "\(lab.folder)/attempts-drain", node: "drain")
      settings.keeps = .zero
      settings.limits.drain = .seconds(drain)
      let containers = Containers(
        settings, environment: ["DOCKER_HOST": "unix://\(lab.folder)/socket"],
        on: lab.loops.next())
      let (scope, begun) = (ComponentScope(), Gate())
      let endings = try await withThrowingTaskGroup(of: Ending?.self) { group in
        group.addTask {
          defer { scope.started() }
          try await containers.run(scope)
          return nil
        }
        group.addTask {
          defer { begun.open() }
          await scope.startedGate.wait()
          let result = try await containers.run(lab.attempt("echo x; sleep 1; exit 4")) {
            (_, _) throws(RuntimeError) in begun.open()
          }
          return result.ending
        }
        await begun.wait()
        scope.stopGate.open()
        return try await group.reduce(into: [Ending?]()) { $0.append($1) }
      }
      let expected: Ending =
        drain > 0 ? .exited(status: 4) : .killed(reason: "the node stops")
      #expect(endings.compactMap { $0 } == [expected], "\(lab.kind)")
      #expect(try await lab.leftovers() == [])
    }
  }

  @Test func `leave that is taken back ends it, before it begins too`() async throws {
    for lab in EngineLab.all {
      try await lab.serving { containers in
        let early = AttemptTicket(1)
        early.end("too late")
        let none = try await containers.run(
          lab.attempt("echo x"), early, on: nil, pulls: false, nil, nil)
        #expect(none.ending == .killed(reason: "too late") && none.output == [], "\(lab.kind)")
        let ticket = AttemptTicket(2)
        let result = try await containers.run(
          lab.attempt("echo x; sleep 1000"), ticket, on: nil, pulls: false,
          { (_, _) throws(RuntimeError) in ticket.end("the owner came back") }, nil)
        #expect(result.ending == .killed(reason: "the owner came back"), "\(lab.kind)")
        #expect(result.usage.time < .seconds(60))
      }
      #expect(try await lab.leftovers() == [])
    }
  }

  @Test func `results of an ordinary user have bounds too`() async throws {
    for lab in EngineLab.all {
      var attempt = lab.attempt(
        "exec 3>out/x; rm out/x; head -c 30m /dev/zero >&3; stat -L -c %s /proc/self/fd/3")
      attempt.limits.fileBytes = 4 << 20
      let hidden = attempt
      let result = try await lab.serving {
        $0.mounts = false
        $0.limits.reserve = 0
      } _: {
        try await $0.run(hidden)
      }
      let size = Int64(result.text.split(separator: "\n").last ?? "")
      #expect(size.map { $0 <= 4 << 20 } == true, "\(lab.kind) \(result)")
      // A disk that has no room left ends it.
      let full = try await lab.serving {
        $0.mounts = false
        $0.limits.reserve = .max
      } _: {
        try await $0.run(lab.attempt("sleep 1000"))
      }
      #expect(full.ending == Containers.overfull, "\(lab.kind)")
      #expect(try await lab.leftovers() == [])
    }
  }

  @Test func `an attempt that runs when the node stops is ended and removed`() async throws {
    for lab in EngineLab.all {
      let (handoff, begun) = (Handoff(), Gate())
      async let ending = {
        let containers = try await handoff.take()
        return await outcome(containers, lab.attempt("echo x; sleep 1000")) { begun.open() }
      }()
      try await lab.serving { containers in
        handoff.give(containers)
        await begun.wait()
      }
      // Nothing is left when the engine is left alone, whoever still waits for the outcome.
      #expect(try await lab.leftovers() == [], "\(lab.kind)")
      let ended = try await ending
      #expect(ended == .success(.killed(reason: "the node stops")), "\(lab.kind)")
    }
  }

  private static var image: String { EngineLab.image }
}
