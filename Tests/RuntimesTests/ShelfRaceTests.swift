import Foundation
import Glibc
import Primitives
import Testing

@testable import IO
@testable import Runtimes

/// What happens when somebody gives up in the very moment in which they get what they asked for.
@Suite(.serialized) struct ShelfRaceTests {
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
}
