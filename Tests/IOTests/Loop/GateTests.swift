import Primitives
import Testing

@testable import IO

@Suite(.timeLimit(.minutes(5))) final class GateTests: Sendable {
  let loop: EventLoop

  init() throws { loop = try EventLoop() }

  deinit { loop.stop() }

  @Test func `everybody who waits goes on when the gate opens, and later ones do not wait`() async {
    let gate = Gate()
    let passed = Trace()
    await withTaskGroup(of: Void.self) { group in
      for index in 0..<20 {
        group.addTask {
          await gate.wait()
          passed.add(index)
        }
      }
      gate.open()
    }
    #expect(passed.all.count == 20)
    await gate.wait()
    gate.open()
    #expect(gate.isOpen)
  }

  @Test(arguments: 0..<50)
  func `a cancelled wait ends, however the cancellation falls`(round: Int) async {
    let gate = Gate()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 { group.addTask { await gate.wait() } }
      for _ in 0..<round % 5 { await Task.yield() }
      group.cancelAll()
    }
    #expect(!gate.isOpen)
  }

  @Test func `a wait that cannot be cancelled outlasts cancellation`() async {
    let gate = Gate()
    let passed = Trace()
    await loop.run {
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          await gate.waitUncancelled()
          passed.add(1)
        }
        group.cancelAll()
        await loop.yieldTurn()
        #expect(passed.all.isEmpty)
        gate.open()
      }
    }
    #expect(passed.all == [1])
  }

  @Test func `a wake-up wakes the waiter once and is lost on nobody`() async {
    await loop.run {
      let wakeup = Wakeup()
      wakeup.raise()
      async let woken: Void = wakeup.wait()
      await loop.yieldTurn()
      wakeup.raise()
      wakeup.raise()
      await woken
    }
  }

  @Test func `a broadcast misses no change for those who took the gate first`() async {
    let broadcast = Broadcast()
    let first = broadcast.next()
    broadcast.announce()
    await first.wait()
    #expect(first.isOpen)
    #expect(!broadcast.next().isOpen)
  }
}
