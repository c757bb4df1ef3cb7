import Foundation
import Glibc
import Primitives
import Testing

@testable import IO
@testable import Runtimes

/// What happens when somebody gives up in the very moment in which they get what they asked for.
@Suite(.serialized) struct ShelfRaceTests {
  /// With no folder for them making a box fails at once, and the next in the queue makes theirs.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func `whoever gives up loses no place for a box`(seed: UInt64) async throws {
    let bench = try BoxBench()
    var limits = BoxShelf.Limits()
    limits.boxes = 2
    try await bench.serving(limits: limits) { boxes in
      rmdir(bench.settings.folder)
      await withTaskGroup(of: Void.self) { group in
        for worker in 0..<4 {
          group.addTask {
            var random = SplitMix(seed: seed &* 100 &+ UInt64(worker))
            for _ in 0..<1500 { await Self.giveUp(after: Int(random.next() % 40), boxes, bench) }
          }
        }
      }
      #expect(boxes.state.withLock { ($0.shelf.count, $0.shelf.waitingCount) } == (0, 0))
      #expect(boxes.state.withLock { $0.waiters.isEmpty })
    }
    #expect(bench.leftovers == [])
  }

  private static func giveUp(after yields: Int, _ boxes: Boxes, _ bench: BoxBench) async {
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<3 {
        group.addTask { _ = try? await boxes.run(bench.shell("true")) }
      }
      for _ in 0..<yields { await Task.yield() }
      group.cancelAll()
    }
  }

  @Test(arguments: [1, 2] as [UInt64])
  func `giving up an attempt costs nobody theirs`(seed: UInt64) async throws {
    let bench = try BoxBench()
    try await bench.serving { boxes in
      var random = SplitMix(seed: seed)
      for round in 0..<150 {
        let yields = Int(random.next() % 300)
        await withTaskGroup(of: Void.self) { group in
          let isSpeaking = Gate()
          group.addTask {
            _ = try? await boxes.run(bench.shell("echo x")) { (_, _) in isSpeaking.open() }
          }
          await isSpeaking.wait()
          for _ in 0..<yields { await Task.yield() }
          group.cancelAll()
        }
        let next = try await boxes.run(bench.shell("true"))
        #expect(next.ending.isSuccess, "\(round)")
      }
    }
  }

  @Test func `fewer cores hold for a box that is on its way to somebody`() async throws {
    let bench = try BoxBench()
    try await bench.serving { boxes in
      let attempt = bench.shell("true")
      let result = try await boxes.run(attempt)
      #expect(result.ending.isSuccess)
      let key = BoxShelf.Key(creator: attempt.creator, plan: bench.settings.plan(for: attempt))
      let given = boxes.state.withLock { $0.shelf.ask(1000, key) }
      guard case .give(1000, let number)? = given.first else {
        Issue.record("\(given)")
        return
      }
      var rules = SharingRules()
      rules.cores = 1
      let change = boxes.decide(.rules(rules))
      #expect(change.moved.map(\.process) == boxes.reports.map(\.process))
      boxes.release(number, isGood: true)
      let idle = boxes.decide(.rules(SharingRules()))
      #expect(idle.moved.isEmpty && boxes.reports.isEmpty)
    }
    #expect(bench.leftovers == [])
  }

  @Test func `a node that stops waits for the boxes that are being made`() async throws {
    let slow = "/tmp/apus-slow-\(UUID().uuidString.prefix(8))"
    try "#!/bin/sh\n/bin/sleep 0.3\nexec \(BoxBench.program) \"$@\"\n"
      .write(toFile: slow, atomically: true, encoding: .utf8)
    chmod(slow, 0o755)
    defer { unlink(slow) }
    let bench = try BoxBench {
      $0.program = slow
      $0.limits.drain = .zero
    }
    let boxes = Boxes(bench.settings, on: bench.loops)
    let (started, stop) = (Gate(), Gate())
    async let served: Void = boxes.serving {
      started.open()
      await stop.wait()
    }
    await started.wait()
    async let refused = boxes.error(of: bench.shell("true"))
    while ControlFile.names(in: bench.settings.folder).isEmpty { await Task.yield() }
    stop.open()
    try await served
    #expect(bench.leftovers == [])
    #expect(await refused?.code == .cancelled)
  }
}

extension Boxes {
  fileprivate func error(of attempt: Attempt) async -> RuntimeError? {
    do throws(RuntimeError) {
      _ = try await run(attempt)
      return nil
    } catch {
      return error
    }
  }
}
